// One request group: the client messages up to the Sync, Query or FunctionCall that ends them, with
// their SQL rewritten, and what must be known of them before they are sent. It owns its bytes,
// since it may have to be sent again. Knows nothing of answers (Exchange) and of time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rewriter/rewriter.hpp"

#include "proxy/relay/digest.hpp"
#include "proxy/relay/fact.hpp"
#include "proxy/relay/prepared.hpp"
#include "proxy/wire/backend.hpp"
#include "proxy/wire/frame.hpp"
#include "proxy/wire/frontend.hpp"

namespace occam::relay {

// What is sent in place of a text that Occam refuses. Every server refuses it as a syntax error, so
// the server's transaction state is right without a special case; its ErrorResponse is replaced by
// the refusal.
inline constexpr std::string_view refused_text = "occam refused this statement";

// One message of the group.
struct Request {
  wire::frontend::Type type{};
  std::size_t offset = 0;  // in Group::bytes
  std::size_t length = 0;
  // Parse: what it defines. Bind, Describe S: what it uses. Execute: what its portal was bound to.
  // Null: unknown name.
  DefinitionPtr statement;
  DefinitionPtr
      existing;  // Parse: what the client already has under this name; the server will say 42P05
  std::shared_ptr<const rewriter::Rewrite> rewrite;  // Query and Parse
  bool of_statement = false;  // Describe, Close: of a statement, not a portal
  bool refused = false;       // Query, Parse: refused_text is sent in its place
  // Parse, Close of a statement: took effect upstream, must not be sent again. Query: has destroyed
  // the unnamed statement.
  bool done = false;

  // What its text became: its own, or that of what it was prepared from; null if there is none.
  const std::shared_ptr<const rewriter::Rewrite>& text() const;
};

// Which statement a portal of the open transaction was bound to.
using Portals = Statements::Map;

class Group {
 public:
  // Starts an empty group; status is the transaction's at its beginning.
  void begin(wire::backend::Status status);
  // Adds one whole message. Throws ProtocolViolation if it is malformed.
  void add(const wire::Frame& frame, rewriter::Rewriter& rewriter, const Statements& statements,
           Portals& portals);

  bool rolls_back() const;
  // The first statement it executes is a plain ROLLBACK; more may follow.
  bool begins_with_rollback() const;
  // Nothing in it is sent: it concerns only statements that are carried out in steps, and executes
  // one of them at most.
  bool stepped() const;
  // What a stepped group executes; null if it only prepares.
  const rewriter::Rewrite* planned() const;
  // What it executes, if that is one statement and the last thing before its end; null otherwise.
  std::shared_ptr<const rewriter::Rewrite> executed_last() const;
  // By its text it leaves a transaction open.
  bool leaves_open() const { return in_transaction_; }
  // Whether it may turn out to be the begin of a transaction once the rest of it has come.
  bool may_open() const;
  // What it leaves on the connection even if its answer was an error.
  bool may_leave_state(bool failed, bool syntax_error) const;

  // About what it holds in memory; many small requests cost more than their bytes.
  std::size_t cost() const { return bytes.size() + requests.size() * sizeof(Request); }
  bool empty() const { return requests.empty(); }
  // Begun by the extended protocol; a simple Query or FunctionCall otherwise.
  bool extended() const;
  // A Sync, Query or FunctionCall ends it.
  bool complete() const;
  // A Sync is in it.
  bool synced() const;
  // Messages that pass one by one need not be kept; what was learnt of them stays.
  void forget_requests();
  // The statement or portal a Close names.
  std::string_view name_of(const Request& close) const;
  std::string_view message(const Request& request) const {
    return std::string_view(bytes).substr(request.offset, request.length);
  }
  std::string_view body(const Request& request) const {
    return message(request).substr(wire::header_bytes);
  }

  std::string bytes;
  std::vector<Request> requests;
  wire::backend::Status began = wire::backend::Status::idle;
  bool durable =
      false;  // its success may outlive a lost answer: a COMMIT, or a write outside a transaction
  std::size_t largest_value = 0;  // bytes of its largest parameter, as it will be stored
  bool opens = false;             // holds a BEGIN: answers must be digested
  bool session_state = false;
  bool unparsed = false;  // holds a text that may be anything
  bool commits_inside =
      false;  // holds a CALL or DO: what failed may have left something all the same
  std::optional<NotReplayable> obstacle;
  Digest digest;  // of its answers, once delivered

 private:
  void understand(Request& request, std::string_view body, const Statements& statements,
                  Portals& portals);
  void add_query(std::string_view sql, std::string_view whole, rewriter::Rewriter& rewriter);
  void add_parse(std::string_view body, std::string_view whole, rewriter::Rewriter& rewriter,
                 const Statements& statements);
  void note(const rewriter::Rewrite& rewrite);
  bool refuses(const rewriter::Rewrite& rewrite) const;
  DefinitionPtr find(std::string_view name, const Statements& statements) const;

  std::size_t statements_ = 0;  // executed by it, as far as the texts tell
  bool in_transaction_ = false;
  bool extended_ = false;
  bool failed_ = false;    // the transaction in which it began had failed, and is not over yet
  Statements::Map names_;  // defined (or closed: null) in this group, before the server has said so
};

}  // namespace occam::relay
