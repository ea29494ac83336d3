#include "config/table_rules.hpp"

#include <algorithm>
#include <vector>

#include "config/section.hpp"

namespace occam::config {
namespace {

bool holds(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

rewriter::TableRule read_rule(Section section) {
  rewriter::TableRule rule;
  section.choice<rewriter::ShareRule>("share", rule.share,
                                      {{"auto", rewriter::ShareRule::auto_},
                                       {"key_share", rewriter::ShareRule::key_share},
                                       {"for_update", rewriter::ShareRule::for_update},
                                       {"drop", rewriter::ShareRule::drop}});
  section.text("reason", rule.reason);
  section.words("binary_keys", rule.binary_keys);
  section.words("columns", rule.columns);
  section.words("split", rule.split);
  const auto types = section.section("types");
  for (const auto& [column, type] : types.named_children()) {
    if (type.IsScalar() && !type.Scalar().empty())
      rule.types.emplace(column, type.Scalar());
    else
      section.blame("types", "must give one type for each column");
  }
  for (const auto& column : rule.binary_keys)
    if (!rule.columns.empty() && !holds(rule.columns, column))
      section.blame("binary_keys", "names " + column + ", which is not among its columns");
  section.finish();
  return rule;
}

void read_advice(Section section, rewriter::LimitAdvice& advice) {
  section.text("value", advice.value);
  section.text("rows", advice.rows);
  section.text("transaction", advice.transaction);
  section.finish();
}

}  // namespace

ParsedRules parse_table_rules(std::string_view text, const std::string& file) {
  // A rule says what is safe; it must not depend on who starts the program.
  const Environment no_environment = [](const std::string&) { return std::nullopt; };
  Document document{file, no_environment, {}, {}};
  ParsedRules parsed;
  Section top(document, parse_yaml(text, document), "");
  const auto tables = top.section("tables");
  read_advice(top.section("limits"), parsed.rules.advice);
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
