#include "emulator/judge/log.hpp"

#include <algorithm>

namespace emulator {
namespace {

std::string_view unqualified(std::string_view table) { return table.substr(table.rfind('.') + 1); }

bool meet(const std::vector<std::string>& some, const std::vector<std::string>& others) {
  return std::any_of(some.begin(), some.end(), [&others](const std::string& one) {
    return std::any_of(others.begin(), others.end(), [&one](const std::string& other) {
      return unqualified(one) == unqualified(other);
    });
  });
}

}  // namespace

std::vector<const Entry*> Log::before(const Statement& statement, const Plain& plain) const {
  std::vector<const Entry*> list;
  if (entries_.empty() || (statement.tables.empty() && statement.functions.empty())) return list;
  bool everything = !plain(statement);
  auto needed = statement.tables;
  for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
    const auto& earlier = *entry->statement;
    if (earlier.kind == Kind::lock) continue;
    if (!everything && plain(earlier) && !meet(earlier.written, needed)) continue;
    everything = everything || !plain(earlier);
    needed.insert(needed.end(), earlier.tables.begin(), earlier.tables.end());
    list.push_back(&*entry);
  }
  std::reverse(list.begin(), list.end());
  return list;
}

std::vector<const Statement*> Log::statements() const {
  std::vector<const Statement*> list;
  for (const auto& entry : entries_) list.push_back(entry.statement);
  return list;
}

}  // namespace emulator
