// What the probe concludes from what an upstream does with its locks, and how it comes to its
// table.
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/support/probe_conversation.hpp"

namespace occam::upstream::probing {

TEST_CASE("locking probe: the whole conversation where FOR KEY SHARE fences") {
  Conversation conversation(fences);
  const auto finding = conversation.run();
  CHECK(finding.dialect == Dialect::current);
  CHECK(finding.key_share_proven);
  CHECK_FALSE(finding.again);
  const std::vector<std::string> expected{
      look, insert,
      // control: each alone
      "holder: BEGIN", hold, hold_write, "holder: COMMIT",  //
      "challenger: BEGIN", challenge, challenge_write, "challenger: COMMIT",
      // the holder first
      "holder: BEGIN", hold, "challenger: BEGIN", challenge, challenge_write, "challenger: COMMIT",
      hold_write, "holder: COMMIT",
      // the challenger first
      "challenger: BEGIN", challenge, challenge_write, "holder: BEGIN", hold, hold_write,
      "challenger: COMMIT", "holder: COMMIT",  //
      remove_rows};
  CHECK(conversation.said == expected);
}

TEST_CASE("locking probe: where both get through in either order, nothing is proven") {
  for (const int through : {2, 3}) {
    Conversation conversation(
        [through](const std::string& line, int time) -> std::optional<Answer> {
          if (line == "holder: COMMIT" && time == through) return std::nullopt;
          return fences(line, time);
        });
    const auto finding = conversation.run();
    CHECK(finding.dialect == Dialect::current);
    CHECK_FALSE(finding.key_share_proven);
    CHECK_FALSE(finding.again);
    CHECK(finding.reason.find("does not fence") != std::string::npos);
    CHECK(conversation.said.back() == remove_rows);
  }
}

TEST_CASE("locking probe: a control that fails makes the rest meaningless") {
  for (const std::string who : {"holder: COMMIT", "challenger: COMMIT"}) {
    Conversation conversation(error_at(who, 1, {"40001", data_conflict}));
    const auto finding = conversation.run();
    CHECK(finding.dialect == Dialect::current);
    CHECK_FALSE(finding.key_share_proven);
    CHECK(finding.again);
    CHECK(finding.reason.find("nobody else at work") != std::string::npos);
    CHECK(conversation.said.back() == remove_rows);
  }
}

TEST_CASE("locking probe: the dialect 2025 refuses FOR KEY SHARE, and nothing is created") {
  Conversation conversation(
      error_at(look, 1, {"0A000", "locking clauses other than FOR UPDATE are not supported"}));
  const auto finding = conversation.run();
  CHECK(finding.dialect == Dialect::dsql_2025);
  CHECK_FALSE(finding.key_share_proven);
  CHECK_FALSE(finding.again);
  CHECK(conversation.said == std::vector{look});
}

TEST_CASE("locking probe: PostgreSQL keeps the second lock from being taken") {
  for (const bool nowait_held : {true, false}) {
    CAPTURE(nowait_held);
    Conversation conversation(
        [=](const std::string& line, int time) -> std::optional<Answer> {
          // The control is each one's first time.
          const bool second = ends_with(line, "FOR UPDATE NOWAIT") && time == 2;
          const bool third = ends_with(line, "FOR KEY SHARE NOWAIT") && time == 3;
          if (second || (third && nowait_held)) return Answer{"55P03", "could not obtain lock"};
          return std::nullopt;
        },
        Server::postgresql);
    const auto finding = conversation.run();
    CHECK(finding.key_share_proven == nowait_held);
    CHECK(finding.dialect == Dialect::current);
    CHECK(conversation.said.back() == remove_rows);
  }
}

TEST_CASE("locking probe: the table is created only where it is not there") {
  Conversation conversation(error_at(look, 1, {"42P01", "relation does not exist"}));
  CHECK(conversation.run().key_share_proven);
  CHECK(std::vector(conversation.said.begin(), conversation.said.begin() + 4) ==
        std::vector{look, create, look, insert});
}

TEST_CASE("locking probe: two that create the table at once both go on") {
  for (const std::string code : {"42P07", "23505", "40001"}) {
    CAPTURE(code);
    Conversation conversation(
        except([code](const std::string& line, int time) -> std::optional<Answer> {
          if (line == look && time == 1) return Answer{"42P01", "relation does not exist"};
          if (line == create) return Answer{code, catalog_conflict};
          return std::nullopt;
        }));
    CHECK(conversation.run().key_share_proven);
  }
}

TEST_CASE("locking probe: a change of the catalog is no proof, wherever it is met") {
  Conversation plain(fences);
  plain.run();
  for (std::size_t at = 0; at < plain.said.size(); ++at) {
    CAPTURE(at, plain.said[at]);
    std::size_t now = 0;
    // Through even where it fences: only OC001 speaks against the holder's COMMIT.
    Conversation never([&](const std::string&, int) -> std::optional<Answer> {
      if (now++ == at) return Answer{"40001", catalog_conflict};
      return std::nullopt;
    });
    CHECK_FALSE(never.run().key_share_proven);
    CHECK(never.said.back() == remove_rows);
  }
}

TEST_CASE("locking probe: a round that a change of the catalog broke is begun again") {
  Conversation conversation([](const std::string& line, int time) -> std::optional<Answer> {
    if (line == "holder: COMMIT" && time == 2) return Answer{"40001", catalog_conflict};
    if (line == "holder: COMMIT" && time > 2) return Answer{"40001", data_conflict};
    return std::nullopt;
  });
  CHECK(conversation.run().key_share_proven);
}

TEST_CASE("locking probe: repetitions end") {
  for (const auto& line : {look, insert, std::string("holder: BEGIN"), challenge}) {
    CAPTURE(line);
    Conversation conversation(except([&](const std::string& now, int) -> std::optional<Answer> {
      if (now == line) return Answer{"40001", catalog_conflict};
      return std::nullopt;
    }));
    const auto finding = conversation.run();
    CHECK_FALSE(finding.key_share_proven);
    CHECK(finding.again);
    CHECK(conversation.said.size() < 150);
  }
  Conversation removal(error_at(remove_rows, 1, {"40001", data_conflict}));
  CHECK(removal.run().key_share_proven);
  CHECK(removal.said[removal.said.size() - 2] == remove_rows);
}

TEST_CASE("locking probe: without the right to its table it says what to do") {
  Conversation no_creation(except([](const std::string& line, int) -> std::optional<Answer> {
    if (line == look) return Answer{"42P01", "relation does not exist"};
    if (line == create) return Answer{"42501", "permission denied for schema public"};
    return std::nullopt;
  }));
  auto finding = no_creation.run();
  CHECK(finding.dialect == std::nullopt);
  CHECK_FALSE(finding.key_share_proven);
  CHECK_FALSE(finding.again);
  CHECK(finding.reason.find("permission denied for schema public") != std::string::npos);
  CHECK(finding.reason.find("CREATE TABLE public.occam_probe (id text") != std::string::npos);
  CHECK(finding.reason.find("GRANT SELECT, INSERT, UPDATE, DELETE") != std::string::npos);

  Conversation no_insertion(error_at(insert, 1, {"42501", "permission denied"}));
  finding = no_insertion.run();
  CHECK(finding.dialect == Dialect::current);
  CHECK_FALSE(finding.key_share_proven);
  CHECK(no_insertion.said.back() == insert);  // there is nothing to remove
}

}  // namespace occam::upstream::probing
