// Exchange as the answers come: matched to the requests, forwarded, dropped or invented.
#include "proxy/relay/exchange.hpp"

#include "proxy/relay/retry.hpp"
#include "proxy/wire/backend.hpp"
#include "proxy/wire/frontend.hpp"

namespace occam::relay {

using Backend = wire::backend::Type;
using Frontend = wire::frontend::Type;
using rewriter::StatementKind;

namespace {

bool ends_statement(Backend type) {
  return type == Backend::command_complete || type == Backend::empty_query_response ||
         type == Backend::portal_suspended;
}

// What may come between a statement's start and its end.
bool within_statement(Backend type) {
  return type == Backend::data_row || type == Backend::copy_in_response ||
         type == Backend::copy_both_response || type == Backend::copy_out_response ||
         type == Backend::copy_data || type == Backend::copy_done ||
         type == Backend::function_call_response;
}

bool describes_row(Backend type) {
  return type == Backend::row_description || type == Backend::no_data;
}

}  // namespace

// Whether a request of this kind may be answered so.
bool Exchange::fits(Kind kind, Backend type) {
  switch (kind) {
    case Kind::parse:
      return type == Backend::parse_complete;
    case Kind::close:
      return type == Backend::close_complete;
    case Kind::bind:
      return type == Backend::bind_complete;
    case Kind::describe_statement:
      return type == Backend::parameter_description || describes_row(type);
    case Kind::describe_row:
      return describes_row(type);
    case Kind::execute:
      return ends_statement(type) || within_statement(type);
    case Kind::query:
      return ends_statement(type) || within_statement(type) || describes_row(type);
    case Kind::sync:
      return false;
  }
  return false;
}

// Whether the request needs no further answer.
bool Exchange::completes(Kind kind, Backend type) {
  if (kind == Kind::execute) return ends_statement(type);
  return kind != Kind::query && type != Backend::parameter_description;
}

Exchange::Seen Exchange::answer(const wire::Frame& frame, std::string* sink) {
  in_message_ = !frame.ends;
  if (!frame.begins) {
    if (in_row_) on_piece(frame);
    forward(frame, true, sink);
    return Seen::more;
  }
  const auto type = static_cast<Backend>(frame.type);
  if (type == Backend::error_response) return on_error(frame, sink);
  if (!stranded_) invent(sink);
  if (type == Backend::ready_for_query) return on_ready(frame, sink);
  if (stranded_ || cursor_ >= steps_.size()) {
    throw wire::ProtocolViolation("the server answered a request that nobody made");
  }
  const auto step = steps_[cursor_];
  if (!fits(step.kind, type)) {
    throw wire::ProtocolViolation("the server's answer does not fit the request");
  }
  if (completes(step.kind, type)) ++cursor_;
  if (own_failed_ || step.answer == Answer::drop) return Seen::more;
  // A simple Query that was sent in the extended protocol says nothing where it has no rows.
  if (type == Backend::no_data && group_->requests[step.request].type == Frontend::query) {
    return Seen::more;
  }
  // PostgreSQL manual, "Extended Query": a simple Query destroys the unnamed statement.
  if (step.kind == Kind::query) drop_unnamed(group_->requests[step.request]);
  if (step.kind == Kind::parse || step.kind == Kind::close) {
    settle(step);
    forward(frame, false, sink);
    return Seen::more;
  }
  if (ends_statement(type)) on_command_complete(frame, step);
  if (const auto* watch = watch_of(step)) on_watched(*watch, frame);
  const auto& described = group_->requests[step.request].statement;
  if (type == Backend::parameter_description && described && described->hides_parameter) {
    show_parameters(frame, sink);
  } else {
    const auto& text = group_->requests[step.request].text();
    const bool blind = type == Backend::command_complete && text && text->blind_delete;
    forward(frame, !blind, sink);
  }
  const bool copying = type == Backend::copy_in_response || type == Backend::copy_both_response;
  return copying ? Seen::copying : Seen::more;
}

// Once only: in a repetition the client may have prepared another since.
void Exchange::drop_unnamed(Request& query) {
  if (!query.done) prepared_->close("");
  query.done = true;
}

// A Parse or Close of the client's took effect.
void Exchange::settle(const Step& step) {
  auto& request = group_->requests[step.request];
  if (step.kind == Kind::parse) {
    prepared_->define(request.statement);
  } else if (request.of_statement) {
    prepared_->close(group_->name_of(request));
  } else {
    return;
  }
  request.done = true;
}

void Exchange::invent(std::string* sink) {
  while (cursor_ < steps_.size() && steps_[cursor_].answer == Answer::invent) {
    if (sink != nullptr) {
      wire::backend::append_empty(*sink, steps_[cursor_].kind == Kind::parse
                                             ? Backend::parse_complete
                                             : Backend::close_complete);
    }
    ++cursor_;
  }
}

// A server's own words to whatever is asked of a failed transaction.
const rewriter::Refusal& Exchange::transaction_aborted() {
  static const rewriter::Refusal aborted{
      "25P02",
      "current transaction is aborted, commands ignored until end of transaction block",
      {}};
  return aborted;
}

// The server's error was asked for by a text in another's place: what the client is told instead.
// A statement with a plan is never sent where it stands alone, and is so refused where it does not.
std::string Exchange::own_error(const Request& request, const Step& step) const {
  const auto has_plan = [](const DefinitionPtr& definition) {
    return definition && definition->rewrite->plan != nullptr;
  };
  const rewriter::Refusal* refusal = nullptr;
  std::string own;
  if (step.kind == Kind::parse && step.answer == Answer::drop && has_plan(request.existing)) {
    const auto text = "prepared statement \"" + request.existing->name + "\" already exists";
    wire::backend::append_error(own, {"ERROR", "42P05", text, {}, {}});
  } else if (request.refused && step.answer == Answer::forward &&
             (step.kind == Kind::parse || step.kind == Kind::query)) {
    refusal = request.rewrite->refusal.get();
  } else if (step.kind == Kind::parse && has_plan(request.statement)) {
    refusal = request.statement->rewrite->refusal.get();
    if (group_->began == wire::backend::Status::failed) refusal = &transaction_aborted();
  }
  if (refusal != nullptr) {
    wire::backend::append_error(own, {"ERROR", refusal->code, refusal->message, {}, refusal->hint});
  }
  return own;
}

Exchange::Seen Exchange::on_error(const wire::Frame& frame, std::string* sink) {
  invent(sink);
  if (!frame.whole()) throw wire::ProtocolViolation("an ErrorResponse came in pieces");
  const auto error = wire::backend::decode_error(frame.body());
  // The connection ends, and that is the event; a request it is no answer to.
  if (error.severity == "FATAL" || error.severity == "PANIC") return Seen::more;
  if (own_failed_) return skip_failed();
  syntax_error_ = failed_ ? syntax_error_ : error.code == "42601";
  failed_ = true;
  if (reached_ == wire::backend::Status::in_transaction) reached_ = wire::backend::Status::failed;
  if (!conflict_) conflict_ = conflict_of(error);
  if (!limit_) limit_ = limit_of(error);
  error_at_ = sink != nullptr ? sink->size() : 0;
  const auto* step = cursor_ < steps_.size() ? &steps_[cursor_] : nullptr;
  const auto* request = step != nullptr ? &group_->requests[step->request] : nullptr;
  if (request != nullptr) {
    const auto& rewrite = request->text();
    const auto& statements = rewrite ? rewrite->statements : std::vector<rewriter::Statement>{};
    if (in_query_ < statements.size()) {
      done_.push_back({statements[in_query_].kind, true});
    } else {
      done_.push_back({StatementKind::unknown, true});
    }
    if (step->kind == Kind::query) drop_unnamed(group_->requests[step->request]);
    const bool refused = refusal_ != nullptr && step->kind == Kind::query;
    if (step->own != nullptr || refused) {
      show_own_error(*step, frame, error, sink);
    } else if (const auto own = own_error(*request, *step); !own.empty()) {
      forward({'E', own}, true, sink);
    } else {
      show_error(frame, error, sink);
    }
  } else {
    forward(frame, true, sink);
  }
  forget_unanswered();
  return skip_failed();
}

// A simple Query's own ReadyForQuery follows; otherwise the server skips to the Sync.
Exchange::Seen Exchange::skip_failed() {
  const auto* step = cursor_ < steps_.size() ? &steps_[cursor_] : nullptr;
  if (step != nullptr && step->kind == Kind::query) return Seen::more;
  while (cursor_ < steps_.size() && steps_[cursor_].kind != Kind::sync) ++cursor_;
  if (cursor_ < steps_.size()) return Seen::more;
  stranded_ = true;
  return Seen::stranded;
}

// As it came, but for a SQLSTATE that must not reach the client, and for advice at a limit.
void Exchange::show_error(const wire::Frame& frame, const wire::backend::Error& error,
                          std::string* sink) {
  const auto limit = limit_of(error);
  const auto advice =
      limit && advice_ != nullptr && error.hint.empty() ? advice_for(*limit, *advice_) : "";
  if (resets_pool(error)) {
    masked_ = true;
    std::string own(frame.bytes);
    own.replace(static_cast<std::size_t>(error.code.data() - frame.bytes.data()),
                masked_code.size(), masked_code);
    wire::Frame shown = frame;
    shown.bytes = own;
    forward(shown, true, sink);
  } else if (!advice.empty()) {
    auto advised = error;
    advised.hint = advice;
    std::string own;
    wire::backend::append_error(own, advised);
    wire::Frame shown = frame;
    shown.bytes = own;
    forward(shown, true, sink);
  } else {
    forward(frame, true, sink);
  }
}

Exchange::Seen Exchange::on_ready(const wire::Frame& frame, std::string* sink) {
  if (!stranded_ && (cursor_ >= steps_.size() ||
                     (steps_[cursor_].kind != Kind::sync && steps_[cursor_].kind != Kind::query))) {
    throw wire::ProtocolViolation("ReadyForQuery came before the answers");
  }
  status_ = wire::backend::decode_ready_for_query(frame.body());
  if (settings_ != nullptr && status_ == wire::backend::Status::idle)
    settings_->transaction_ended(!failed_);
  if (!stranded_ && steps_[cursor_].answer == Answer::drop) {
    ++cursor_;
    return Seen::more;
  }
  forward(frame, true, sink);
  return Seen::finished;
}

void Exchange::on_command_complete(const wire::Frame& frame, const Step& step) {
  const auto& request = group_->requests[step.request];
  const auto& rewrite = request.text();
  const rewriter::Statement* statement = nullptr;
  if (rewrite) {
    const auto index = step.kind == Kind::query ? in_query_ : 0;
    if (index < rewrite->statements.size()) statement = &rewrite->statements[index];
  }
  if (step.kind == Kind::query) ++in_query_;
  done_.push_back({statement ? statement->kind : StatementKind::unknown, false});
  if (static_cast<Backend>(frame.type) == Backend::command_complete) {
    const auto tag = wire::backend::decode_command_complete(frame.body());
    forget_deallocated(statement, tag);
    rows_modified_ += relay::rows_modified(tag);
    follow(tag, statement != nullptr && statement->chain);
    follow_settings(statement, tag);
    if (tag == "COMMIT" || tag == "PREPARE TRANSACTION" || tag == "COMMIT PREPARED") {
      committed_ = true;
    }
  }
}

// The transaction's state, as the tags tell it.
void Exchange::follow(std::string_view tag, bool chain) {
  using wire::backend::Status;
  if (tag == "BEGIN" || tag == "START TRANSACTION") {
    reached_ = Status::in_transaction;
  } else if (tag == "COMMIT" || tag == "ROLLBACK" || tag == "PREPARE TRANSACTION") {
    reached_ = chain ? Status::in_transaction : Status::idle;
  }
}

// In a repetition too: they were rolled back with the transaction.
void Exchange::follow_settings(const rewriter::Statement* statement, std::string_view tag) {
  if (settings_ == nullptr) return;
  if (statement != nullptr && statement->setting) settings_->changed(*statement->setting);
  const bool to_savepoint =
      statement != nullptr && statement->kind == StatementKind::savepoint && tag == "ROLLBACK";
  if (to_savepoint) {
    settings_->rolled_back_to_savepoint();
  } else if (tag == "COMMIT" || tag == "ROLLBACK" || tag == "PREPARE TRANSACTION") {
    settings_->transaction_ended(tag != "ROLLBACK");
  }
}

// What the group prepares behind the DEALLOCATE is entered already, and stands.
void Exchange::forget_deallocated(const rewriter::Statement* statement, std::string_view tag) {
  if (tag == "DEALLOCATE ALL" || tag == "DISCARD ALL") {
    prepared_->forget_all();
    discarded_all_ = tag == "DISCARD ALL";
    upstream_->forget_all([this](std::string_view name) { return prepares_later(name); });
  } else if (statement != nullptr && statement->kind == StatementKind::deallocate) {
    prepared_->close(statement->name);
    if (!prepares_later(statement->name)) upstream_->closed(statement->name);
  }
}

bool Exchange::prepares_later(std::string_view name) const {
  for (std::size_t i = cursor_; i < steps_.size(); ++i) {
    const auto& prepared = group_->requests[steps_[i].request].statement;
    if (steps_[i].kind == Kind::parse && prepared && prepared->name == name) return true;
  }
  return false;
}

void Exchange::forward(const wire::Frame& frame, bool digested, std::string* sink) {
  if (digested_ && digested) digester_.add(frame.bytes);
  if (sink != nullptr) sink->append(frame.bytes);
}

// Those that the request names by SQL.
void Exchange::doubt_named(const Request& request) {
  if (!request.text()) return;
  for (const auto& statement : request.text()->statements)
    if (!statement.name.empty()) upstream_->uncertain(statement.name);
}

// What came after an error was skipped by the server: names in flight are as they were before,
// which is known only of those that were new; and the unnamed statement is gone if its own Parse
// failed.
void Exchange::forget_unanswered() {
  for (std::size_t i = cursor_; i < steps_.size() && steps_[i].kind != Kind::sync; ++i) {
    const auto& step = steps_[i];
    if (step.answer == Answer::invent) continue;
    const auto& request = group_->requests[step.request];
    if (step.own != nullptr) {
      if (step.kind != Kind::parse) continue;
      if (i == cursor_ || step.fresh) {
        upstream_->closed(step.own->name);
      } else {
        upstream_->uncertain(step.own->name);
      }
    } else if (request.type == Frontend::query || request.type == Frontend::execute) {
      if (step.answer == Answer::drop) doubt_named(request);
    } else if (step.kind == Kind::parse && request.statement) {
      if (request.statement->name.empty()) {
        upstream_->closed("");
        if (i == cursor_ && step.answer == Answer::forward) prepared_->close("");
      } else if (i == cursor_ && step.answer == Answer::forward && request.existing) {
        upstream_->parsed(request.existing);  // 42P05: it is there, and stays
      } else if (i == cursor_) {
        upstream_->closed(request.statement->name);
      } else if (const auto& name = request.statement->name;
                 step.fresh && upstream_->state(name) != UpstreamStatements::State::uncertain) {
        upstream_->closed(name);  // new, and no Close of its name was skipped before it
      } else {
        upstream_->uncertain(request.statement->name);
      }
    } else if (step.kind == Kind::close && request.of_statement && !step.fresh) {
      upstream_->uncertain(group_->name_of(request));
    } else if (step.kind == Kind::close && request.type == Frontend::bind) {
      upstream_->uncertain(wire::frontend::decode_bind(group_->body(request)).statement);
    }
  }
}

}  // namespace occam::relay
