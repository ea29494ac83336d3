#include "emulator/jobs/job.hpp"

#include "emulator/postgres/names.hpp"

namespace emulator {
namespace {

// "schema." of a table's name, so that the index stands where its table does.
std::string schema_of(const std::string& table) {
  const auto dot = table.find('.');
  return dot == std::string::npos ? "" : table.substr(0, dot + 1);
}

// As PostgreSQL names an index that the statement does not name.
std::string name_of(const IndexDefinition& index) {
  if (!index.name.empty()) return index.name;
  std::string name = index.table.substr(index.table.rfind('.') + 1);
  for (const auto& part : index.parts) name += "_" + (part.column.empty() ? "expr" : part.column);
  return name + "_idx";
}

}  // namespace

std::string job_id(const std::array<std::uint8_t, 16>& uuid) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz234567";
  std::string id;
  unsigned bits = 0;
  unsigned held = 0;
  for (const auto byte : uuid) {
    held = held << 8 | byte;
    for (bits += 8; bits >= 5; bits -= 5) id += letters[held >> (bits - 5) & 31U];
  }
  return id + letters[held << (5 - bits) & 31U];
}

std::optional<Job> job_asked_for(const Parsed& parsed, const Statement& statement) {
  if (!statement.async) return std::nullopt;
  Job job;
  job.sql = parsed.piece(statement);
  job.table = statement.tables.empty() ? "" : statement.tables.front();
  if (const auto* index = statement.index()) {
    job.type = "INDEX_BUILD";
    job.object_class = "pg_class";
    job.object = schema_of(job.table) + name_of(*index);
    job.tag = "CREATE INDEX";
    job.after_index = statement.async_at - statement.begin;
  } else {
    job.type = "VALIDATE";
    job.object_class = "pg_constraint";
    job.object = job.table;
    job.tag = "ALTER TABLE";
  }
  return job;
}

std::string recording_text(const Job& job) {
  const auto id = "current_setting(" + literal(job_id_setting) + ")";
  return "WITH session AS (INSERT INTO sys.job_sessions VALUES (" + id +
         ", current_setting('search_path'))) INSERT INTO sys.jobs (job_id, status, job_type, "
         "class_id, object_id, object_name, "
         "start_time, update_time) VALUES (" +
         id + ", 'submitted', " + literal(job.type) + ", " +
         literal("pg_catalog." + job.object_class) + "::regclass, to_regclass(" +
         literal(quoted_relation(job.table)) + "), " + literal(job.object) +
         ", now(), now()) RETURNING job_id";
}

// job_sessions is the emulator's own: a job finds the names that its session would have found.
// Columns and states: D IDX, M EMU 2026-09; the procedure: M PIST 2026-10, M EMU. What an id of the
// right form that is no job's is told is not recorded.
std::string_view sys_schema() {
  return R"(
SELECT pg_catalog.pg_advisory_lock(7331); CREATE SCHEMA IF NOT EXISTS sys;
GRANT USAGE ON SCHEMA sys TO PUBLIC;
CREATE TABLE IF NOT EXISTS sys.jobs (job_id text PRIMARY KEY, status text, details text, job_type text,
  class_id oid, object_id oid, object_name text, start_time timestamptz, update_time timestamptz);
GRANT SELECT, INSERT ON sys.jobs TO PUBLIC;
CREATE TABLE IF NOT EXISTS sys.job_sessions (job_id text PRIMARY KEY, search_path text);
GRANT INSERT ON sys.job_sessions TO PUBLIC;
CREATE TABLE IF NOT EXISTS sys.iam_pg_role_mappings (iam_oid oid, arn text, pg_role_oid oid,
  pg_role_name text, grantor_pg_role_oid oid, grantor_pg_role_name text);
GRANT SELECT ON sys.iam_pg_role_mappings TO PUBLIC;
CREATE OR REPLACE FUNCTION sys.dsql_major_version() RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE OR REPLACE PROCEDURE sys.wait_for_job(job_id text, INOUT succeeded boolean DEFAULT NULL)
LANGUAGE plpgsql AS $$
DECLARE
  state text;
BEGIN
  IF job_id !~ '^[a-z2-7]{26}$' THEN
    RAISE EXCEPTION 'Unable to convert text to UUID' USING ERRCODE = '22P02';
  END IF;
  LOOP
    SELECT j.status INTO state FROM sys.jobs AS j WHERE j.job_id = wait_for_job.job_id;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'job "%" does not exist', job_id USING ERRCODE = '42704';
    END IF;
    IF state IN ('completed', 'failed', 'cancelled') THEN
      succeeded := state = 'completed';
      RETURN;
    END IF;
    COMMIT;
    PERFORM pg_catalog.pg_sleep(0.005);
  END LOOP;
END $$;
SELECT pg_catalog.pg_advisory_unlock(7331);)";
}

}  // namespace emulator
