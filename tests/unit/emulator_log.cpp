#include <memory>

#include <catch2/catch.hpp>

#include "proxy/wire/backend.hpp"
#include "proxy/wire/bytes.hpp"

#include "emulator/judge/key_shares.hpp"
#include "emulator/judge/log.hpp"
#include "emulator/judge/trace.hpp"
#include "emulator/postgres/answer.hpp"

using namespace emulator;
namespace wire = occam::wire;

namespace {

Entry entry(const std::string& sql) {
  const auto parsed = std::make_shared<const Parsed>(parse(sql));
  return {parsed, &parsed->statements.at(0), sql, {}, {}, {}};
}

// The numbers, from 0, of the log's statements that must be repeated before `sql`.
std::vector<std::size_t> repeated(const Log& log, const std::string& sql, const Log::Plain& plain) {
  const auto statement = parse(sql).statements.at(0);
  std::vector<std::size_t> numbers;
  for (const auto* kept : log.before(statement, plain))
    numbers.push_back(static_cast<std::size_t>(kept - log.entries().data()));
  return numbers;
}

using Numbers = std::vector<std::size_t>;

TableFacts facts() {
  return {[](const std::string& table) { return table == "view" ? "" : "v"; },
          [](const std::string&) { return std::vector<std::string>{"k"}; },
          [](const std::string&) {
            return std::vector<std::string>{"k", "w"};
          }};
}

std::string traced(const std::string& sql) {
  const auto parsed = parse(sql);
  return trace_of(parsed, parsed.statements.at(0), facts());
}

std::string named(const std::string& sql) {
  const auto parsed = parse(sql);
  return named_change(parsed, parsed.statements.at(0), facts());
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("only what a statement can see of its transaction is repeated before it") {
  Log log;
  log.add(entry("UPDATE a SET v = 1"));             // 0
  log.add(entry("SELECT * FROM b FOR UPDATE"));     // 1
  log.add(entry("INSERT INTO c SELECT * FROM a"));  // 2
  log.add(entry("DELETE FROM d"));                  // 3
  const auto plain = [](const Statement& s) { return !s.names("view") && s.functions.empty(); };
  CHECK(repeated(log, "SELECT * FROM a", plain) == Numbers{0});
  CHECK(repeated(log, "SELECT * FROM b", plain) == Numbers{});
  CHECK(repeated(log, "SELECT * FROM c", plain) == Numbers{0, 2});
  CHECK(repeated(log, "UPDATE public.d SET v = 1", plain) == Numbers{3});
  CHECK(repeated(log, "SELECT * FROM view", plain) == Numbers{0, 2, 3});
  CHECK(repeated(log, "SELECT f()", plain) == Numbers{0, 2, 3});
  CHECK(repeated(log, "SELECT 1", plain) == Numbers{});
  log.add(entry("UPDATE view SET v = 1"));  // 4
  CHECK(repeated(log, "SELECT * FROM b", plain) == Numbers{0, 2, 3, 4});
}

TEST_CASE("a lock leaves a trace where its form allows it") {
  CHECK(traced("SELECT a FROM t WHERE k = $1 FOR UPDATE") ==
        "WITH dsql_emulator_locked AS (SELECT a , 'X' || current_database() || '.' || "
        "\"t\".tableoid::text || '.' || ROW(\"t\".\"k\")::text AS dsql_emulator_row_0, "
        "\"t\".ctid AS dsql_emulator_0 FROM t WHERE k = $1 FOR UPDATE), dsql_emulator_update_0 AS "
        "(UPDATE \"t\" AS r SET \"v\" = r.\"v\" FROM dsql_emulator_locked AS l WHERE r.ctid = "
        "l.dsql_emulator_0) SELECT dsql_emulator_row_0 FROM dsql_emulator_locked");
  CHECK(has(traced("SELECT FROM t FOR UPDATE"), "(SELECT  'X' ||"));
  const auto join = traced("SELECT x.a FROM t x JOIN s.u y ON x.a = y.a FOR UPDATE OF y");
  CHECK_FALSE(has(join, "\"x\".ctid"));
  CHECK(has(join, "\"y\".ctid AS dsql_emulator_1"));
  CHECK(has(join, "UPDATE \"s\".\"u\" AS r"));
  const auto share = traced("SELECT a FROM t FOR KEY SHARE");
  CHECK(has(share, "'S' ||"));
  CHECK_FALSE(has(share, "UPDATE"));
  for (const char* sql : {"SELECT a FROM view FOR UPDATE", "SELECT a FROM t",
                          "SELECT a FROM (SELECT a FROM t FOR UPDATE) s",
                          "SELECT a FROM (SELECT a FROM t) s FOR UPDATE"})
    CHECK(traced(sql).empty());
}

TEST_CASE("a FOR UPDATE that counts as a non-key UPDATE leaves the trace of one") {
  const auto weak = [](const std::string& sql) {
    const auto parsed = parse(sql);
    return trace_of(parsed, parsed.statements.at(0), facts(), true);
  };
  const auto trace = weak(
      "SELECT substring(a FOR 3) FROM t, u WHERE (SELECT true FROM x FOR UPDATE) "
      "FOR /**/ UPDATE OF t FOR KEY SHARE OF u FOR UPDATE OF t");
  CHECK(has(trace,
            "(SELECT true FROM x FOR UPDATE) FOR /**/ NO KEY UPDATE OF t FOR KEY SHARE OF u "
            "FOR NO KEY UPDATE OF t)"));
  CHECK(has(trace, "'W' ||"));
  CHECK(has(trace, "'S' ||"));
  CHECK_FALSE(has(trace, "'X' ||"));
}

TEST_CASE("a FOR UPDATE is followed by an UPDATE of its table that changes no key") {
  const auto followed = [](const std::string& lock, const std::string& later) {
    return updated_by(parse(lock).statements.at(0), parse(later).statements.at(0), facts());
  };
  const std::string lock = "SELECT a FROM s.t JOIN u ON true FOR UPDATE OF t FOR KEY SHARE OF u";
  CHECK(followed(lock, "UPDATE t SET v = 1"));
  CHECK(followed(lock, "UPDATE s.t AS x SET v = 1"));
  CHECK_FALSE(followed(lock, "UPDATE t SET w = 1"));
  CHECK_FALSE(followed(lock, "UPDATE t SET v = 1, k = 1"));
  CHECK_FALSE(followed(lock, "DELETE FROM t"));
  CHECK_FALSE(followed(lock, "UPDATE u SET v = 1"));
  CHECK_FALSE(followed(lock, "SELECT a FROM t FOR UPDATE"));
  CHECK_FALSE(followed("SELECT a FROM t", "UPDATE t SET v = 1"));
}

TEST_CASE("a change of a key names its rows") {
  CHECK(named("DELETE FROM t x WHERE a = 1") ==
        "DELETE FROM t x WHERE a = 1 RETURNING 'X' || current_database() || '.' || "
        "\"x\".tableoid::text || '.' || ROW(\"x\".\"k\")::text");
  CHECK(has(named("DELETE FROM t RETURNING a"), "RETURNING a, 'X' ||"));
  CHECK(has(named("UPDATE t SET v = 1, w = 2"), "RETURNING 'X' ||"));
  for (const char* sql : {"UPDATE t SET v = 1", "DELETE FROM view", "INSERT INTO t VALUES (1)",
                          "WITH x AS (DELETE FROM t RETURNING a) SELECT * FROM x"})
    CHECK(named(sql).empty());
}

TEST_CASE("key locks are remembered for those who can still meet them") {
  KeyShares shares;
  const auto early = shares.enter();
  shares.record({"a", "b"});
  const auto late = shares.enter();
  CHECK(shares.any(early));
  CHECK_FALSE(shares.any(late));
  CHECK(shares.met(early, {"c", "b"}));
  CHECK_FALSE(shares.met(early, {"c"}));
  CHECK_FALSE(shares.met(late, {"a"}));
  shares.record({"a"});
  CHECK(shares.met(late, {"a"}));
  CHECK_FALSE(shares.met(late, {"b"}));
  shares.leave(early);
  CHECK(shares.met(late, {"a"}));
  shares.leave(late);
  CHECK_FALSE(shares.met(early, {"a", "b"}));
}

TEST_CASE("an answer is complete at ReadyForQuery and keeps its error's place") {
  std::string bytes;
  wire::backend::append_command_complete(bytes, "UPDATE 1");
  const auto at = bytes.size();
  wire::backend::append_error(bytes, {"ERROR", "40001", "could not serialize", "", ""});
  wire::backend::append_ready_for_query(bytes, wire::backend::Status::failed);
  Answer answer;
  bool complete = false;
  for (const auto& message : messages(bytes)) complete = answer.add(message.type, message.bytes);
  CHECK(complete);
  CHECK(answer.status == 'E');
  CHECK(answer.failed);
  CHECK(answer.error_at == at);
  CHECK(answer.tag() == "UPDATE 1");
  replace_error(answer, data_conflict());
  CHECK(answer.frames.find("could not serialize") == std::string::npos);
  CHECK(answer.frames.find("(OC000)") != std::string::npos);
  CHECK(answer.count('E') == 1);
}

TEST_CASE("the last tag gives way to the error of an implicit commit") {
  std::string frames;
  wire::backend::append_command_complete(frames, "UPDATE 1");
  wire::backend::append_command_complete(frames, "UPDATE 2");
  replace_last_tag(frames, data_conflict());
  const auto list = messages(frames);
  REQUIRE(list.size() == 2);
  CHECK(list[0].type == 'C');
  CHECK(list[1].type == 'E');
}

TEST_CASE("rows are told in slices as a suspended portal tells them") {
  std::string frames;
  for (int i = 0; i < 3; ++i) {
    wire::Message row(frames, 'D');
    wire::append_i16(frames, 0);
  }
  wire::backend::append_command_complete(frames, "SELECT 3");
  const auto types = [](std::string_view of) {
    std::string out;
    for (const auto& message : messages(of)) out += message.type;
    return out;
  };
  auto parts = slice(frames, 2);
  CHECK(types(parts.now) == "DDs");
  parts = slice(parts.later, 1);
  CHECK(types(parts.now) == "Ds");
  CHECK(types(parts.later) == "C");
  parts = slice(parts.later, 1);
  CHECK(types(parts.now) == "C");
  CHECK(parts.now.find("SELECT 0") != std::string::npos);
  CHECK(parts.later.empty());
  CHECK(types(slice(frames, 0).now) == "DDDC");
}
