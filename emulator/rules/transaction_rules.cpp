#include "emulator/rules/transaction_rules.hpp"

#include <charconv>

namespace emulator {

std::int64_t rows_told(std::string_view tag) {
  const auto last = tag.substr(tag.rfind(' ') + 1);
  std::int64_t rows = 0;
  std::from_chars(last.data(), last.data() + last.size(), rows);
  return rows;
}

std::int64_t rows_changed(std::string_view tag) {
  const auto first = tag.substr(0, tag.find(' '));
  const bool changes =
      first == "INSERT" || first == "UPDATE" || first == "DELETE" || first == "COPY";
  return changes ? rows_told(tag) : 0;
}

void TransactionRules::begin(TimePoint now) {
  began_ = now;
  rows_ = 0;
  changed_ = defined_ = false;
}

std::optional<Refusal> TransactionRules::too_old(TimePoint now) const {
  return refuse_age(std::chrono::duration_cast<std::chrono::milliseconds>(now - began_), limits_);
}

// The DDL texts: M EMU 2026-09. That a lock counts as DML and a plain read does not is inference.
std::optional<Refusal> TransactionRules::objection(const Statement& statement,
                                                   TimePoint now) const {
  if (auto refusal = too_old(now)) return refusal;
  const bool changes = statement.kind == Kind::write || statement.kind == Kind::lock;
  if (statement.kind == Kind::ddl && defined_)
    return Refusal{"ddl_twice", "0A000", "multiple ddl statements not supported in a transaction"};
  if ((statement.kind == Kind::ddl && changed_) || (changes && defined_))
    return Refusal{"ddl_and_dml", "0A000", "ddl and dml are not supported in the same transaction"};
  return std::nullopt;
}

std::optional<Refusal> TransactionRules::objection_to_commit(TimePoint now) const {
  return too_old(now);
}

std::optional<Refusal> TransactionRules::ran(const Statement& statement, std::string_view tag) {
  defined_ = defined_ || statement.kind == Kind::ddl;
  changed_ = changed_ || statement.kind == Kind::write || statement.kind == Kind::lock;
  rows_ += rows_changed(tag);
  return refuse_rows(rows_, limits_);
}

}  // namespace emulator
