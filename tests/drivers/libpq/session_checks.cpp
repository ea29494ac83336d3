#include <cstdint>
#include <stdexcept>

#include <unistd.h>

#include "tests/drivers/libpq/checks.hpp"
#include "tests/drivers/libpq/connection.hpp"

namespace occam::drivers {

std::string table(const std::string& columns) {
  static int count = 0;
  const std::string name = "libpq_" + std::to_string(getpid()) + "_" + std::to_string(++count);
  Connection().simple("CREATE TABLE " + name + " (" + columns + ")");
  return name;
}

namespace {

void connect() {
  const Connection session(Connection::Words{{"application_name", "drivers of libpq"}});
  equal(session.parameter("application_name"), "drivers of libpq");
  equal(session.parameter("server_encoding"), "UTF8");
  equal(session.parameter("integer_datetimes"), "on");
  if (PQserverVersion(session.raw()) < 150000) throw std::runtime_error("an old server");
  if (PQbackendPID(session.raw()) == 0) throw std::runtime_error("no key to cancel with");
}

void simple_statements() {
  const std::string name = table("id int PRIMARY KEY, word text");
  Connection session;
  equal(PQcmdStatus(session.simple("INSERT INTO " + name + " VALUES (1, 'one'), (2, NULL)").get()),
        "INSERT 0 2");
  const Result rows = session.simple("SELECT id, word FROM " + name + " ORDER BY id");
  equal(PQntuples(rows.get()), 2);
  equal(cell(rows, 0, 1), "one");
  equal(PQgetisnull(rows.get(), 1, 1), 1);
  equal(PQcmdTuples(session.simple("UPDATE " + name + " SET word = 'grüße \\ ''x'''").get()), "2");
  equal(session.value("SELECT word FROM " + name + " WHERE id = 2"), "grüße \\ 'x'");
  equal(PQresultStatus(session.simple("").get()), PGRES_EMPTY_QUERY);
  equal(session.value("SELECT 1; SELECT 'the last'"), "the last");
  equal(PQcmdTuples(session.simple("DELETE FROM " + name).get()), "2");
}

void prepared_statements() {
  Connection session;
  session.prepare("twice", "SELECT $1::int8 * 2, $2::text");
  const Result described = accepted(PQdescribePrepared(session.raw(), "twice"));
  equal(PQnparams(described.get()), 2);
  equal(static_cast<long>(PQparamtype(described.get(), 0)), 20);
  for (int round = 0; round < 20;
       ++round) {  // from the sixth on PostgreSQL may use its generic plan
    const Result row = session.prepared("twice", {std::to_string(round), "x"});
    equal(cell(row), std::to_string(2 * round));
  }
  try {
    session.prepare("twice", "SELECT 1");
    throw std::runtime_error("a name was taken twice");
  } catch (const Refused& refused) {
    equal(refused.state, "42P05");
  }
  equal(cell(session.prepared("twice", {"21", "x"})), "42");
  equal(cell(session.with("SELECT $1::int + 1", {"1"})), "2");
}

void transactions() {
  const std::string name = table("id int PRIMARY KEY");
  Connection session;
  const std::string insert = "INSERT INTO " + name + " VALUES ";
  const std::string count = "SELECT count(*) FROM " + name;
  session.simple("BEGIN");
  session.simple(insert + "(1)");
  equal(PQtransactionStatus(session.raw()), PQTRANS_INTRANS);
  equal(Connection().value(count), "0");
  session.simple("COMMIT");
  session.simple("BEGIN");
  session.simple(insert + "(2)");
  session.simple("ROLLBACK");
  equal(session.value(count), "1");
  session.simple("BEGIN");
  session.simple(insert + "(3)");
  equal(session.refusal(insert + "(1)"), "23505");
  equal(PQtransactionStatus(session.raw()), PQTRANS_INERROR);
  equal(session.refusal("SELECT 1"), "25P02");
  equal(PQcmdStatus(session.simple("COMMIT").get()), "ROLLBACK");
  equal(PQtransactionStatus(session.raw()), PQTRANS_IDLE);
  equal(session.value(count), "1");
  session.simple(insert + "(3)");
  equal(Connection().value(count), "2");
}

void errors() {
  const std::string name = table("id int PRIMARY KEY");
  Connection session;
  session.simple("INSERT INTO " + name + " VALUES (1)");
  const Result twice(PQexec(session.raw(), ("INSERT INTO " + name + " VALUES (1)").c_str()),
                     &PQclear);
  equal(PQresultErrorField(twice.get(), PG_DIAG_SQLSTATE), "23505");
  equal(PQresultErrorField(twice.get(), PG_DIAG_CONSTRAINT_NAME), name + "_pkey");
  equal(PQresultErrorField(twice.get(), PG_DIAG_MESSAGE_DETAIL), "Key (id)=(1) already exists.");
  const Result wrong(PQexec(session.raw(), "SELECT 1 FRM pg_class"), &PQclear);
  equal(PQresultErrorField(wrong.get(), PG_DIAG_SQLSTATE), "42601");
  equal(PQresultErrorField(wrong.get(), PG_DIAG_STATEMENT_POSITION), "14");
  equal(session.refusal("SELECT * FROM never_was"), "42P01");
  equal(session.value("SELECT 'still here'"), "still here");
}

// Numbers as the network has them, against the same in text.
void formats() {
  Connection session;
  for (int round = 0; round < 2; ++round) {
    const Result raw = session.with("SELECT $1::int4, $2::int8, $3::bytea, NULL::text",
                                    {"-2", "258", "\\x00ff"}, true);
    equal(PQfformat(raw.get(), 0), 1);
    equal(cell(raw, 0, 0), std::string("\xff\xff\xff\xfe", 4));
    equal(cell(raw, 0, 1), std::string("\0\0\0\0\0\0\1\2", 8));
    equal(cell(raw, 0, 2), std::string("\0\xff", 2));
    equal(PQgetisnull(raw.get(), 0, 3), 1);
    const Result text =
        session.with("SELECT $1::int4, $2::int8, $3::bytea, NULL::text", {"-2", "258", "\\x00ff"});
    equal(cell(text, 0, 0) + cell(text, 0, 1) + cell(text, 0, 2), "-2258\\x00ff");
  }
}

void large_results() {
  Connection session;
  const char* text = "SELECT n, repeat('x', 490) FROM generate_series(1, 100000) n";
  const Result whole = session.simple(text);
  equal(PQntuples(whole.get()), 100000);
  equal(cell(whole, 99999, 0), "100000");
  // Row by row, as a client does that does not want to hold them.
  equal(PQsendQueryParams(session.raw(), text, 0, nullptr, nullptr, nullptr, nullptr, 1), 1);
  equal(PQsetSingleRowMode(session.raw()), 1);
  long rows = 0;
  std::int64_t bytes = 0;
  while (PGresult* next = PQgetResult(session.raw())) {
    const Result row = accepted(next);
    if (PQresultStatus(row.get()) != PGRES_SINGLE_TUPLE) continue;
    ++rows;
    bytes += PQgetlength(row.get(), 0, 1);
  }
  equal(rows, 100000);
  equal(bytes, 49000000);
}

void copy() {
  const std::string name = table("id int PRIMARY KEY, word text");
  Connection session;
  session.simple("COPY " + name + " FROM STDIN");
  const std::string lines = "1\tone\n2\t\\N\n3\tthree\n";
  equal(PQputCopyData(session.raw(), lines.data(), static_cast<int>(lines.size())), 1);
  equal(PQputCopyEnd(session.raw(), nullptr), 1);
  equal(PQcmdTuples(accepted(PQgetResult(session.raw())).get()), "3");
  equal(PQgetResult(session.raw()) == nullptr, true);
  session.simple("COPY " + name + " TO STDOUT");
  std::string out;
  char* line = nullptr;
  while (PQgetCopyData(session.raw(), &line, 0) > 0) {
    out += line;
    PQfreemem(line);
  }
  equal(out, lines);
  while (PGresult* rest = PQgetResult(session.raw())) accepted(rest);
  equal(session.value("SELECT count(*) FROM " + name), "3");
}

void short_connections() {
  for (int number = 0; number < 100; ++number) {
    equal(cell(Connection().with("SELECT $1::int", {std::to_string(number)})),
          std::to_string(number));
  }
}

}  // namespace

std::vector<Check> session_checks() {
  return {{"connect", connect},
          {"simple_statements", simple_statements},
          {"prepared_statements", prepared_statements},
          {"transactions", transactions},
          {"errors", errors},
          {"formats", formats},
          {"large_results", large_results},
          {"copy", copy},
          {"short_connections", short_connections}};
}

}  // namespace occam::drivers
