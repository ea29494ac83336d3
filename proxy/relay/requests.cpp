// The client's side of the relay: messages become groups, groups are sent; or answered here once
// the transaction is lost.
#include "proxy/relay/relay.hpp"
#include "proxy/wire/frontend.hpp"

namespace occam::relay {

using Backend = wire::backend::Type;
using Frontend = wire::frontend::Type;
using wire::backend::Status;

// Takes queued messages until a group is complete and sent, or the queue is empty.
void Relay::serve_queue(TimePoint now, Output& out) {
  while (!queue_.empty() && !out.close && (phase_ == Phase::idle || phase_ == Phase::failed)) {
    const auto frame = queue_.front();
    const auto type = static_cast<Frontend>(frame.type);
    if (feeds_copy(type)) {
      start_group(now, out);
      continue;
    }
    gather(frame);
    queue_.pop();
    act(type, now, out);
  }
  const bool ready = phase_ == Phase::idle || phase_ == Phase::failed;
  if (client_gone_ && queue_.empty() && ready) out.close = true;
}

// A group that rolls back and goes on: the ROLLBACK changes nothing upstream, where no transaction
// is; the rest is for the server.
bool Relay::leave_failed() {
  if (phase_ != Phase::failed || skipping_ || !group_.begins_with_rollback() ||
      group_.rolls_back()) {
    return false;
  }
  phase_ = Phase::idle;
  client_status_ = Status::idle;
  portals_.clear();
  return true;
}

// Data for a COPY that the group itself begins: it cannot be gathered to its end.
bool Relay::feeds_copy(Frontend type) {
  const bool data =
      type == Frontend::copy_data || type == Frontend::copy_done || type == Frontend::copy_fail;
  if (!data || group_.empty() || (phase_ != Phase::idle && !leave_failed())) return false;
  group_.obstacle = NotReplayable::copy;
  return true;
}

void Relay::gather(const wire::Frame& frame) {
  switch (static_cast<Frontend>(frame.type)) {
    case Frontend::terminate:
    case Frontend::copy_data:  // late data of a COPY that failed; the server ignores it too
    case Frontend::copy_done:
    case Frontend::copy_fail:
      return;
    case Frontend::password:
      throw wire::ProtocolViolation("password out of place");
    case Frontend::query:
      if (group_.empty()) group_.begin(client_status_);
      group_.add(frame, *client_->rewriter, client_->statements, portals_);
      return;
    case Frontend::flush:
      if (group_.empty()) return;  // nothing to be flushed
      group_.add(frame, *client_->rewriter, client_->statements, portals_);
      return;
    default:
      if (group_.empty()) group_.begin(client_status_);
      group_.add(frame, *client_->rewriter, client_->statements, portals_);
      return;
  }
}

// What the message just gathered asks for; idle or failed.
void Relay::act(Frontend type, TimePoint now, Output& out) {
  const bool ends =
      type == Frontend::query || type == Frontend::sync || type == Frontend::function_call;
  if (type == Frontend::terminate) {
    out.close = true;
  } else if (group_.empty()) {
    return;
  } else if (skipping_ && type != Frontend::sync) {
    // As a server does after an error. But what comes behind a BEGIN must not run without it.
    if (group_.may_open()) client_status_ = Status::failed;
    group_.begin(client_status_);
  } else if (ends && leave_failed()) {
    start_group(now, out);
  } else if (phase_ == Phase::failed) {
    const bool large = group_.cost() > settings_.group_bytes;
    if (ends || large || type == Frontend::flush) answer_failed(!ends, out);
  } else if (ends) {
    start_group(now, out);
  } else if (type == Frontend::flush || group_.cost() > settings_.group_bytes) {
    group_.obstacle = type == Frontend::flush ? NotReplayable::flush : NotReplayable::too_large;
    start_group(now, out);
  }
}

void Relay::start_group(TimePoint now, Output& out) {
  for (const auto& request : group_.requests) tell_rewrite(request, out);
  const bool as_left = server_ != nullptr && (client_status_ != Status::idle ||
                                              server_->settings == client_->settings.settled());
  if (as_left) {
    send_group(now, out);
  } else if (server_ != nullptr) {
    begin_again(now, out);
  } else {
    recover_lost(now, out);
  }
}

void Relay::tell_rewrite(const Request& request, Output& out) const {
  if (!request.rewrite) return;
  if (request.refused) {
    out.facts.emplace_back(Refused{request.rewrite});
  } else if (request.rewrite->changed) {
    out.facts.emplace_back(Rewritten{request.rewrite});
  }
}

void Relay::send_group(TimePoint now, Output& out) {
  if (stepping_) {
    send_order(out);
    return;
  }
  if (group_.stepped()) {
    begin_stepping(now, out);
    return;
  }
  held_.clear();
  streamed_ = false;
  const bool digested = group_.began != Status::idle || group_.opens;
  exchange_.begin(group_, client_->statements, server_->statements, digested, out.to_server);
  phase_ = group_.complete() ? Phase::in_flight : Phase::passing;
  streamed_ = phase_ == Phase::passing;
  if (phase_ == Phase::passing) pass_queue(out);  // what waited behind it waits no longer
}

// Messages that may not wait: the data of a COPY, and all that follows a Flush up to the Sync.
void Relay::pass_queue(Output& out) {
  while (!queue_.empty() && !passed_end_) {
    const auto frame = queue_.front();
    const auto type = static_cast<Frontend>(frame.type);
    if (type == Frontend::terminate) {
      out.close = true;
      return;
    }
    if (exchange_.stranded()) {
      out.to_server.append(frame.bytes);
      passed_end_ = type == Frontend::sync;
    } else if (!pass_request(frame, out)) {
      return;
    }
    queue_.pop();
  }
  if (client_gone_ && queue_.empty() && !passed_end_) out.close = true;  // the rest never comes
}

// False: it has to wait.
bool Relay::pass_request(const wire::Frame& frame, Output& out) {
  const auto type = static_cast<Frontend>(frame.type);
  switch (type) {
    case Frontend::terminate:
      return false;
    case Frontend::password:
      throw wire::ProtocolViolation("password out of place");
    case Frontend::copy_data:
      out.to_server.append(frame.bytes);
      return true;
    case Frontend::copy_done:
    case Frontend::copy_fail:
      pass_copy_end(frame, out);
      return true;
    case Frontend::query:
    case Frontend::function_call:
      if (copying_) throw wire::ProtocolViolation("a request in the midst of COPY data");
      if (!group_.extended()) return false;
      [[fallthrough]];
    case Frontend::bind:
    case Frontend::close:
    case Frontend::describe:
    case Frontend::execute:
    case Frontend::flush:
    case Frontend::parse:
      if (copying_ && type != Frontend::flush) {
        throw wire::ProtocolViolation("a request in the midst of COPY data");
      }
      if (group_.cost() > 2 * settings_.group_bytes) {
        await_answers(out);
        return false;
      }
      group_.add(frame, *client_->rewriter, client_->statements, portals_);
      tell_rewrite(group_.requests.back(), out);
      exchange_.extend(out.to_server);
      passed_end_ = type == Frontend::query || type == Frontend::function_call;
      return true;
    case Frontend::sync:
      pass_sync(frame, out);
      return true;
  }
  return true;
}

// After a simple Query the server answers now; in the extended protocol it waits for a Sync, and
// more requests may come before that.
void Relay::pass_copy_end(const wire::Frame& frame, Output& out) {
  out.to_server.append(frame.bytes);
  if (!copying_) ++copies_ended_;
  passed_end_ = copying_ && exchange_.answering_query();
  copying_ = false;
}

void Relay::pass_sync(const wire::Frame& frame, Output& out) {
  if (copying_) {  // ignored by the server (PostgreSQL manual, "COPY Operations")
    out.to_server.append(frame.bytes);
    return;
  }
  // The Sync sent with the group was ignored by a server in COPY; this one stands for it.
  if (group_.synced()) {
    out.to_server.append(frame.bytes);
  } else {
    group_.add(frame, *client_->rewriter, client_->statements, portals_);
    exchange_.extend(out.to_server);
  }
  passed_end_ = true;
}

// Nothing more is passed until the answers have caught up. The server may keep them back until a
// Sync, and the client may send none before it has read them: so they are asked for.
void Relay::await_answers(Output& out) {
  if (answers_awaited_) return;
  answers_awaited_ = true;
  wire::frontend::append_flush(out.to_server);
}

// The client's transaction is lost, though the upstream knows nothing of it: PostgreSQL's own words
// until the client rolls back (PostgreSQL manual, "ERRCODE_IN_FAILED_SQL_TRANSACTION").
void Relay::answer_failed(bool flush, Output& out) {
  bool ended = false;
  for (const auto& request : group_.requests) {
    if (skipping_) break;
    skipping_ = !answer_failed_request(request, ended, out.to_client);
    if (!skipping_) continue;
    wire::backend::append_error(
        out.to_client,
        {"ERROR",
         "25P02",
         "current transaction is aborted, commands ignored until end of transaction block",
         {},
         {}});
  }
  if (ended) client_status_ = Status::idle;
  group_.begin(client_status_);
  if (flush) return;
  skipping_ = false;
  if (client_status_ == Status::idle) {
    phase_ = Phase::idle;
    portals_.clear();
  }
  wire::backend::append_ready_for_query(out.to_client, client_status_);
}

// False: 25P02. Only what ends the transaction is let through.
bool Relay::answer_failed_request(const Request& request, bool& ended, std::string& to_client) {
  using rewriter::StatementKind;
  const auto* rewrite = request.text().get();
  // AND CHAIN would begin a new transaction, which only the server can.
  const bool ends = rewrite != nullptr && rewrite->statements.size() == 1 &&
                    !rewrite->statements[0].chain &&
                    (rewrite->statements[0].kind == StatementKind::rollback ||
                     rewrite->statements[0].kind == StatementKind::commit);
  switch (request.type) {
    case Frontend::query:
      if (rewrite->parsed && rewrite->statements.empty()) {
        wire::backend::append_empty(to_client, Backend::empty_query_response);
        return true;
      }
      [[fallthrough]];
    case Frontend::execute:
      if (!ends) return false;
      wire::backend::append_command_complete(to_client, "ROLLBACK");
      ended = true;
      return true;
    case Frontend::parse:
      if (!ends) return false;
      client_->statements.define(request.statement);
      wire::backend::append_empty(to_client, Backend::parse_complete);
      return true;
    case Frontend::bind:
      if (ends) wire::backend::append_empty(to_client, Backend::bind_complete);
      return ends;
    case Frontend::describe:
      if (request.of_statement && !ends) return false;
      if (request.of_statement) wire::backend::append_no_parameters(to_client);
      wire::backend::append_empty(to_client, Backend::no_data);
      return true;
    case Frontend::close:
      if (request.of_statement) client_->statements.close(group_.name_of(request));
      wire::backend::append_empty(to_client, Backend::close_complete);
      return true;
    case Frontend::function_call:
      return false;
    case Frontend::sync:
    case Frontend::flush:
    case Frontend::copy_data:
    case Frontend::copy_done:
    case Frontend::copy_fail:
    case Frontend::password:
    case Frontend::terminate:
      return true;
  }
  return true;
}

}  // namespace occam::relay
