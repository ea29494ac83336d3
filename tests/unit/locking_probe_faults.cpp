// That the probe concludes nothing from errors, losses and garbage, wherever they are met.
#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/support/probe_conversation.hpp"

namespace occam::upstream::probing {

// Every single answer of the conversation is made an error of another kind, with and without a
// SQLSTATE and a text that prove something elsewhere.
TEST_CASE("locking probe: no unexpected answer proves anything") {
  constexpr std::size_t look_at = 0, insert_at = 1, second_lock = 13, last_of_second = 17,
                        third_lock = 22, last_of_third = 25;
  struct Error {
    std::string code;
    std::string message;
    std::vector<std::size_t> expected;  // where it is a proof, or only repeated
  };
  const Error errors[] = {
      {"XX000", "server unavailable", {}},
      {"55P03", "could not obtain lock on row", {second_lock, third_lock}},
      {"40001", "no text that says which", {look_at, insert_at}},
      {"40001", data_conflict, {look_at, insert_at, last_of_second, last_of_third}},
      {"25P02", data_conflict, {}},
      {"0A000", "not supported", {}},
      {"42P01", "relation does not exist", {look_at}},
      {"42501", "permission denied", {}},
      {"", "", {}}};
  for (const auto server : {Server::aurora_dsql, Server::postgresql}) {
    Conversation plain(fences, server);
    REQUIRE(plain.run().key_share_proven);
    for (const auto& [code, message, expected] : errors)
      for (std::size_t at = 0; at + 1 < plain.said.size(); ++at) {
        const bool lock_on_dsql = code == "55P03" && server == Server::aurora_dsql;
        if (!lock_on_dsql && std::count(expected.begin(), expected.end(), at) > 0) continue;
        CAPTURE(code, message, at, plain.said[at]);
        std::size_t now = 0;
        const Answer error{code, message};
        Conversation conversation(
            [&](const std::string& line, int time) -> std::optional<Answer> {
              if (now++ == at) return error;
              return fences(line, time);
            },
            server);
        const auto finding = conversation.run();
        CHECK_FALSE(finding.key_share_proven);
        CHECK_FALSE(finding.reason.empty());
      }
  }
}

TEST_CASE(
    "locking probe: a loss at any point proves nothing; behind the last commit it takes nothing "
    "back") {
  Conversation plain(fences);
  plain.run();
  const auto questions = plain.said.size();
  for (std::size_t at = 0; at < questions; ++at) {
    CAPTURE(at);
    Conversation conversation(fences);
    LockingProbe::ToServers out;
    conversation.probe.start(out);
    for (std::size_t i = 0; i < at; ++i) REQUIRE(conversation.next(out));
    conversation.probe.on_loss("the connection was lost");
    const auto& finding = conversation.probe.finding();
    const bool decided = at + 1 == questions;
    CHECK(finding.key_share_proven == decided);
    CHECK(finding.again != decided);
    CHECK((finding.reason == "the connection was lost") != decided);
    CHECK(finding.dialect == (at == 0 ? std::nullopt : std::optional(Dialect::current)));
    std::string ready;
    wire::backend::append_ready_for_query(ready, wire::backend::Status::idle);
    CHECK(conversation.feed(Session::holder, ready, out) == LockingProbe::Verdict::over);
  }
}

TEST_CASE("locking probe: garbage at any point is a reason, not an exception") {
  Conversation plain(fences);
  plain.run();
  const std::vector<std::string> garbage{std::string("G\0\0\0\4", 5),    // CopyInResponse
                                         std::string("?\0\0\0\4", 5),    // no message at all
                                         std::string("Z\0\0\0\4", 5),    // without a status
                                         std::string("Z\0\0\0\5?", 6),   // an unknown one
                                         std::string("E\0\0\0\6MX", 7),  // cut short
                                         std::string("C\0\0\0\6XX", 7),  // without an end
                                         std::string("1\0\0\0\4", 5)};
  for (const auto session : {Session::holder, Session::challenger})
    for (const auto& bytes : garbage)
      for (std::size_t at = 0; at + 1 < plain.said.size(); ++at) {
        CAPTURE(bytes, at);
        Conversation conversation(fences);
        LockingProbe::ToServers out;
        conversation.probe.start(out);
        for (std::size_t i = 0; i < at; ++i) REQUIRE(conversation.next(out));
        CHECK(conversation.feed(session, bytes, out) == LockingProbe::Verdict::over);
        CHECK_FALSE(conversation.probe.finding().key_share_proven);
        CHECK_FALSE(conversation.probe.finding().reason.empty());
      }
}

TEST_CASE("locking probe: what a server may say at any time disturbs nothing") {
  Conversation conversation(fences);
  LockingProbe::ToServers out;
  conversation.probe.start(out);
  std::string notice;
  wire::backend::append_notice(notice, {"WARNING", "01000", "good morning", "", ""});
  do {
    for (const auto session : {Session::holder, Session::challenger})
      conversation.feed(session, notice, out);
  } while (conversation.next(out));
  CHECK(conversation.probe.finding().key_share_proven);
}

TEST_CASE("locking probe: rows and tags that do not fit prove nothing") {
  struct Odd {
    std::string asked;  // the end of the question
    std::string bytes;
  };
  std::string begun, two;
  wire::backend::append_command_complete(begun, "BEGIN");
  wire::backend::append_ready_for_query(begun, wire::backend::Status::idle);
  wire::backend::append_command_complete(two, "UPDATE 2");
  wire::backend::append_ready_for_query(two, wire::backend::Status::in_transaction);
  std::string none, rolled_back;
  wire::backend::append_command_complete(none, "SELECT 0");
  wire::backend::append_ready_for_query(none, wire::backend::Status::in_transaction);
  wire::backend::append_command_complete(rolled_back, "ROLLBACK");
  wire::backend::append_ready_for_query(rolled_back, wire::backend::Status::idle);
  for (const auto& [asked, bytes] : {Odd{"BEGIN", begun}, Odd{"UPDATE", two},
                                     Odd{"FOR UPDATE", none}, Odd{"COMMIT", rolled_back}}) {
    CAPTURE(asked);
    Conversation conversation(fences);
    LockingProbe::ToServers out;
    conversation.probe.start(out);
    const auto pending = [&] { return out[0] + out[1]; };
    // Behind the table's own statements.
    conversation.next(out);
    while (pending().find(asked) == std::string::npos) REQUIRE(conversation.next(out));
    const auto session = out[0].empty() ? Session::challenger : Session::holder;
    out = {};
    conversation.feed(session, bytes, out);
    CHECK_FALSE(conversation.probe.finding().key_share_proven);
    CHECK(conversation.probe.finding().reason.find("nobody else at work") != std::string::npos);
  }
}

}  // namespace occam::upstream::probing
