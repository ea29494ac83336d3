// One run of a group upstream: plans what is sent (making sure that the upstream connection holds
// every prepared statement the group uses), and matches the answers that come back, message by
// message, to the requests. Each answer is forwarded, dropped (to a request the client never made)
// or invented (the upstream was never asked). Knows nothing of conflicts and retries. The group and
// the statements, the client's and the connection's, outlive the run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "proxy/relay/digest.hpp"
#include "proxy/relay/group.hpp"
#include "proxy/relay/limit.hpp"
#include "proxy/relay/prepared.hpp"
#include "proxy/relay/row_locks.hpp"
#include "proxy/relay/session_settings.hpp"
#include "proxy/relay/upstream_statements.hpp"

namespace occam::relay {

// What a client is told where a row was changed under it.
inline constexpr wire::backend::Error version_changed{
    "ERROR", "40001", "could not serialize access due to concurrent update", {}, {}};

class Exchange {
 public:
  // Plans the whole group and appends its messages to `to_server`.
  void begin(Group& group, Statements& statements, UpstreamStatements& upstream, bool digested,
             std::string& to_server);
  // For another client from now on. `settings` is what its SETs and the ends of its transactions
  // are told to, `advice` what errors at a limit are given as their hint; both outlive its runs.
  void serve(SessionSettings& settings, const rewriter::LimitAdvice& advice);
  // Plans the group's newest request too (messages that pass one by one).
  void extend(std::string& to_server);

  enum class Seen {
    more,      // the run goes on
    copying,   // the server waits for CopyData
    stranded,  // an error, and no Sync in the group: the server skips until the client sends one
    finished,  // ReadyForQuery came
  };
  // Takes one answer, asynchronous messages excepted. What the client is to see is appended to
  // `sink`; null while a journalled group is replayed. Throws ProtocolViolation for an answer
  // nobody asked for.
  Seen answer(const wire::Frame& frame, std::string* sink);

  // Every request planned so far has its answer; forget_answered drops them, so that a group which
  // passes message by message does not grow without bound.
  bool caught_up() const { return cursor_ == steps_.size(); }
  void forget_answered();
  bool stranded() const { return stranded_; }
  // What is being answered is a simple Query: its own ReadyForQuery follows, without a Sync.
  bool answering_query() const {
    return cursor_ < steps_.size() && steps_[cursor_].kind == Kind::query;
  }

  // Valid once finished:
  wire::backend::Status status() const { return status_; }
  Digest digest() const { return digester_.digest(); }
  // Valid from the answer on that set them:
  std::optional<ConflictKind> conflict() const { return conflict_; }
  bool failed() const { return failed_; }
  bool syntax_error() const { return syntax_error_; }  // the first error was one
  // The transaction's state as far as the answers tell it, where no ReadyForQuery did.
  wire::backend::Status reached() const { return reached_; }
  bool committed() const { return committed_; }    // a COMMIT of this group succeeded
  bool in_message() const { return in_message_; }  // a message in pieces has begun and not ended
  bool masked() const { return masked_; }
  // The limit that the error says was passed; where it begins in what the client is to see.
  bool discarded_all() const { return discarded_all_; }  // a DISCARD ALL succeeded
  std::optional<Limit> limit() const { return limit_; }
  std::uint64_t rows_modified() const { return rows_modified_; }  // as the tags say
  std::size_t error_at() const { return error_at_; }
  // The statements that were answered, for the facts; forgotten once they are told.
  const std::vector<StatementDone>& statements_done() const { return done_; }
  void forget_statements_done() { done_.clear(); }

 private:
  enum class Kind { parse, bind, describe_statement, describe_row, execute, close, query, sync };
  enum class Answer { forward, drop, invent };
  struct Step {
    Kind kind;
    Answer answer;
    std::size_t request;  // index; for an inserted step that of the request it was inserted for
    bool fresh = false;   // parse, close: the upstream had nothing under this name
    const Definition* own = nullptr;  // of a statement of Occam's own
  };
  // An Execute or Query whose answer tells something of rows.
  struct Watch {
    std::size_t execute;  // index of the request that is answered
    std::size_t request;  // of its Bind, or of itself
    enum { reads, locks, checks, writes } kind;
    std::size_t row;  // checks, writes: which of rows_
  };
  // How a statement with a RowAccess comes to be executed.
  struct Access {
    std::size_t request;                 // its Bind or Query
    std::optional<std::size_t> execute;  // if that is known
    Executed with;
    std::string_view declared;  // types of its Parse
    bool takes_version;         // it has a place for it
  };

  static bool fits(Kind kind, wire::backend::Type type);
  static bool completes(Kind kind, wire::backend::Type type);

  void plan(std::size_t index, std::string& to_server);
  void plan_parse(std::size_t index, std::string& to_server);
  void plan_close(const std::string& name, std::size_t index, std::string& to_server);
  void make_sure(const DefinitionPtr& definition, std::size_t index, std::string& to_server,
                 const Definition* own = nullptr);
  void make_sure_of_none(std::string_view name, std::size_t index, std::string& to_server);
  void make_sure_of_texts(const rewriter::Rewrite* rewrite, std::size_t index,
                          std::string& to_server);
  void close_surplus(std::string& to_server);
  void plan_bind(std::size_t index, std::string& to_server);
  void plan_execute(std::size_t index, std::string& to_server);
  void plan_query(std::size_t index, std::string& to_server);
  void plan_query_extended(std::size_t index, std::string& to_server);
  std::optional<std::size_t> executed_by(std::size_t bind) const;
  bool executes_last(std::optional<std::size_t> execute) const;
  void follow_plan(const rewriter::Rewrite* rewrite);
  std::optional<wire::frontend::BoundValue> plan_access(const Access& access,
                                                        std::string& to_server);
  std::optional<wire::frontend::BoundValue> plan_write(const Access& access,
                                                       std::string& to_server);
  bool is_bound_here(std::size_t execute) const;
  void lock_spelled_otherwise(const RowLocks::Row& written, std::size_t index,
                              std::string& to_server);
  void lock_unlocked(std::string_view table, std::size_t index, std::string& to_server);
  void lock_touched(const rewriter::Rewrite* rewrite, std::size_t index, std::string& to_server);
  void lock(RowLocks::Row& row, std::size_t index, std::string& to_server);
  void refuse(const rewriter::Refusal& refusal, std::size_t index, std::string& to_server);
  const Watch* watch_of(const Step& step) const;
  void on_watched(const Watch& watch, const wire::Frame& frame);
  void on_piece(const wire::Frame& frame);
  void on_row(const Watch& watch, std::string_view body);
  void on_written(const Watch& watch, std::string_view tag);
  void show_own_error(const Step& step, const wire::Frame& frame, const wire::backend::Error& error,
                      std::string* sink);
  void show_parameters(const wire::Frame& frame, std::string* sink);

  static const rewriter::Refusal& transaction_aborted();
  std::string own_error(const Request& request, const Step& step) const;
  void settle(const Step& step);
  void invent(std::string* sink);
  Seen on_error(const wire::Frame& frame, std::string* sink);
  void show_error(const wire::Frame& frame, const wire::backend::Error& error, std::string* sink);
  Seen skip_failed();
  Seen on_ready(const wire::Frame& frame, std::string* sink);
  void on_command_complete(const wire::Frame& frame, const Step& step);
  void forward(const wire::Frame& frame, bool digested, std::string* sink);
  void doubt_named(const Request& request);
  void forget_unanswered();
  void forget_deallocated(const rewriter::Statement* statement, std::string_view tag);
  bool prepares_later(std::string_view name) const;
  void follow(std::string_view tag, bool chain);
  void follow_settings(const rewriter::Statement* statement, std::string_view tag);
  void drop_unnamed(Request& query);

  const rewriter::LimitAdvice* advice_ = nullptr;
  SessionSettings* settings_ = nullptr;
  Group* group_ = nullptr;
  Statements* prepared_ = nullptr;          // the client's
  UpstreamStatements* upstream_ = nullptr;  // the connection's
  std::vector<Step> steps_;
  std::size_t cursor_ = 0;
  std::size_t in_query_ = 0;  // statements of a simple Query answered so far
  bool digested_ = false;
  Digester digester_;
  wire::backend::Status status_ = wire::backend::Status::idle;
  wire::backend::Status reached_ = wire::backend::Status::idle;
  std::optional<ConflictKind> conflict_;
  bool failed_ = false;
  bool syntax_error_ = false;
  bool stranded_ = false;
  bool committed_ = false;
  bool in_message_ = false;
  bool masked_ = false;
  bool discarded_all_ = false;
  std::optional<Limit> limit_;
  std::uint64_t rows_modified_ = 0;
  std::size_t error_at_ = 0;
  std::vector<StatementDone> done_;

  OwnStatements own_;
  RowLocks rows_;  // of the open transaction: stays from one run to the next
  std::vector<Watch> watches_;
  std::vector<wire::frontend::BoundValue> values_;  // room for a Bind's
  std::optional<Watch> in_row_;                     // whose row comes in pieces,
  std::string row_;                                 // and as much of it as is here
  const rewriter::Refusal* refusal_ = nullptr;      // what a text in a statement's place stands for
  // A statement of Occam's own failed: its error is the answer, and what the server says of the
  // client's statement behind it is none.
  bool own_failed_ = false;
};

}  // namespace occam::relay
