// What DSQL does after the statement that asked for it was committed: building an index, checking a
// constraint (facts/dsql.md §3.3, §3.4). Texts in, texts out. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/statement/statement.hpp"

namespace emulator {

struct Job {
  std::string type;             // as in sys.jobs
  std::string sql;              // what has to be done, as PostgreSQL says it
  std::size_t after_index = 0;  // INDEX_BUILD: where in `sql` the word INDEX ends
  std::string object_class;     // catalog of the object, e.g. "pg_class"
  std::string table;
  std::string object;  // name of the index or constraint
  std::string tag;     // of the statement that asks for it
};

// What a statement with the word ASYNC asks for; nothing for any other.
std::optional<Job> job_asked_for(const Parsed& parsed, const Statement& statement);

// 26 letters and digits, as base32 writes a UUID.
std::string job_id(const std::array<std::uint8_t, 16>& uuid);

// The text that is run in place of the statement: it records the job and answers with its id, which
// stands in the setting `job_id_setting`, so that the text is the same each time.
std::string recording_text(const Job& job);
inline constexpr std::string_view job_id_setting = "dsql_emulator.job_id";

// Makes the schema `sys` where it is missing.
std::string_view sys_schema();

}  // namespace emulator
