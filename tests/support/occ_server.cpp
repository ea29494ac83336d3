#include "tests/support/occ_server.hpp"

#include <cstdio>
#include <cstring>

#include "proxy/wire/frontend.hpp"

namespace occam::simulation {

using wire::backend::Status;
using wire::backend::Type;
using Frontend = wire::frontend::Type;

std::optional<std::int64_t> Database::at(const std::string& key, std::uint64_t snapshot) const {
  const auto row = rows.find(key);
  if (row == rows.end()) return std::nullopt;
  std::optional<std::int64_t> value;
  for (const auto& [number, stored] : row->second.versions) {
    if (number <= snapshot) value = stored;
  }
  return value;
}

namespace {

void append_row_description(std::string& out) {
  const wire::Message message(out, 'T');
  wire::append_i16(out, 1);
  wire::append_cstring(out, "v");
  wire::append_i32(out, 0);
  wire::append_i16(out, 0);
  wire::append_i32(out, 20);
  wire::append_i16(out, 8);
  wire::append_i32(out, -1);
  wire::append_i16(out, 0);
}

void append_data_row(std::string& out, const std::string& value) {
  const wire::Message message(out, 'D');
  wire::append_i16(out, 1);
  wire::append_i32(out, static_cast<std::int32_t>(value.size()));
  out.append(value);
}

// $1, $2 become the values of the Bind message (text format).
std::string fill_in(std::string sql, std::string_view rest) {
  wire::Reader reader(rest);
  const auto formats = reader.i16();
  reader.take(static_cast<std::size_t>(formats) * 2);
  const auto count = reader.i16();
  for (int i = 1; i <= count; ++i) {
    const std::string value(reader.take(static_cast<std::size_t>(reader.i32())));
    const auto mark = "$" + std::to_string(i);
    const auto at = sql.find(mark);
    if (at != std::string::npos) sql.replace(at, mark.size(), value);
  }
  return sql;
}

}  // namespace

void Connection::receive(const wire::Frame& frame, std::string& out) {
  const auto type = static_cast<Frontend>(frame.type);
  const auto body = frame.body();
  if (skipping_ && type != Frontend::sync) return;
  switch (type) {
    case Frontend::query:
      prepared_.erase("");
      simple(wire::frontend::decode_query(body).sql, out);
      return;
    case Frontend::parse: {
      const auto parse = wire::frontend::decode_parse(body);
      const std::string name(parse.name);
      const bool ends = parse.sql == "ROLLBACK" || parse.sql == "COMMIT";
      if (failed_ && !ends) return fail("25P02", "current transaction is aborted", out);
      if (parse.sql.find("FOR SHARE") != std::string_view::npos) {
        return fail("0A000", "locking clauses other than FOR UPDATE/FOR KEY SHARE", out);
      }
      if (!name.empty() && prepared_.count(name) != 0) {
        return fail("42P05", "prepared statement already exists", out);
      }
      prepared_[name] = parse.sql;
      wire::backend::append_empty(out, Type::parse_complete);
      return;
    }
    case Frontend::bind: {
      const auto bind = wire::frontend::decode_bind(body);
      const auto known = prepared_.find(std::string(bind.statement));
      if (known == prepared_.end()) return fail("26000", "prepared statement does not exist", out);
      const bool ends = known->second == "ROLLBACK" || known->second == "COMMIT";
      if (failed_ && !ends) return fail("25P02", "current transaction is aborted", out);
      portals_[std::string(bind.portal)] = fill_in(known->second, bind.rest);
      wire::backend::append_empty(out, Type::bind_complete);
      return;
    }
    case Frontend::describe: {
      const auto describe = wire::frontend::decode_describe(body);
      const auto& map = describe.what == 'S' ? prepared_ : portals_;
      const auto known = map.find(std::string(describe.name));
      if (known == map.end()) return fail("26000", "unknown name", out);
      if (describe.what == 'S') wire::backend::append_no_parameters(out);
      if (known->second.starts_with("SELECT") || known->second.starts_with("SHOW")) {
        append_row_description(out);
      } else {
        wire::backend::append_empty(out, Type::no_data);
      }
      return;
    }
    case Frontend::execute: {
      const auto execute = wire::frontend::decode_execute(body);
      const auto known = portals_.find(std::string(execute.portal));
      if (known == portals_.end()) return fail("34000", "portal does not exist", out);
      const auto result = run(known->second);
      if (!result.error_code.empty()) return fail(result.error_code, result.error_text, out);
      if (result.value) append_data_row(out, *result.value);
      wire::backend::append_command_complete(out, result.tag);
      return;
    }
    case Frontend::close: {
      const auto close = wire::frontend::decode_close(body);
      (close.what == 'S' ? prepared_ : portals_).erase(std::string(close.name));
      wire::backend::append_empty(out, Type::close_complete);
      return;
    }
    case Frontend::sync: {
      bool failed = skipping_;
      skipping_ = false;
      finish_implicit(out, failed);
      ready(out);
      return;
    }
    default:
      return;
  }
}

void Connection::simple(std::string_view sql, std::string& out) {
  bool failed = false;
  std::string result_bytes;
  std::size_t from = 0;
  while (from <= sql.size() && !failed) {
    const auto end = std::min(sql.find(';', from), sql.size());
    const std::string text(sql.substr(from, end - from));
    from = end + 1;
    if (text.find_first_not_of(' ') == std::string::npos) continue;
    const auto result = run(text.substr(text.find_first_not_of(' ')));
    if (!result.error_code.empty()) {
      fail(result.error_code, result.error_text, out);
      skipping_ = false;
      failed = true;
      break;
    }
    const bool last = from > sql.size();
    std::string answer;
    if (result.rows) append_row_description(answer);
    if (result.value) append_data_row(answer, *result.value);
    wire::backend::append_command_complete(answer, result.tag);
    if (last && open_ && !explicit_) {
      // The implicit transaction ends with its last statement: a conflict takes the place of its
      // tag.
      finish_implicit(out, failed);
      if (failed) break;
    }
    out += answer;
  }
  finish_implicit(out, failed);
  ready(out);
}

void Connection::fail(const std::string& code, const std::string& text, std::string& out) {
  wire::backend::append_error(out, {"ERROR", code, text, {}, {}});
  skipping_ = true;
  if (explicit_) {
    failed_ = open_;
  } else {
    open_ = false;
    writes_.clear();
    locks_.clear();
  }
}

void Connection::finish_implicit(std::string& out, bool& failed) {
  if (!open_ || explicit_) return;
  if (failed) {
    open_ = false;
    writes_.clear();
    locks_.clear();
    return;
  }
  const auto result = commit();
  if (result.error_code.empty()) return;
  failed = true;
  fail(result.error_code, result.error_text, out);
  skipping_ = false;
}

void Connection::ready(std::string& out) {
  portals_ = open_ ? portals_ : std::map<std::string, std::string>();
  wire::backend::append_ready_for_query(out, !explicit_ ? Status::idle
                                             : failed_  ? Status::failed
                                                        : Status::in_transaction);
}

void Connection::start() {
  if (open_) return;
  open_ = true;
  failed_ = false;
  snapshot_ = database_.commits;
  writes_.clear();
  locks_.clear();
  set_inside_.reset();
}

Connection::Result Connection::run(std::string sql) {
  if (sql == "BEGIN") {
    start();
    explicit_ = true;
    return {{}, {}, "BEGIN", {}, false};
  }
  if (sql == "ROLLBACK" || (sql == "COMMIT" && failed_)) {
    open_ = explicit_ = failed_ = false;
    writes_.clear();
    locks_.clear();
    return {{}, {}, "ROLLBACK", {}, false};
  }
  if (sql == "COMMIT") {
    auto result = commit();
    explicit_ = false;
    return result;
  }
  if (failed_) return {"25P02", "current transaction is aborted", {}, {}, false};
  start();
  return statement(sql);
}

Connection::Result Connection::conflict(const std::string& text) {
  ++database_.conflicts;
  return {"40001", text, {}, {}, false};
}

Connection::Result Connection::statement(const std::string& sql) {
  if (chance(faults_.at_statement)) {
    return conflict(chance(500) ? "change conflicts with another transaction (OC000)"
                                : "schema has been updated by another transaction (OC001)");
  }
  if (chance(faults_.unavailable)) return {"XX000", "server unavailable", {}, {}, false};
  if (sql.starts_with("RESET")) {
    set_inside_ = 0;
    return {{}, {}, "RESET", {}, false};
  }
  if (sql == "SHOW extra_float_digits")
    return {{}, {}, "SHOW", std::to_string(set_inside_.value_or(setting_)), true};
  int k = 0;
  long long value = 0;
  int used = 0;
  const auto* text = sql.c_str();
  const auto whole = [&] { return used > 0 && static_cast<std::size_t>(used) == sql.size(); };
  const auto current = [&](const std::string& key) {
    const auto own = writes_.find(key);
    return own != writes_.end() ? std::optional(own->second) : database_.at(key, snapshot_);
  };
  if (std::sscanf(text, "SELECT v FROM t WHERE k = %d%n", &k, &used) == 1 && used > 0) {
    const auto key = "t/" + std::to_string(k);
    const std::string rest = sql.substr(static_cast<std::size_t>(used));
    if (rest == " FOR UPDATE") {
      locks_.insert(key);
    } else if (!rest.empty()) {
      return {"0A000",
              "locking clauses other than FOR UPDATE/FOR KEY SHARE are not supported",
              {},
              {},
              false};
    }
    return {{}, {}, "SELECT 1", std::to_string(current(key).value_or(0)), true};
  }
  if (std::sscanf(text, "UPDATE t SET v = v + 1 WHERE k = %d%n", &k, &used) == 1 && whole()) {
    const auto key = "t/" + std::to_string(k);
    writes_[key] = current(key).value_or(0) + 1;
    return {{}, {}, "UPDATE 1", {}, false};
  }
  if (std::sscanf(text, "UPDATE t SET v = %lld WHERE k = %d%n", &value, &k, &used) == 2 &&
      whole()) {
    writes_["t/" + std::to_string(k)] = value;
    return {{}, {}, "UPDATE 1", {}, false};
  }
  if (std::sscanf(text, "SET extra_float_digits = %d%n", &k, &used) == 1 && whole()) {
    set_inside_ = k;
    return {{}, {}, "SET", {}, false};
  }
  if (std::sscanf(text, "INSERT INTO log VALUES (%lld)%n", &value, &used) == 1 && whole()) {
    const auto key = "log/" + std::to_string(value);
    if (current(key)) return {"23505", "duplicate key value", {}, {}, false};
    writes_[key] = 1;
    return {{}, {}, "INSERT 0 1", {}, false};
  }
  return {"42601", "syntax error: " + sql, {}, {}, false};
}

Connection::Result Connection::commit() {
  const bool was_open = open_;
  open_ = false;
  if (!was_open) return {{}, {}, "COMMIT", {}, false};
  const bool unavailable = chance(faults_.unavailable);
  if (unavailable && chance(500)) return {"XX000", "server unavailable", {}, {}, false};
  if (chance(faults_.at_commit))
    return conflict("change conflicts with another transaction (OC000)");
  const auto touched = [&](const std::string& key) {
    const auto row = database_.rows.find(key);
    if (row == database_.rows.end()) return false;
    const auto& versions = row->second.versions;
    return row->second.locked > snapshot_ ||
           (!versions.empty() && versions.back().first > snapshot_);
  };
  for (const auto& [key, value] : writes_) {
    if (touched(key)) return conflict("change conflicts with another transaction (OC000)");
  }
  for (const auto& key : locks_) {
    if (touched(key)) return conflict("change conflicts with another transaction (OC000)");
  }
  if (!writes_.empty() || !locks_.empty()) ++database_.commits;
  for (const auto& [key, value] : writes_) {
    database_.rows[key].versions.emplace_back(database_.commits, value);
  }
  for (const auto& key : locks_) database_.rows[key].locked = database_.commits;
  if (unavailable) return {"XX000", "server unavailable", {}, {}, false};  // applied all the same
  setting_ = set_inside_.value_or(setting_);
  return {{}, {}, "COMMIT", {}, false};
}

}  // namespace occam::simulation
