// Prepared statements belong to the client's session, not to the upstream connection. Here is what
// the client has named; what a connection holds is UpstreamStatements. A Bind or Describe makes
// sure of its own definition first (Exchange), which is all that replay, a new connection and
// pooling need. Knows nothing of when messages are sent. Definitions are shared and immutable.
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
  DefinitionPtr find(std::string_view name) const;
  void define(const DefinitionPtr& definition);
  void close(std::string_view name);
  // DEALLOCATE ALL, DISCARD ALL.
  void forget_all();

 private:
  // Many clients name none of their statements, and need no map for them.
  DefinitionPtr unnamed_;
  std::unique_ptr<Map> named_;  // null: none
};

// Statements of Occam's own.
class OwnStatements {
 public:
  // For the same text and types (as a Parse carries them; empty: none) the same one, under a name
  // that is the same in every session.
  DefinitionPtr find(std::string_view text, std::string_view types);
  // Those found before may be made anew, so none of them may be in use.
  void forget_surplus();

 private:
  Statements::Map known_;  // by types and text
};

}  // namespace occam::relay
