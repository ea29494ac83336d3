#include "config/table_rules.hpp"

#include <algorithm>
#include <vector>

#include "config/section.hpp"

namespace occam::config {
namespace {

bool holds(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

void judge_columns(Section& section, const rewriter::TableRule& rule) {
  const auto missing = [&](const std::string& column) {
    return !rule.columns.empty() && !holds(rule.columns, column);
  };
  for (const auto& column : rule.binary_keys)
    if (missing(column))
      section.blame("binary_keys", "names " + column + ", which is not among its columns");
  for (const auto& column : rule.key) {
    if (missing(column))
      section.blame("key", "names " + column + ", which is not among its columns");
    if (std::count(rule.key.begin(), rule.key.end(), column) > 1) {
      section.blame("key", "names " + column + " twice");
      break;
    }
  }
  if (!rule.version.empty() && missing(rule.version))
    section.blame("version", "names " + rule.version + ", which is not among its columns");
  if (!rule.version.empty() && holds(rule.key, rule.version))
    section.blame("version", "names a column of the key, which does not change with the row");
  if (rule.update == rewriter::UpdateRule::version_check && rule.key.empty())
    section.blame("update",
                  "is version_check, which needs the primary key; write key: [column, ...]");
  if (rule.update == rewriter::UpdateRule::version_check && rule.version.empty())
    section.blame("update", "is version_check, which needs a version; write version: column");
  if (rule.update == rewriter::UpdateRule::primary_key && rule.key.empty())
    section.blame("update", "is primary_key, which needs it by name; write key: [column, ...]");
  if (!rule.split.empty() && !rule.key.empty() && rule.split != rule.key)
    section.blame("split", "is not the same as key; both are the table's primary key");
}

rewriter::TableRule read_rule(Section section) {
  rewriter::TableRule rule;
  section.choice<rewriter::ShareRule>("share", rule.share,
                                      {{"auto", rewriter::ShareRule::auto_},
                                       {"key_share", rewriter::ShareRule::key_share},
                                       {"for_update", rewriter::ShareRule::for_update},
                                       {"drop", rewriter::ShareRule::drop}});
  section.choice<rewriter::UpdateRule>("update", rule.update,
                                       {{"for_update", rewriter::UpdateRule::for_update},
                                        {"version_check", rewriter::UpdateRule::version_check},
                                        {"primary_key", rewriter::UpdateRule::primary_key}});
  section.words("key", rule.key);
  section.text("version", rule.version);
  section.choice<rewriter::DeleteRule>(
      "deletes", rule.deletes,
      {{"counted", rewriter::DeleteRule::counted}, {"blind", rewriter::DeleteRule::blind}});
  section.text("reason", rule.reason);
  section.words("binary_keys", rule.binary_keys);
  section.words("columns", rule.columns);
  section.flag("transient", rule.transient);
  section.words("split", rule.split);
  const auto types = section.section("types");
  for (const auto& [column, type] : types.named_children()) {
    if (type.IsScalar() && !type.Scalar().empty())
      rule.types.emplace(column, type.Scalar());
    else
      section.blame("types", "must give one type for each column");
  }
  judge_columns(section, rule);
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
