#include "tests/support/scripted_client.hpp"

#include <algorithm>
#include <utility>

#include "proxy/wire/backend.hpp"
#include "proxy/wire/frontend.hpp"

namespace occam::simulation {

Client::Client(int number, const ClientSettings& settings, Account& account, Random& random)
    : number_(number), settings_(settings), account_(account), random_(random) {}

std::string Client::speak() {
  if (finished_) return {};
  if (!sent_.empty() && !pipelined_) return {};
  if (groups_.empty()) {
    if (!sent_.empty()) return {};
    if (done_ == settings_.transactions) {
      finished_ = true;
      return {};
    }
    plan_transaction();
  }
  return send_next();
}

bool Client::wants_to_leave() { return settings_.may_leave && !finished_ && random_() % 400 == 0; }

void Client::left() {
  finished_ = true;
  conclude(account_.doubtful);
}

void Client::plan_transaction() {
  ++done_;
  ++account_.transactions;
  id_ = std::int64_t{number_} * 1000 + done_;
  groups_.clear();
  pipelined_ = false;
  style_ = static_cast<Style>(random_() % 4);
  mixed_ = random_() % 3 == 0;
  const int key = static_cast<int>(random_() % static_cast<unsigned>(settings_.keys));
  const int other = static_cast<int>(random_() % static_cast<unsigned>(settings_.keys));
  const auto kind = random_() % 12;
  explicit_ = kind < 7 || kind == 9;
  blind_ = true;
  open_ids_ = {id_};
  auto& increments = account_.increments[id_];
  switch (kind) {
    case 0:  // read-modify-write, statement by statement
      blind_ = false;
      groups_ = {{{Op::begin}},
                 {{Op::read, key}},
                 {{Op::write_read, key}},
                 {{Op::insert}},
                 {{Op::commit}}};
      ++increments[key];
      break;
    case 1:  // blind writes, statement by statement
      groups_ = {{{Op::begin}},
                 {{Op::increment, key}},
                 {{Op::insert}},
                 {{Op::increment, other}},
                 {{Op::commit}}};
      ++increments[key];
      ++increments[other];
      break;
    case 2:  // BEGIN and a statement in one packet, as Npgsql does
      groups_ = {{{Op::begin}, {Op::increment, key}}, {{Op::insert}}, {{Op::commit}}};
      ++increments[key];
      break;
    case 3:  // the whole transaction in one group
      groups_ = {{{Op::begin}, {Op::increment, key}, {Op::insert}, {Op::commit}}};
      ++increments[key];
      break;
    case 4:  // several groups without waiting
      pipelined_ = true;
      groups_ = {{{Op::begin}}, {{Op::increment, key}}, {{Op::insert}}, {{Op::commit}}};
      ++increments[key];
      break;
    case 5:  // a transaction that ends in ROLLBACK
      groups_ = {{{Op::begin}}, {{Op::increment, key}}, {{Op::insert}}, {{Op::rollback}}};
      break;
    case 6:  // two transactions in one group: if the second fails, the first must not be run again
      blind_ = false;
      groups_ = {{{Op::begin},
                  {Op::increment, key},
                  {Op::insert},
                  {Op::commit},
                  {Op::begin},
                  {Op::increment, other},
                  {Op::insert, 1},
                  {Op::commit}}};
      ++increments[key];
      ++account_.increments[id_ + second_id][other];
      open_ids_.push_back(id_ + second_id);
      break;
    case 7:  // an implicit transaction: several statements, one Sync or one Query
      groups_ = {{{Op::increment, key}, {Op::insert}}};
      ++increments[key];
      break;
    case 8:  // a setting
      groups_ = {{{Op::set, random_setting()}}};
      open_ids_.clear();
      break;
    case 9:  // a setting that ends with its transaction, one way or the other
      groups_ = {{{Op::begin}},          {{Op::set, random_setting()}},
                 {{Op::increment, key}}, {{Op::insert}},
                 {{Op::show}},           {{random_() % 2 == 0 ? Op::commit : Op::rollback}}};
      ++increments[key];
      break;
    case 10:
      groups_ = {{{Op::show}}};
      open_ids_.clear();
      break;
    default:  // a read by itself, perhaps with data that a conflict may not change before COMMIT
      groups_ = {{{Op::read, key}}};
      open_ids_.clear();
      break;
  }
}

int Client::random_setting() { return static_cast<int>(random_() % 4); }

std::string Client::send_next() {
  const auto steps = groups_.front();
  groups_.erase(groups_.begin());
  GroupSent group;
  std::string out;
  if (mixed_) style_ = static_cast<Style>(random_() % 4);
  group.conflicts_hidden = blind_ && !settings_.lenient();
  const bool has_begin = steps.front().op == Op::begin;
  const bool writes = std::any_of(steps.begin(), steps.end(), [](const Step& step) {
    return step.op == Op::insert || step.op == Op::increment || step.op == Op::write_read;
  });
  const bool commits = std::any_of(steps.begin(), steps.end(),
                                   [](const Step& step) { return step.op == Op::commit; });
  group.may_commit = commits || (writes && !explicit_ && !has_begin);
  if (style_ == Style::simple) {
    std::string text;
    for (const auto& step : steps) {
      text += (text.empty() ? "" : "; ") + sql(step, false);
      if (step.op == Op::read || step.op == Op::show) {
        expect(group, 'T', step);
        expect(group, 'D', step);
      }
      expect(group, 'C', step);
    }
    wire::frontend::append_query(out, text);
  } else {
    for (const auto& step : steps) append_op(out, group, step, style_);
    wire::frontend::append_sync(out);
  }
  expect(group, 'Z', steps.back());
  sent_.push_back(std::move(group));
  return out;
}

void Client::append_op(std::string& out, GroupSent& group, const Step& step, Style style) {
  if (style == Style::named) {
    append_named(out, group, step);
    return;
  }
  static constexpr std::string_view no_types("\0\0", 2);
  wire::frontend::append_parse(out, {"", sql(step, true), no_types});
  expect(group, '1', step);
  if (style == Style::described) {
    const wire::Message message(out, 'D');
    out += 'S';
    wire::append_cstring(out, "");
  }
  if (style == Style::described) {
    expect(group, 't', step);
    const bool rows = step.op == Op::read || step.op == Op::show;
    expect(group, rows ? 'T' : 'n', step);
    // As lib/pq does: the answers are awaited before Bind. Here the Flush is what asks for them.
    if (settings_.flushes && random_() % 8 == 0) {
      const wire::Message flush(out, 'H');
      group.conflicts_hidden = false;
      blind_ = false;
    }
  }
  append_bind_execute(out, group, step, "");
}

// Four names for many texts: they are closed and defined anew, so that names and texts change
// partners.
void Client::append_named(std::string& out, GroupSent& group, const Step& step) {
  static constexpr std::string_view no_types("\0\0", 2);
  const auto text = sql(step, true);
  const auto name = "s" + std::to_string(random_() % 4);
  const auto known = names_.find(name);
  if (known == names_.end() || known->second != text) {
    if (known != names_.end()) {
      wire::frontend::append_close(out, {'S', name});
      expect(group, '3', step);
    }
    wire::frontend::append_parse(out, {name, text, no_types});
    expect(group, '1', step);
    names_[name] = text;
  }
  append_bind_execute(out, group, step, name);
}

void Client::append_bind_execute(std::string& out, GroupSent& group, const Step& step,
                                 const std::string& name) {
  {
    const wire::Message bind(out, 'B');
    wire::append_cstring(out, "");
    wire::append_cstring(out, name);
    wire::append_i16(out, 0);
    const auto parameters = values(step);
    wire::append_i16(out, static_cast<std::int16_t>(parameters.size()));
    for (const auto& value : parameters) {
      wire::append_i32(out, static_cast<std::int32_t>(value.size()));
      out += value;
    }
    wire::append_i16(out, 0);
  }
  expect(group, '2', step);
  {
    const wire::Message execute(out, 'E');
    wire::append_cstring(out, "");
    wire::append_i32(out, 0);
  }
  if (step.op == Op::read || step.op == Op::show) expect(group, 'D', step);
  expect(group, 'C', step);
}

void Client::expect(GroupSent& group, char type, const Step& step) const {
  group.expected.push_back({type, step.op, step.key});
}

void Client::listen(const wire::Frame& frame) {
  if (frame.type == 'N' || frame.type == 'S') return;
  if (sent_.empty()) throw Violation(std::string("answer without request: ") + frame.type);
  auto& group = sent_.front();
  if (frame.type == 'E') return on_error(frame, group);
  if (frame.type == 'Z') {
    const auto status = static_cast<char>(wire::backend::decode_ready_for_query(frame.body()));
    if (!group.failed && group.at + 1 != group.expected.size()) {
      throw Violation("ReadyForQuery before all answers");
    }
    on_ready(status, group);
    return;
  }
  if (group.failed) throw Violation(std::string("answer after an error: ") + frame.type);
  if (group.at >= group.expected.size() || group.expected[group.at].type != frame.type) {
    throw Violation(std::string("unexpected answer ") + frame.type);
  }
  const auto& expected = group.expected[group.at++];
  if (frame.type == 'D' && expected.op == Op::read) {
    last_read_ = std::stoll(std::string(frame.body().substr(6)));
  }
  if (frame.type == 'D' && expected.op == Op::show) {
    const auto shown = std::stoi(std::string(frame.body().substr(6)));
    const auto mine = set_inside_ ? set_inside_ : setting_;
    if (mine && shown != *mine) throw Violation("a setting of another client's");
  }
  if (frame.type == 'C')
    on_complete(expected, wire::backend::decode_command_complete(frame.body()));
}

void Client::on_complete(const Expected& expected, std::string_view tag) {
  if (expected.op == Op::set) set_inside_ = expected.key;
  if (expected.op == Op::rollback) set_inside_.reset();
  if (expected.op != Op::commit) return;
  if (tag != "COMMIT" && status_ != 'E') throw Violation("COMMIT answered " + std::string(tag));
  if (tag != "COMMIT") return;
  account_.acknowledged.insert(open_ids_.front());
  open_ids_.erase(open_ids_.begin());
  if (set_inside_) setting_ = std::exchange(set_inside_, std::nullopt);
}

void Client::on_error(const wire::Frame& frame, GroupSent& group) {
  const auto error = wire::backend::decode_error(frame.body());
  if (group.failed) throw Violation("two errors in one group");
  group.failed = true;
  const std::string code(error.code);
  if (code == "25P02") {
    if (status_ != 'E' && !pipelined_) throw Violation("25P02 outside a failed transaction");
    return;
  }
  if (code == "40001") {
    ++account_.surfaced;
    if (group.conflicts_hidden && !is_original()) throw Violation("a blind write saw a conflict");
    return;
  }
  if ((code == "53300" && settings_.refusals) || (code == "57014" && settings_.cancels)) {
    ++account_.unserved;
    is_original();  // the reason stands in its place
    return;
  }
  if (code == "08007") {
    ++account_.in_doubt;
    if (!group.may_commit) throw Violation("in doubt without a commit");
    if (set_inside_) setting_.reset();
    conclude(account_.doubtful);
    return;
  }
  if (code == "08006" && (!blind_ || settings_.lenient() || is_original())) {
    ++account_.lost;
    return;
  }
  if (code == "XX000" && (!blind_ || settings_.lenient() || is_original())) {
    if (group.may_commit) conclude(account_.doubtful);
    return;
  }
  throw Violation("unexpected error " + code + ": " + std::string(error.message));
}

bool Client::is_original() {
  if (originals_due_ == 0) return false;
  --originals_due_;
  return true;
}

void Client::on_ready(char status, GroupSent& group) {
  const bool failed = group.failed;
  const bool committed_alone = !failed && group.may_commit && !explicit_;
  // What an error skipped may or may not be defined: the client closes such names before it uses
  // them again.
  if (failed) {
    std::string marker("?");
    for (auto& [name, text] : names_) text = marker;
  }
  sent_.erase(sent_.begin());
  if (committed_alone) conclude(account_.acknowledged);
  if (status == 'I') {
    if (set_inside_ && !failed) setting_ = set_inside_;
    set_inside_.reset();
  }
  status_ = status;
  if (status == 'E') {
    if (groups_.empty() && sent_.empty()) {
      if (random_() % 2 == 0) groups_.push_back({{Op::probe, 0}});
      groups_.push_back({{Op::rollback}});
    } else if (!pipelined_) {
      groups_.clear();
      if (random_() % 2 == 0) groups_.push_back({{Op::probe, 0}});
      groups_.push_back({{Op::rollback}});
    }
    return;
  }
  if (failed && !pipelined_) groups_.clear();
  if (status == 'T' && groups_.empty() && sent_.empty()) throw Violation("transaction left open");
  if (status == 'I' && sent_.empty() && groups_.empty()) conclude(account_.refused);
}

// All that the transaction under way inserted and was not acknowledged.
void Client::conclude(std::set<std::int64_t>& as) {
  as.insert(open_ids_.begin(), open_ids_.end());
  open_ids_.clear();
}

}  // namespace occam::simulation
