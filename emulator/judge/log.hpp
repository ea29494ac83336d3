// What an open transaction has done so far, as it can be done again: the emulator undoes every
// statement at once and does all of them at COMMIT. Pure; entries own their bytes and keep the
// parsed text alive.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/statement/statement.hpp"

namespace emulator {

struct Entry {
  std::shared_ptr<const Parsed> parsed;
  const Statement* statement = nullptr;
  std::string sql;
  std::string types;  // as in Parse
  std::string bind;   // as in Bind, behind the names; empty for a simple Query
  // What the client was told: the repetition must say the same.
  std::string tag;
};

class Log {
 public:
  void add(Entry entry) { entries_.push_back(std::move(entry)); }
  // The tag that the last entry's statement was answered with.
  void told(std::string_view tag) { entries_.back().tag = tag; }
  void clear() { entries_.clear(); }
  bool empty() const { return entries_.empty(); }
  const std::vector<Entry>& entries() const { return entries_; }

  // What must be done again before `statement`, so that it sees its transaction's own writes: those
  // to the tables it names, and what they in turn depend on. Locks change no row, so they are not
  // among it. `plain` tells whether a statement touches nothing but the tables it names.
  using Plain = std::function<bool(const Statement&)>;
  std::vector<const Entry*> before(const Statement& statement, const Plain& plain) const;
  std::vector<const Statement*> statements() const;

 private:
  std::vector<Entry> entries_;
};

}  // namespace emulator
