// Jobs as texts: what a statement with ASYNC asks for, what is run in its place, how its id is
// written.
#include <catch2/catch.hpp>

#include "emulator/jobs/job.hpp"

using namespace emulator;

namespace {

std::optional<Job> asked(const char* sql) {
  const auto parsed = parse(sql);
  return job_asked_for(parsed, parsed.statements.at(0));
}

}  // namespace

TEST_CASE("an id is a UUID in base32, 26 letters long") {
  std::array<std::uint8_t, 16> uuid{};
  CHECK(job_id(uuid) == std::string(26, 'a'));
  uuid.fill(0xff);
  CHECK(job_id(uuid) == std::string(25, '7') + "4");
  uuid = {0x00, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x54, 0xb6,
          0x35, 0xcf, 0x84, 0x65, 0x3a, 0x56, 0xd7, 0xc6};
  CHECK(job_id(uuid) == "abcdefghijklmnopqrstuvwxyy");
}

TEST_CASE("CREATE INDEX ASYNC asks for a build, of PostgreSQL's own statement") {
  const auto job = asked("CREATE UNIQUE INDEX ASYNC i ON s.t (a)");
  REQUIRE(job);
  CHECK(job->type == "INDEX_BUILD");
  CHECK(job->sql == "CREATE UNIQUE INDEX       i ON s.t (a)");
  CHECK(job->object == "s.i");
  CHECK(job->tag == "CREATE INDEX");
  auto concurrent = job->sql;
  concurrent.insert(job->after_index, " CONCURRENTLY");
  CHECK(concurrent.find("INDEX  CONCURRENTLY") != std::string::npos);
}

TEST_CASE("an index without a name is called as PostgreSQL calls it") {
  CHECK(asked("CREATE INDEX ASYNC ON t (a, b)")->object == "t_a_b_idx");
  CHECK(asked("CREATE INDEX ASYNC ON t (lower(a))")->object == "t_expr_idx");
}

TEST_CASE("ALTER TABLE ASYNC asks for a check; anything else for nothing") {
  const auto job = asked("ALTER TABLE ASYNC t VALIDATE CONSTRAINT c");
  REQUIRE(job);
  CHECK(job->type == "VALIDATE");
  CHECK(job->tag == "ALTER TABLE");
  CHECK_FALSE(asked("CREATE INDEX i ON t (a)"));
  CHECK_FALSE(asked("SELECT 1"));
}

TEST_CASE("the text in its place carries no id, and quotes what it names") {
  const auto job = asked("CREATE INDEX ASYNC \"it's\" ON \"T\" (a)");
  REQUIRE(job);
  const auto text = recording_text(*job);
  CHECK(text.find("'it''s'") != std::string::npos);
  CHECK(text.find("to_regclass('\"T\"')") != std::string::npos);
  CHECK(text == recording_text(*job));
}
