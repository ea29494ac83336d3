// Prepared statements belong to the client's session, not to the upstream connection. Two maps:
// what the client has named, and what the upstream connection holds under the same names. A Bind or
// Describe makes sure of its own definition first (Exchange), which is all that replay, a new
// connection and pooling need. Knows nothing of when messages are sent. Definitions are shared and
// immutable.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "rewriter/rewriter.hpp"

namespace occam::relay {

struct Definition {
  std::string name;   // as the client calls it; "" is the unnamed statement
  std::string parse;  // the whole Parse message as it is sent upstream
  std::shared_ptr<const rewriter::Rewrite> rewrite;  // null for a statement of Occam's own
  // Its last parameter is Occam's: the client neither sees nor binds it.
  bool hides_parameter = false;

  // The parameter types that it declares, as on the wire.
  std::string_view types() const;
};
using DefinitionPtr = std::shared_ptr<const Definition>;

class Statements {
 public:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };
  using Map = std::unordered_map<std::string, DefinitionPtr, Hash, std::equal_to<>>;

  // The client's names. find: null if there is none.
  DefinitionPtr find(std::string_view name) const { return lookup(client_, name); }
  void define(const DefinitionPtr& definition) { client_[definition->name] = definition; }
  void close(std::string_view name) { erase(client_, name); }

  // The upstream's. A name is absent, held (with its definition) or uncertain: it was in flight
  // when an error made the server skip, so it must be closed before it is used.
  enum class Upstream { absent, held, uncertain };
  Upstream upstream(std::string_view name) const;
  bool upstream_holds(const DefinitionPtr& definition) const;
  void upstream_parsed(const DefinitionPtr& definition) {
    upstream_[definition->name] = definition;
  }
  void upstream_uncertain(std::string_view name) { upstream_[std::string(name)] = nullptr; }
  void upstream_closed(std::string_view name) { erase(upstream_, name); }
  // A new connection holds nothing.
  void upstream_new() { upstream_.clear(); }

  // A statement of Occam's own, under a name of its own; the same one for the same text and types
  // (as a Parse carries them; empty: none).
  DefinitionPtr own(std::string_view text, std::string_view types);

  // A simple Query destroys the unnamed statement (PostgreSQL manual, "Extended Query"), our own
  // Query too.
  void simple_query_upstream() { upstream_closed(""); }
  // DEALLOCATE ALL, DISCARD ALL: of the upstream's names those that `stands` names stay.
  template <class Stands>
  void forget_all(const Stands& stands) {
    client_.clear();
    std::erase_if(upstream_, [&stands](const auto& entry) { return !stands(entry.first); });
  }

 private:
  static DefinitionPtr lookup(const Map& map, std::string_view name);
  static void erase(Map& map, std::string_view name);
  Map client_;
  Map upstream_;
  Map own_;  // by types and text
};

}  // namespace occam::relay
