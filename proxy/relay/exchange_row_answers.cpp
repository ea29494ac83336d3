// What the answers tell an exchange of the rows that the relay keeps account of (RowLocks), and
// what of it the client is shown.
#include "proxy/relay/exchange.hpp"
#include "proxy/wire/backend.hpp"
#include "proxy/wire/frontend.hpp"

namespace occam::relay {

using Frontend = wire::frontend::Type;

const Exchange::Watch* Exchange::watch_of(const Step& step) const {
  if (step.answer == Answer::drop || (step.kind != Kind::execute && step.kind != Kind::query)) {
    return nullptr;
  }
  for (const auto& watch : watches_) {
    if (watch.execute == step.request) return &watch;
  }
  return nullptr;
}

// What a watched answer says, as far as it has come; a large row comes in pieces.
void Exchange::on_watched(const Watch& watch, const wire::Frame& frame) {
  const auto type = static_cast<wire::backend::Type>(frame.type);
  if (type == wire::backend::Type::command_complete) {
    on_written(watch, wire::backend::decode_command_complete(frame.body()));
  } else if (type == wire::backend::Type::data_row && frame.ends) {
    on_row(watch, frame.body());
  } else if (type == wire::backend::Type::data_row) {
    in_row_ = watch;
    row_.assign(frame.bytes);
  }
}

void Exchange::on_piece(const wire::Frame& frame) {
  row_.append(frame.bytes);
  if (!frame.ends) return;
  on_row(*in_row_, std::string_view(row_).substr(wire::header_bytes));
  in_row_.reset();
  row_.clear();
}

// A row of a statement that locks, or would have locked.
void Exchange::on_row(const Watch& watch, std::string_view body) {
  if (watch.kind != Watch::reads && watch.kind != Watch::locks) return;
  const auto& request = group_->requests[watch.request];
  const auto& rewrite = request.text();
  const auto values = wire::backend::decode_data_row(body);
  Executed executed;
  std::string_view declared;
  if (request.type == Frontend::bind) {
    executed.bound =
        wire::frontend::decode_bind(group_->body(group_->requests[watch.request])).rest;
    declared = request.statement->types();
  }
  executed.row = &values;
  for (const auto& what : rewrite->rows->rows) {
    auto* row = rows_.enter(rewrite, what, key_types(what, declared), executed);
    if (row == nullptr) continue;  // no such row, as on the empty side of an outer join
    const auto version = what.version ? executed.value(*what.version) : std::nullopt;
    if (version) {
      RowLocks::Value seen{std::string(version->value.value_or("")), version->format,
                           !version->value};
      // What was seen first is what the client acts on. A row that it holds, and one of a single
      // snapshot, nobody changes but itself.
      const bool kept = row->version && !row->locked && !what.check.empty();
      const bool changed = kept && seen.format == row->version->format && seen != *row->version;
      if (changed && !conflict_) conflict_ = ConflictKind::version;
      if (!kept) row->version = std::move(seen);
    }
    row->locked = row->locked || watch.kind == Watch::locks;
  }
}

// The write is done: the row is this transaction's own. Where its version was asked for and no row
// had it, another transaction has changed it.
void Exchange::on_written(const Watch& watch, std::string_view tag) {
  if (watch.kind != Watch::checks && watch.kind != Watch::writes) return;
  const bool none = tag.ends_with(" 0");
  auto& row = rows_[watch.row];
  if (!none) {
    row.locked = true;
    row.version.reset();
  } else if (watch.kind == Watch::checks && !conflict_) {
    conflict_ = ConflictKind::version;
  }
}

// The client knows nothing of the last one.
void Exchange::show_parameters(const wire::Frame& frame, std::string* sink) {
  std::string shown;
  {
    const wire::Message message(shown, frame.type);
    wire::Reader body(frame.body());
    wire::append_i16(shown, static_cast<std::int16_t>(body.i16() - 1));
    shown.append(body.rest().substr(0, body.rest().size() - sizeof(std::int32_t)));
  }
  forward({frame.type, shown}, true, sink);
}

// The error of a statement of Occam's own, or of a text in another's place: what the client is
// told.
void Exchange::show_own_error(const Step& step, const wire::Frame& frame,
                              const wire::backend::Error& error, std::string* sink) {
  own_failed_ = true;
  std::string shown;
  if (refusal_ != nullptr && step.kind != Kind::execute) {
    wire::backend::append_error(shown,
                                {"ERROR", refusal_->code, refusal_->message, {}, refusal_->hint});
  } else if (error.code == "22012") {  // RowKey::check
    conflict_ = ConflictKind::version;
    wire::backend::append_error(shown, version_changed);
  } else {
    show_error(frame, error, sink);
    return;
  }
  forward({'E', shown}, true, sink);
}

}  // namespace occam::relay
