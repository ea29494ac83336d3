// What a session's settings are after each transaction, and what brings another connection to them.
// tests/property/session_settings_test.py holds the same against a real PostgreSQL.
#include "proxy/relay/session_settings.hpp"

#include <string>

#include <catch2/catch.hpp>

#include "rewriter/rewriter.hpp"

namespace occam::relay {
namespace {

// Statements that all succeed; COMMIT and ROLLBACK end a transaction.
SessionSettings& run(SessionSettings& session, const std::string& sql) {
  rewriter::RewriterOptions options;
  options.server = rewriter::Server::postgresql;
  const auto rewrite = rewriter::Rewriter(options).rewrite(sql);
  REQUIRE(rewrite->parsed);
  for (const auto& statement : rewrite->statements) {
    if (statement.setting) session.changed(*statement.setting);
    if (statement.kind == rewriter::StatementKind::commit) session.transaction_ended(true);
    if (statement.kind == rewriter::StatementKind::rollback) session.transaction_ended(false);
    if (statement.kind == rewriter::StatementKind::savepoint) session.rolled_back_to_savepoint();
  }
  return session;
}

std::string restored(const std::string& wanted, const std::string& there = "COMMIT") {
  SessionSettings here, other;
  std::string sql;
  run(here, wanted).settled().restore(run(other, there).settled(), sql);
  return sql;
}

bool known(const std::string& sql) {
  SessionSettings session;
  return run(session, sql).known();
}

}  // namespace

TEST_CASE("what a transaction keeps of its settings") {
  CHECK(restored("SET a = 1; COMMIT") == "SET a = 1");
  CHECK(restored("SET a = 1").empty());  // the transaction is open
  CHECK(restored("SET a = 1; ROLLBACK").empty());
  CHECK(restored("SET a = 1; COMMIT; SET a = 2; ROLLBACK") == "SET a = 1");
  CHECK(restored("SET a = 1; COMMIT; RESET a; ROLLBACK; SET b = 2; COMMIT") ==
        "SET a = 1; SET b = 2");
  CHECK(restored("SET a = 1; SET a = 2; COMMIT") == "SET a = 2");
  CHECK(restored("SET a = 1; RESET a; COMMIT").empty());
  CHECK(restored("RESET a; SET a = 1; COMMIT") == "SET a = 1");
  CHECK(restored("SET a = 1; COMMIT; SET a TO DEFAULT; COMMIT").empty());
  CHECK(restored("SET LOCAL a = 1; COMMIT").empty());
  CHECK(restored("SET a = 1; SET LOCAL a = 2; COMMIT") == "SET a = 1");
  CHECK(restored("SET a = 1; COMMIT; RESET ALL; SET b = 2; COMMIT") == "SET b = 2");
  CHECK(restored("SET a = 1; COMMIT; RESET ALL; ROLLBACK") == "SET a = 1");
  CHECK(restored("SET a = 1; RESET ALL; COMMIT").empty());
}

TEST_CASE("DISCARD ALL commits at once") {
  CHECK(restored("SET a = 1; COMMIT; DISCARD ALL; ROLLBACK").empty());
  CHECK(restored("DISCARD ALL; SET a = 1; ROLLBACK").empty());
}

TEST_CASE("a connection is brought to other settings") {
  CHECK(restored("SET a = 1; COMMIT", "SET a = 1; COMMIT").empty());
  CHECK(restored("COMMIT", "SET b = 1; SET a = 1; COMMIT") == "RESET a; RESET b");
  CHECK(restored("SET b = 2; SET a = 1; COMMIT", "SET a = 1; SET b = 1; SET c = 1; COMMIT") ==
        "RESET b; RESET c; SET b = 2");
  CHECK(restored("COMMIT", "SET app.\"user\" = 1; COMMIT") == "RESET \"app.user\"");
  CHECK(restored("SET TIME ZONE 'UTC'; COMMIT", "SET timezone TO 'x'; COMMIT") ==
        "RESET timezone; SET TIME ZONE 'UTC'");
}

TEST_CASE("the order in which settings were made makes no difference") {
  SessionSettings one, other;
  run(one, "SET a = 1; SET b = 2; COMMIT");
  run(other, "SET b = 2; COMMIT; SET c = 3; SET a = 1; COMMIT; RESET c; COMMIT");
  CHECK(one.settled() == other.settled());
  run(other, "SET b = 3; COMMIT");
  CHECK_FALSE(one.settled() == other.settled());
  CHECK_FALSE(one.settled() == ConnectionSettings());
  run(one, "RESET ALL; COMMIT");
  CHECK(one.settled().empty());
  CHECK(one.settled() == ConnectionSettings());
}

TEST_CASE("a copy stays as it was") {
  SessionSettings session;
  const auto before = run(session, "SET a = 1; COMMIT").settled();
  run(session, "SET a = 2; COMMIT");
  std::string sql;
  before.restore({}, sql);
  CHECK(sql == "SET a = 1");
}

TEST_CASE("a rollback to a savepoint leaves unknown what it undid") {
  CHECK_FALSE(known("SET a = 1; ROLLBACK TO s; COMMIT"));
  CHECK_FALSE(known("RESET ALL; ROLLBACK TO s; COMMIT"));
  CHECK(known("SET a = 1; ROLLBACK TO s; ROLLBACK"));
  CHECK(known("SET a = 1; COMMIT; ROLLBACK TO s; COMMIT"));
  CHECK(known("SET LOCAL a = 1; ROLLBACK TO s; COMMIT"));
  CHECK(known("SET a = 1; ROLLBACK TO s; COMMIT; RESET ALL; COMMIT"));
  CHECK_FALSE(known("SET a = 1; ROLLBACK TO s; COMMIT; RESET ALL; ROLLBACK"));
  CHECK(restored("SET a = 1; ROLLBACK TO s; COMMIT; RESET ALL; SET b = 1; COMMIT") == "SET b = 1");
}

TEST_CASE("what builds on another value is unknown") {
  CHECK(known("SET datestyle = 'SQL, DMY'; SET datestyle = 'SQL, DMY'; COMMIT"));
  CHECK(known("SET datestyle = ISO; COMMIT; RESET datestyle; SET datestyle = DMY; COMMIT"));
  CHECK(known("SET datestyle = ISO; COMMIT; RESET ALL; SET datestyle = DMY; COMMIT"));
  CHECK_FALSE(known("SET datestyle = 'SQL, DMY'; SET datestyle = ISO; COMMIT"));
  CHECK_FALSE(known("SET datestyle = 'SQL, DMY'; COMMIT; SET datestyle = ISO; COMMIT"));
  CHECK_FALSE(known("SET LOCAL datestyle = DMY; SET datestyle = ISO; COMMIT"));
  // RESET ALL passes over a setting that is at its default just then.
  CHECK_FALSE(known("SET a = 1; COMMIT; SET LOCAL a TO DEFAULT; RESET ALL; COMMIT"));
  CHECK_FALSE(known("SELECT set_config('a', NULL, true); RESET ALL; COMMIT"));
  CHECK(known("SET LOCAL a TO DEFAULT; COMMIT; RESET ALL; COMMIT"));
}

TEST_CASE("what a client may have carried is bounded") {
  const auto set_many = [](int count, bool at_once, bool committed) {
    SessionSettings session;
    for (int i = 0; i < count; ++i) {
      const std::string name = "my.own" + std::to_string(i);
      session.changed(
          {rewriter::SettingChange::Kind::set, name, "SET " + name + " = 'some value'"});
      if (!at_once) session.transaction_ended(committed);
    }
    session.transaction_ended(committed);
    return session.known() ? session.settled() == ConnectionSettings() ? "none" : "all" : "unknown";
  };
  CHECK(std::string(set_many(100, true, true)) == "all");
  CHECK(std::string(set_many(100, false, true)) == "all");
  CHECK(std::string(set_many(1000, true, true)) == "unknown");
  CHECK(std::string(set_many(1000, false, true)) == "unknown");
  CHECK(std::string(set_many(1000, true, false)) == "none");
}

}  // namespace occam::relay
