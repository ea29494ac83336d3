// Judge on the size of what is stored: looked at only where a statement's text and parameters leave
// the question open, since looking reads the whole table.
#include <algorithm>

#include "proxy/wire/bytes.hpp"

#include "emulator/judge/judge.hpp"
#include "emulator/judge/sizes.hpp"
#include "emulator/rules/transaction_rules.hpp"

namespace emulator {
namespace {

// PostgreSQL itself refuses longer index entries, unless they can be compressed.
constexpr std::int64_t longest_entry = 2'704;
// A statement that changed fewer rows than this has written what its text and parameters hold.
constexpr std::int64_t many_rows = 100;

std::int64_t longest_parameter(std::string_view bind) {
  if (bind.empty()) return 0;
  occam::wire::Reader reader(bind);
  reader.take(2 * static_cast<std::size_t>(reader.i16()));
  std::int64_t longest = 0;
  for (int left = reader.i16(); left > 0; --left) {
    const auto bytes = reader.i32();
    if (bytes > 0) reader.take(static_cast<std::size_t>(bytes));
    longest = std::max<std::int64_t>(longest, bytes);
  }
  return longest;
}

std::int64_t given_bytes(const Entry& entry) {
  return static_cast<std::int64_t>(entry.bind.size() + entry.sql.size());
}

bool may_be_large(const Entry& entry, const Limits& limits) {
  const auto& statement = *entry.statement;
  if (statement.kind != Kind::write) return false;
  if (!statement.functions.empty()) return true;
  const auto value = std::max(longest_parameter(entry.bind),
                              static_cast<std::int64_t>(statement.longest_constant));
  return (value > limits.key_bytes && value <= longest_entry) || value > limits.column_bytes ||
         given_bytes(entry) > limits.row_bytes;
}

}  // namespace

std::vector<Judge::Measure> Judge::measures(const Unit& unit) {
  std::vector<Measure> list;
  if (!may_be_large(unit.entry, limits_)) return list;
  for (const auto& table : unit.entry.statement->written) {
    auto layout = catalog_.layout(table);
    if (layout->columns.empty()) continue;
    auto sql = sizes_query(table, *layout);
    list.push_back({std::move(layout), std::move(sql)});
  }
  return list;
}

std::optional<Refusal> Judge::too_large(const std::vector<Measure>& measures,
                                        const std::vector<Answer>& answers,
                                        std::size_t behind) const {
  for (std::size_t i = 0; i < measures.size(); ++i) {
    const auto told = rows(answers[answers.size() - behind - measures.size() + i]);
    if (told.empty()) continue;
    if (auto refusal = refuse_sizes(sizes_told(told.front(), *measures[i].layout), limits_))
      return refusal;
  }
  return std::nullopt;
}

bool Judge::may_be_heavy() const {
  std::int64_t given = 0;
  bool unknown = false;
  for (const auto& entry : log_.entries()) {
    if (entry.statement->kind != Kind::write && entry.statement->kind != Kind::lock) continue;
    given += given_bytes(entry);
    if (entry.statement->kind == Kind::lock) given += rows_told(entry.tag) * limits_.key_bytes;
    unknown =
        unknown || !entry.statement->functions.empty() || rows_changed(entry.tag) >= many_rows;
  }
  return unknown || given > limits_.bytes / 4;
}

std::int64_t Judge::weight(const std::vector<Answer>& answers) {
  std::int64_t bytes = 0;
  std::vector<std::string> tables;
  for (std::size_t i = 0; i < log_.entries().size(); ++i) {
    const auto& statement = *log_.entries()[i].statement;
    for (const auto& table : statement.written)
      if (std::find(tables.begin(), tables.end(), table) == tables.end()) tables.push_back(table);
    if (statement.kind != Kind::lock) continue;
    for (const auto& row : rows(answers[i + 1]))
      for (const auto& name : row) bytes += static_cast<std::int64_t>(name.size());
  }
  Script script;
  for (const auto& table : tables) {
    const auto layout = catalog_.layout(table);
    if (!layout->columns.empty()) script.run(weight_query(table, *layout));
  }
  if (script.sections() == 0) return bytes;
  for (const auto& answer : exchange(script))
    for (const auto& row : rows(answer)) bytes += std::stoll(row.front());
  return bytes;
}

}  // namespace emulator
