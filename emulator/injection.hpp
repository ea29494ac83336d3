// Faults on order: which statement or commit is to fail, and how. Pure and deterministic: the same
// seed and the same sequence of questions give the same faults. Knows no socket and no session.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/statement.hpp"

namespace emulator {

enum class Fault {
  none,
  conflict,            // OC000 at the commit; the transaction is rolled back
  catalog_conflict,    // OC001 at a statement
  unavailable,         // XX000 at a statement
  drop_before_commit,  // the socket is closed, the transaction rolled back
  drop_after_commit,   // the transaction is committed, then the socket is closed without an answer
};
const char* name(Fault fault);

// "conflict:every=10", "oc001:nth=7,class=read", "conflict:p=0.05,table=shards".
struct InjectionRule {
  Fault fault = Fault::conflict;
  std::uint64_t every = 0;  // each n-th match
  std::uint64_t nth = 0;    // the n-th match only
  double probability = 0;   // each match with this probability
  std::string table;        // only what names this table
  std::string kind;         // only statements of this class (Kind's name), or transactions with one
  std::string text;         // as written
};

class BadRule : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Throws BadRule with one line that says what is wrong.
InjectionRule parse_rule(std::string_view text);

class Injections {
 public:
  Injections(std::vector<InjectionRule> rules, std::uint64_t seed);

  // Asked once for each read, lock, write or ddl statement before it runs.
  std::optional<Fault> at_statement(const Statement& statement);
  // Asked once for each commit of a transaction that wrote or locked, autocommit included; a
  // transaction that only read has nothing to conflict with.
  std::optional<Fault> at_commit(const std::vector<const Statement*>& statements);

 private:
  struct Armed {
    InjectionRule rule;
    std::uint64_t seen = 0;
    std::uint64_t random = 0;
  };
  static bool fires(Armed& armed);

  std::mutex mutex_;
  std::vector<Armed> armed_;
};

}  // namespace emulator
