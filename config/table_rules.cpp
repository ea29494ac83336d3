#include "config/table_rules.hpp"

#include "config/section.hpp"

namespace occam::config {
namespace {

rewriter::TableRule read_rule(Section section) {
  rewriter::TableRule rule;
  section.choice<rewriter::ShareRule>("share", rule.share,
                                      {{"auto", rewriter::ShareRule::auto_},
                                       {"key_share", rewriter::ShareRule::key_share},
                                       {"for_update", rewriter::ShareRule::for_update},
                                       {"drop", rewriter::ShareRule::drop}});
  section.text("reason", rule.reason);
  section.finish();
  return rule;
}

}  // namespace

ParsedRules parse_table_rules(std::string_view text, const std::string& file) {
  // A rule says what is safe; it must not depend on who starts the program.
  const Environment no_environment = [](const std::string&) { return std::nullopt; };
  Document document{file, no_environment, {}, {}};
  ParsedRules parsed;
  Section top(document, parse_yaml(text, document), "");
  const auto tables = top.section("tables");
  top.finish();
  for (const auto& [name, node] : tables.named_children()) {
    auto rule = read_rule(Section(document, node, "tables." + name));
    if (!parsed.rules.tables.emplace(name, std::move(rule)).second)
      document.blame(node.Mark(), "tables." + name + " is given twice");
  }
  parsed.mistakes = std::move(document.mistakes);
  return parsed;
}

}  // namespace occam::config
