// The prepared statements that one upstream connection holds, whoever prepared them: they stay
// there when the connection goes from one client to another. Compared by what was prepared, not by
// name: clients may use one name for different texts. Knows nothing of when messages are sent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>

#include "proxy/relay/prepared.hpp"

namespace occam::relay {

class UpstreamStatements {
 public:
  // A name is absent, held (with its definition) or uncertain: it was in flight when an error made
  // the server skip, so it must be closed before it is used.
  enum class State { absent, held, uncertain };
  State state(std::string_view name) const;
  // Asked when the definition is about to be used.
  bool holds(const DefinitionPtr& definition);

  // What it holds in place of this, if that is the same but for who made it: clients that prepare
  // the same text share its memory. Else this.
  DefinitionPtr shared(const DefinitionPtr& definition) const;

  void parsed(const DefinitionPtr& definition);
  void uncertain(std::string_view name);
  void closed(std::string_view name);
  // A simple Query destroys the unnamed statement (PostgreSQL manual, "Extended Query"), our own
  // Query too.
  void simple_query() { closed(""); }
  // DEALLOCATE ALL, DISCARD ALL: the names that `stands` names stay.
  template <class Stands>
  void forget_all(const Stands& stands) {
    std::erase_if(entries_, [&stands](const auto& entry) { return !stands(entry.first); });
  }

  // More than a connection should hold: least_used() should be closed.
  bool crowded() const { return entries_.size() > most; }
  std::string_view least_used() const;

 private:
  // As many as pgx's statement cache: one client alone never meets the bound (facts/temporal.md
  // §1.3).
  static constexpr std::size_t most = 512;
  struct Entry {
    DefinitionPtr definition;  // null: uncertain
    std::uint64_t used = 0;
  };
  std::unordered_map<std::string, Entry, Statements::Hash, std::equal_to<>> entries_;
  std::uint64_t uses_ = 0;
};

}  // namespace occam::relay
