// What an exchange does for the rows that the relay keeps account of (RowLocks): statements of
// Occam's own in front of the client's, and the hidden parameter of a version-checked write.
#include <algorithm>
#include <span>

#include "proxy/relay/exchange.hpp"
#include "proxy/relay/touch.hpp"
#include "proxy/wire/frontend.hpp"

namespace occam::relay {

using Frontend = wire::frontend::Type;
using rewriter::RowAccess;
using rewriter::RowKey;
using rewriter::StatementKind;

namespace {

// The client's portals have other names, but for one who wants to be confused.
constexpr std::string_view own_portal = "occam";

// Of a server whose transactions have one snapshot: a write of the row meets every change since,
// and is judged at COMMIT with it (facts/dsql.md §1.1, §1.2).
bool one_snapshot(const RowKey& what) { return what.check.empty(); }

const rewriter::Refusal& too_many_rows() {
  static const rewriter::Refusal refusal{"54000", "too many rows are locked in this transaction",
                                         "Lock fewer rows in one transaction."};
  return refusal;
}

const rewriter::Refusal& more_behind_commit() {
  static const rewriter::Refusal refusal{
      "0A000", "Occam has rows to lock before this text, which goes on after a COMMIT",
      "Send COMMIT, and what comes after it, as queries of their own."};
  return refusal;
}

const rewriter::Refusal& not_last() {
  static const rewriter::Refusal refusal{
      "0A000", "Occam can take this lock only where the statement is the last before a Sync",
      "Send the statement that locks rows on its own, and the next when its answer is there."};
  return refusal;
}

}  // namespace

// The Execute of the portal that request `bind` makes, if it fetches all and comes before anything
// else is made of the portal's name. Nothing: it is not in this group, as far as that has come.
std::optional<std::size_t> Exchange::executed_by(std::size_t bind) const {
  const auto portal = wire::frontend::decode_bind(group_->body(group_->requests[bind])).portal;
  for (std::size_t i = bind + 1; i < group_->requests.size(); ++i) {
    switch (group_->requests[i].type) {
      case Frontend::execute: {
        const auto execute = wire::frontend::decode_execute(group_->body(group_->requests[i]));
        if (execute.portal != portal) continue;
        return execute.max_rows == 0 ? std::optional(i) : std::nullopt;
      }
      case Frontend::bind:
        if (wire::frontend::decode_bind(group_->body(group_->requests[i])).portal == portal)
          return std::nullopt;
        continue;
      case Frontend::describe:
        continue;
      default:
        return std::nullopt;
    }
  }
  return std::nullopt;
}

// Nothing is executed behind it in its group, so that its answer is seen before anything follows.
bool Exchange::executes_last(std::optional<std::size_t> execute) const {
  if (!execute || !group_->complete()) return false;
  return std::none_of(group_->requests.begin() + static_cast<std::ptrdiff_t>(*execute) + 1,
                      group_->requests.end(), [](const Request& request) {
                        return request.type == Frontend::execute ||
                               request.type == Frontend::query ||
                               request.type == Frontend::function_call;
                      });
}

void Exchange::plan_bind(std::size_t index, std::string& to_server) {
  const auto& request = group_->requests[index];
  if (request.statement) {
    make_sure(request.statement, index, to_server);
  } else {
    make_sure_of_none(wire::frontend::decode_bind(group_->body(request)).statement, index,
                      to_server);
  }
  const auto* access = request.statement ? request.statement->rewrite->rows.get() : nullptr;
  if (access == nullptr) {
    to_server.append(group_->message(request));
  } else {
    const auto bind = wire::frontend::decode_bind(group_->body(group_->requests[index]));
    const auto version = plan_access({index,
                                      executed_by(index),
                                      {bind.rest},
                                      request.statement->types(),
                                      request.statement->hides_parameter},
                                     to_server);
    if (request.statement->hides_parameter) {
      wire::frontend::append_bind(to_server, bind, version.value_or(wire::frontend::BoundValue{}));
    } else {
      to_server.append(group_->message(request));
    }
  }
  steps_.push_back({Kind::bind, Answer::forward, index});
}

// Whether the portal that is executed was made in this group, where its rows were seen to.
bool Exchange::is_bound_here(std::size_t execute) const {
  const auto portal =
      wire::frontend::decode_execute(group_->body(group_->requests[execute])).portal;
  return std::any_of(group_->requests.begin(),
                     group_->requests.begin() + static_cast<std::ptrdiff_t>(execute),
                     [&](const Request& request) {
                       return request.type == Frontend::bind &&
                              wire::frontend::decode_bind(group_->body(request)).portal == portal;
                     });
}

void Exchange::plan_execute(std::size_t index, std::string& to_server) {
  const auto& request = group_->requests[index];
  const auto* rewrite = request.statement ? request.statement->rewrite.get() : nullptr;
  const bool planned = rewrite != nullptr && rewrite->rows && is_bound_here(index);
  if (!planned) lock_touched(rewrite, index, to_server);
  make_sure_of_texts(rewrite, index, to_server);
  to_server.append(group_->message(request));
  steps_.push_back({Kind::execute, Answer::forward, index});
  follow_plan(rewrite);
}

void Exchange::plan_query(std::size_t index, std::string& to_server) {
  const auto& request = group_->requests[index];
  const auto* rewrite = request.rewrite.get();
  const auto steps = steps_.size();
  std::optional<wire::frontend::BoundValue> version;
  if (!request.refused && rewrite->rows) {
    const bool literal = !rewrite->rows->literal_before.empty();
    version = plan_access({index, index, {}, {}, literal}, to_server);
  } else if (!request.refused) {
    lock_touched(rewrite, index, to_server);
  }
  const bool locked_before = steps_.size() > steps;
  // What stands behind a COMMIT would be run even where the lock has failed and nothing is
  // committed.
  if (locked_before && goes_on_after_end(*rewrite)) refuse(more_behind_commit(), index, to_server);
  if (locked_before && !rows_.open()) {
    plan_query_extended(index, to_server);
    return;
  }
  if (!request.refused) make_sure_of_texts(rewrite, index, to_server);
  // The server ignores a Query behind an error until a Sync comes.
  if (steps_.size() > steps) {
    wire::frontend::append_sync(to_server);
    steps_.push_back({Kind::sync, Answer::drop, index});
  }
  upstream_->simple_query();
  if (refusal_ != nullptr) {
    wire::frontend::append_query(to_server, refused_text);
  } else if (version) {
    const auto& rows = *rewrite->rows;
    std::string text = rewrite->text.substr(0, rows.literal_at) + rows.literal_before + "'";
    for (const char c : *version->value) text.append(c == '\'' ? 2 : 1, c);
    text += "'" + rows.literal_after + rewrite->text.substr(rows.literal_at);
    wire::frontend::append_query(to_server, text);
  } else {
    to_server.append(group_->message(request));
  }
  steps_.push_back({Kind::query, Answer::forward, index});
  if (!request.refused) follow_plan(rewrite);
}

// In one transaction with the lock before it: a Query would come behind a Sync, and so in another.
void Exchange::plan_query_extended(std::size_t index, std::string& to_server) {
  constexpr std::string_view no_types("\0\0", 2);
  upstream_->simple_query();
  drop_unnamed(group_->requests[index]);
  wire::frontend::append_parse(to_server, {"", group_->requests[index].rewrite->text, no_types});
  steps_.push_back({Kind::parse, Answer::drop, index});
  wire::frontend::append_bind(to_server, "", "", {});
  steps_.push_back({Kind::bind, Answer::drop, index});
  wire::frontend::append_describe(to_server, {'P', ""});
  steps_.push_back({Kind::describe_row, Answer::forward, index});
  wire::frontend::append_execute(to_server, {"", 0});
  steps_.push_back({Kind::execute, Answer::forward, index});
  wire::frontend::append_sync(to_server);
  steps_.push_back({Kind::sync, Answer::forward, index});
}

// Which transaction what follows in the plan stands in.
void Exchange::follow_plan(const rewriter::Rewrite* rewrite) {
  const bool unknown = rewrite == nullptr || !rewrite->parsed;
  if (unknown && !rows_.open()) rows_.begin();
  if (unknown) return;
  for (const auto& statement : rewrite->statements) {
    const bool begins = statement.kind == StatementKind::begin ||
                        statement.kind == StatementKind::sql_execute ||
                        statement.kind == StatementKind::unknown;
    if (begins && !rows_.open()) rows_.begin();
    const bool ends =
        statement.kind == StatementKind::commit || statement.kind == StatementKind::rollback;
    if (ends && statement.chain) {
      rows_.begin();
    } else if (ends) {
      rows_.end();
    }
  }
}

// What must come before the statement; the version that it is to be bound to.
std::optional<wire::frontend::BoundValue> Exchange::plan_access(const Access& access,
                                                                std::string& to_server) {
  const auto& rewrite = group_->requests[access.request].text();
  const auto& rows = *rewrite->rows;
  if (rows.kind == RowAccess::Kind::write) return plan_write(access, to_server);
  const bool last = executes_last(access.execute);
  // What is sent up to a Sync is one transaction; behind its last statement no lock lasts.
  if (!rows_.open() && (last || rows.kind == RowAccess::Kind::locked)) return std::nullopt;
  if (rows.kind == RowAccess::Kind::locked) {
    lock_unlocked(rows.rows.front().table, access.request, to_server);
    if (access.execute) watches_.push_back({*access.execute, access.request, Watch::locks, 0});
  } else if (last) {
    watches_.push_back({*access.execute, access.request, Watch::reads, 0});
  } else {
    for (const auto& what : rows.rows) {
      const bool known = std::none_of(what.key.begin(), what.key.end(), [](const auto& source) {
        return source.kind == rewriter::ValueSource::Kind::output;
      });
      auto* row = known ? rows_.enter(rewrite, what, key_types(what, access.declared), access.with)
                        : nullptr;
      if (row != nullptr) lock(*row, access.request, to_server);
      if (!known) refuse(not_last(), access.request, to_server);
    }
    if (rows_.full()) refuse(too_many_rows(), access.request, to_server);
  }
  return std::nullopt;
}

std::optional<wire::frontend::BoundValue> Exchange::plan_write(const Access& access,
                                                               std::string& to_server) {
  const auto& rewrite = group_->requests[access.request].text();
  const auto& rows = *rewrite->rows;
  const auto& what = rows.rows.front();
  if (!rows_.open()) {  // what is sent up to the Sync is one transaction all the same
    auto* row = rows.locks_first
                    ? rows_.enter(rewrite, what, key_types(what, access.declared), access.with)
                    : nullptr;
    if (row != nullptr && !row->locked) lock(*row, access.request, to_server);
    if (rows_.full()) refuse(too_many_rows(), access.request, to_server);
    return std::nullopt;
  }
  auto* row = rows_.find(what, key_types(what, access.declared), access.with);
  // Spelled otherwise it may be any of those that were read.
  if (row == nullptr) lock_touched(rewrite.get(), access.request, to_server);
  if (row == nullptr && rows.locks_first) {
    row = rows_.enter(rewrite, what, key_types(what, access.declared), access.with);
  }
  if (row == nullptr) return std::nullopt;
  lock_spelled_otherwise(*row, access.request, to_server);
  if (!row->locked && rows.locks_first) lock(*row, access.request, to_server);
  std::optional<wire::frontend::BoundValue> version;
  bool checked = false;
  const bool seen =
      row->version && !row->version->null && !row->locked && executes_last(access.execute);
  if (seen && what.version) {
    const auto asked = access.with.value(*what.version);
    checked = asked && asked->value &&
              RowLocks::Value{std::string(*asked->value), asked->format} == *row->version;
  } else if (seen && access.takes_version && (access.with.bound || row->version->format == 0)) {
    checked = true;
    version = row->version->view();
  }
  if (!checked && !row->locked && !one_snapshot(what)) lock(*row, access.request, to_server);
  if (access.execute) {
    watches_.push_back({*access.execute, access.request, checked ? Watch::checks : Watch::writes,
                        rows_.index_of(*row)});
  }
  if (!checked) row->version.reset();
  return version;
}

// Entries that may be of the very row that is about to be written.
void Exchange::lock_spelled_otherwise(const RowLocks::Row& written, std::size_t index,
                                      std::string& to_server) {
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    auto& row = rows_[i];
    if (row.what->table != written.what->table || row.spelled_as(written)) continue;
    if (!row.locked && !one_snapshot(*row.what)) lock(row, index, to_server);
    row.version.reset();
  }
}

// A lock that sees the rows as they are now: what was seen of them before must still be so.
void Exchange::lock_unlocked(std::string_view table, std::size_t index, std::string& to_server) {
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    auto& row = rows_[i];
    if (!row.locked && row.what->table == table && !one_snapshot(*row.what)) {
      lock(row, index, to_server);
    }
  }
}

// Rows that were read without their lock, where the statement may write them or end the
// transaction.
void Exchange::lock_touched(const rewriter::Rewrite* rewrite, std::size_t index,
                            std::string& to_server) {
  if (!rows_.open()) return;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    auto& row = rows_[i];
    const auto what = touch(rewrite, row.what->table);
    if (what == Touch::none) continue;
    if (!row.locked && (what == Touch::ends || !one_snapshot(*row.what))) {
      lock(row, index, to_server);
    }
    row.version.reset();  // it may be another now, of this transaction's making
  }
  if (rows_.full() && touch(rewrite, "") == Touch::ends) refuse(too_many_rows(), index, to_server);
}

// With its version, where the server's snapshot does not vouch for that; nobody need ask for it
// again.
void Exchange::lock(RowLocks::Row& row, std::size_t index, std::string& to_server) {
  values_.clear();
  for (const auto& value : row.key) values_.push_back(value.view());
  const bool check = row.version && !row.what->check.empty();
  if (check) values_.push_back(row.version->view());
  std::string types = row.types;
  if (check && !types.empty()) {  // the version's is the server's to find
    types.clear();
    wire::append_i16(types, static_cast<std::int16_t>(row.key.size() + 1));
    types.append(row.types.substr(2));
    wire::append_i32(types, 0);
  }
  const auto definition = own_.find(check ? row.what->check : row.what->lock, types);
  make_sure(definition, index, to_server, definition.get());
  const auto send = [&](Kind kind) {
    steps_.push_back({kind, Answer::drop, index, false, definition.get()});
  };
  wire::frontend::append_bind(to_server, own_portal, definition->name, values_);
  send(Kind::bind);
  wire::frontend::append_execute(to_server, {own_portal, 0});
  send(Kind::execute);
  wire::frontend::append_close(to_server, {'P', own_portal});
  send(Kind::close);
  row.locked = true;
  row.version.reset();
}

// Nothing behind it is executed up to the Sync; of a Query's text another is sent in its place.
void Exchange::refuse(const rewriter::Refusal& refusal, std::size_t index, std::string& to_server) {
  refusal_ = &refusal;
  if (group_->requests[index].type == Frontend::query) return;
  const auto definition = own_.find(refused_text, {});
  to_server.append(definition->parse);
  steps_.push_back({Kind::parse, Answer::drop, index, true, definition.get()});
}

}  // namespace occam::relay
