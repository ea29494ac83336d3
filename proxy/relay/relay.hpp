// One client session after log-in: client and server messages in, orders and facts out. The state
// machine that holds answers, journals transactions, and replays and verifies them after a conflict
// (phases: proxy/relay/README.md). Knows no socket, no clock, no log: time and randomness are
// parameters. One relay belongs to one thread. Order of calls: any event in any order; the caller
// obeys `out` before the next event. Frames are views and are only used during the call. Throws
// wire::ProtocolViolation when a peer breaks the protocol: answer, count, close.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "rewriter/rewriter.hpp"

#include "proxy/relay/client_session.hpp"
#include "proxy/relay/exchange.hpp"
#include "proxy/relay/journal.hpp"
#include "proxy/relay/output.hpp"
#include "proxy/relay/phase.hpp"
#include "proxy/relay/retry.hpp"
#include "proxy/relay/stepping.hpp"
#include "proxy/relay/upstream_session.hpp"
#include "proxy/wire/backend.hpp"
#include "proxy/wire/frame.hpp"
#include "proxy/wire/frontend.hpp"

namespace occam::relay {

struct Settings {
  RetryPolicy retry;
  std::size_t held_bytes = std::size_t{512} * 1024;           // answers of one group held back
  std::size_t group_bytes = std::size_t{16} * 1024 * 1024;    // requests gathered up to Sync
  std::size_t journal_bytes = std::size_t{16} * 1024 * 1024;  // one transaction's journal
};

class Relay {
 public:
  // `budget` outlives the relay. `seed` drives the jitter only. Serves nobody yet.
  Relay(const Settings& settings, Budget& budget, std::uint64_t seed);
  Relay(const Settings& settings, Budget& budget, std::uint64_t seed, ClientSession& client);

  // From here on the events are this client's, which is idle and has no upstream connection yet.
  // First, and whenever may_rest(). `client` outlives its stay here.
  void serve(ClientSession& client);
  // Nothing of the client's is here that its ClientSession does not have.
  bool may_rest() const;

  void on_client(const wire::Frame& frame, TimePoint now, Output& out);
  void on_server(const wire::Frame& frame, TimePoint now, Output& out);
  void on_timer(TimePoint now, Output& out);
  // The upstream connection ended, whoever ended it. Not called for one that was dropped on order.
  void on_server_lost(TimePoint now, Output& out);
  // The answer to Output::lease, or of the shell's own accord while there is none: a connection, or
  // none, and what the client is to be told. `server` outlives its stay here. A lease is no longer
  // wanted once the phase is not connecting any more.
  void on_server_ready(UpstreamSession& server, TimePoint now, Output& out);
  void on_server_refused(const wire::backend::Error& error, TimePoint now, Output& out);
  // Whether the connection may go to another client, and the order to let it go; the next group
  // asks for one anew.
  bool may_part() const;
  void part();
  // How the connection would be left now.
  Leaving leaving() const;
  // The client sent a CancelRequest: a repetition stops, a running statement is cancelled upstream.
  void on_cancel(TimePoint now, Output& out);
  // The client closed its side. What it sent before is still carried out, but nothing is repeated
  // any more.
  void on_client_gone(TimePoint now, Output& out);

  // Nothing in flight, nothing queued, no transaction open: the session may be closed without harm.
  bool quiescent() const;
  // Client bytes that wait for their turn; the shell stops reading the client above its mark.
  std::size_t queued_bytes() const { return queue_.bytes(); }
  Phase phase() const { return phase_; }

 private:
  // client's side
  bool feeds_copy(wire::frontend::Type type);
  bool leave_failed();
  void gather(const wire::Frame& frame);
  void act(wire::frontend::Type type, TimePoint now, Output& out);
  void serve_queue(TimePoint now, Output& out);
  void start_group(TimePoint now, Output& out);
  void send_group(TimePoint now, Output& out);
  void pass_queue(Output& out);
  bool pass_request(const wire::Frame& frame, Output& out);
  void pass_copy_end(const wire::Frame& frame, Output& out);
  void pass_sync(const wire::Frame& frame, Output& out);
  void tell_rewrite(const Request& request, Output& out) const;
  void await_answers(Output& out);
  void answer_failed(bool flush, Output& out);
  bool answer_failed_request(const Request& request, bool& ended, std::string& to_client);

  // server's side
  void on_asynchronous(const wire::Frame& frame, Output& out);
  void on_copy_in(Output& out);
  void bound_held(Output& out);
  void start_passing(Output& out);
  void tell_done(Output& out);
  void note_session_state(Output& out);
  void note_usage(Output& out);
  void on_answer(const wire::Frame& frame, TimePoint now, Output& out);
  void finish_group(TimePoint now, Output& out);
  void finish_replayed(TimePoint now, Output& out);
  void deliver(TimePoint now, Output& out);
  void tell_parameters(std::string& sink);

  // steps
  void begin_stepping(TimePoint now, Output& out);
  void start_steps(const rewriter::StepPlan& plan, TimePoint now, Output& out);
  bool start_slices(TimePoint now, Output& out);
  void send_order(Output& out);
  void send_bound(std::string_view text, std::string& to_server) const;
  void on_step_answer(const wire::Frame& frame, TimePoint now, Output& out);
  bool steps_must_go_on() const;
  void finish_step(TimePoint now, Output& out);
  void take_order(rewriter::Order order, TimePoint now, Output& out);
  void step_lost(TimePoint now, Output& out);
  void answer_steps(const rewriter::Outcome& outcome, std::string& to_client);
  bool answer_stepped_request(const Request& request, const rewriter::Outcome& outcome,
                              std::string& to_client);
  void end_steps(const rewriter::Outcome& outcome, TimePoint now, Output& out);

  // repetition
  void open_chain(TimePoint now);
  void conflict_delivered(ConflictKind kind, TimePoint now, Output& out);
  void on_conflict(ConflictKind kind, TimePoint now, Output& out);
  std::optional<NotReplayable> obstacle() const;
  std::optional<NotReplayable> journal_obstacle() const;
  void order_connection(TimePoint now, Output& out);
  void begin_again(TimePoint now, Output& out);
  void restore_settings(Output& out);
  void on_restored(const wire::Frame& frame, TimePoint now, Output& out);
  void note_settings(Output& out);
  void pin(Output& out);
  void back_off(TimePoint now, Output& out);
  void restart(TimePoint now, Output& out);
  void replay_next(TimePoint now, Output& out);
  void give_up(Verdict verdict, TimePoint now, Output& out);
  void original(const wire::backend::Error& error);
  void hand_over_original(TimePoint now, Output& out);
  void rolled_back(TimePoint now, Output& out);
  void decide(Verdict verdict, TimePoint now, Output& out);
  void doubt(TimePoint now, Output& out);
  wire::backend::Status status_without_answer() const;
  void end_transaction();
  void lost_in_flight(TimePoint now, Output& out);
  void answer_rolled_back(TimePoint now, Output& out);
  void end_answered(Verdict verdict, TimePoint now, Output& out);
  void recover_lost(TimePoint now, Output& out);
  void farewell(Output& out);
  struct Chain {  // one series of conflicts, from the first to its verdict
    bool open = false;
    std::uint32_t conflicts = 0;
    std::uint32_t attempts = 1;
    TimePoint began{};
    std::string original;  // what the client gets if the repetition fails
    wire::backend::Status original_status = wire::backend::Status::idle;
    std::optional<Verdict> verdict;  // set while abandoning
  };

  Settings settings_;
  Backoff backoff_;

  ClientSession* client_ = nullptr;

  Phase phase_ = Phase::idle;
  wire::backend::Status client_status_ = wire::backend::Status::idle;  // as last told to the client
  wire::backend::Status server_status_ =
      wire::backend::Status::idle;     // as last told by the upstream
  UpstreamSession* server_ = nullptr;  // null: no connection
  bool client_gone_ = false;
  bool holds_session_state_ = false;
  bool cancelled_ = false;   // the client asked to cancel what is in flight
  bool copying_ = false;     // passing: the server waits for CopyData
  bool skipping_ = false;    // failed: 25P02 was answered, the rest up to the Sync is ignored
  bool passed_end_ = false;  // passing: the message that ends the group was passed on
  std::size_t copies_ended_ =
      0;  // passing: CopyDone or CopyFail came before the server asked for data
  bool answers_awaited_ = false;  // passing: a Flush of our own was sent, and nothing since

  Queue queue_;        // client messages not yet part of a group
  Group group_;        // the group in flight
  Exchange exchange_;  // its run upstream, or that of a journalled group
  Portals portals_;
  Journal journal_;  // the groups of the open transaction, in order
  std::optional<Stepping> stepping_;
  Usage usage_;
  std::size_t replayed_ = 0;
  std::string held_;
  bool streamed_ = false;
  Chain chain_;
  enum class Restored { now, later, never } restored_ = Restored::now;
  bool parameters_differ_ = false;  // the connection reported others
};

}  // namespace occam::relay
