#include <stdexcept>

#include <poll.h>

#include "tests/drivers/libpq/checks.hpp"
#include "tests/drivers/libpq/connection.hpp"

namespace occam::drivers {

namespace {

class Pipeline {
 public:
  explicit Pipeline(Connection& session) : session_(session) {
    if (!PQenterPipelineMode(session.raw())) throw std::runtime_error("no pipeline mode");
  }

  void send(const std::string& text, const std::string& value) {
    const char* values[] = {value.c_str()};
    sent(PQsendQueryParams(session_.raw(), text.c_str(), 1, nullptr, values, nullptr, nullptr, 0));
  }
  void prepare(const std::string& name, const std::string& text) {
    sent(PQsendPrepare(session_.raw(), name.c_str(), text.c_str(), 0, nullptr));
  }
  void prepared(const std::string& name, const std::string& value) {
    const char* values[] = {value.c_str()};
    sent(PQsendQueryPrepared(session_.raw(), name.c_str(), 1, values, nullptr, nullptr, 0));
  }
  void command(const std::string& text) {
    sent(PQsendQueryParams(session_.raw(), text.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0));
  }
  void sync() { sent(PQpipelineSync(session_.raw())); }
  // Without a Sync the server keeps its answers until it is asked for them.
  void flush() {
    sent(PQsendFlushRequest(session_.raw()));
    sent(PQflush(session_.raw()) == 0);
  }

  // The next answer in a word: its first value, its tag, its SQLSTATE, "sync" or "skipped".
  std::string next() {
    PGresult* raw = PQgetResult(session_.raw());
    if (!raw) throw std::runtime_error("no answer");
    const Result answer(raw, &PQclear);
    const ExecStatusType status = PQresultStatus(raw);
    std::string word = PQcmdStatus(raw);
    if (status == PGRES_TUPLES_OK && PQntuples(raw) > 0) word = cell(answer);
    if (status == PGRES_FATAL_ERROR) word = PQresultErrorField(raw, PG_DIAG_SQLSTATE);
    if (status == PGRES_PIPELINE_ABORTED) word = "skipped";
    if (status == PGRES_PIPELINE_SYNC) return "sync";
    if (PQgetResult(session_.raw())) throw std::runtime_error("an answer too many");
    return word;
  }
  void expect(std::initializer_list<std::string> answers) {
    for (const std::string& answer : answers) equal(next(), answer);
  }
  void leave() { sent(PQexitPipelineMode(session_.raw())); }

 private:
  void sent(int done) {
    if (!done) throw std::runtime_error(PQerrorMessage(session_.raw()));
  }
  Connection& session_;
};

void pipeline() {
  Connection session;
  Pipeline line(session);
  line.prepare("p", "SELECT $1::int * 2");
  for (int number = 0; number < 50; ++number) line.prepared("p", std::to_string(number));
  line.send("SELECT 'x' || $1::text", "y");
  line.sync();
  line.expect({""});
  for (int number = 0; number < 50; ++number) line.expect({std::to_string(2 * number)});
  line.expect({"xy", "sync"});
  line.leave();
  equal(session.value("SELECT 1"), "1");
}

void pipeline_errors() {
  const std::string name = table("id int PRIMARY KEY");
  const std::string insert = "INSERT INTO " + name + " VALUES ($1::int)";
  Connection session;
  Pipeline line(session);
  line.send(insert, "1");
  line.send(insert, "1");
  line.send(insert, "2");
  line.sync();
  line.send(insert, "3");
  line.sync();
  // Until its Sync all of a group is one transaction.
  line.expect({"INSERT 0 1", "23505", "skipped", "sync", "INSERT 0 1", "sync"});
  line.leave();
  equal(session.value("SELECT string_agg(id::text, ' ') FROM " + name), "3");
}

void pipeline_transactions() {
  const std::string name = table("id int PRIMARY KEY");
  const std::string insert = "INSERT INTO " + name + " VALUES ($1::int)";
  Connection session;
  Pipeline line(session);
  for (const std::string end : {"COMMIT", "ROLLBACK"}) {
    line.command("BEGIN");
    line.send(insert, end == "COMMIT" ? "1" : "2");
    line.command(end);
    line.sync();
    line.expect({"BEGIN", "INSERT 0 1", end, "sync"});
  }
  line.command("BEGIN");  // one transaction over several Syncs, the last of which comes later
  line.sync();
  line.send(insert, "3");
  line.sync();
  line.expect({"BEGIN", "sync", "INSERT 0 1", "sync"});
  line.command("COMMIT");
  line.sync();
  line.expect({"COMMIT", "sync"});
  line.leave();
  equal(session.value("SELECT string_agg(id::text, ' ' ORDER BY id) FROM " + name), "1 3");
}

void pipeline_flush() {
  Connection session;
  Pipeline line(session);
  line.send("SELECT $1::int", "1");
  line.flush();
  line.expect({"1"});
  line.send("SELECT $1::int", "2");
  line.flush();
  line.expect({"2"});
  line.sync();
  line.expect({"sync"});
  line.leave();
}

// Both directions at once: whoever only writes, or only reads, waits for ever.
void pipeline_of_large_messages() {
  constexpr int count = 60;
  const std::string value(500000, 'x');
  Connection session;
  PQsetnonblocking(session.raw(), 1);
  Pipeline line(session);
  for (int number = 0; number < count; ++number) line.send("SELECT $1::text", value);
  line.sync();
  int answers = 0;
  while (answers < count) {
    pollfd ready{PQsocket(session.raw()), POLLIN, 0};
    if (PQflush(session.raw()) > 0) ready.events |= POLLOUT;
    if (poll(&ready, 1, 60000) <= 0) throw std::runtime_error("nothing moves any more");
    if (!PQconsumeInput(session.raw())) throw std::runtime_error(PQerrorMessage(session.raw()));
    while (answers < count && !PQisBusy(session.raw())) {
      equal(static_cast<long>(line.next().size()), static_cast<long>(value.size()));
      ++answers;
    }
  }
  PQsetnonblocking(session.raw(), 0);
  line.expect({"sync"});
  line.leave();
}

void pipelines_of_several_sessions() {
  std::vector<Connection> sessions(6);
  std::vector<Pipeline> lines;
  for (Connection& session : sessions) lines.emplace_back(session);
  for (std::size_t number = 0; number < lines.size(); ++number) {
    lines[number].prepare("same", "SELECT $1::int + " + std::to_string(number));
    for (int round = 0; round < 20; ++round) lines[number].prepared("same", std::to_string(round));
    lines[number].sync();
  }
  for (std::size_t number = 0; number < lines.size(); ++number) {
    lines[number].expect({""});
    for (int round = 0; round < 20; ++round) {
      lines[number].expect({std::to_string(round + static_cast<int>(number))});
    }
    lines[number].expect({"sync"});
    lines[number].leave();
  }
}

}  // namespace

std::vector<Check> pipeline_checks() {
  return {{"pipeline", pipeline},
          {"pipeline_errors", pipeline_errors},
          {"pipeline_transactions", pipeline_transactions},
          {"pipeline_flush", pipeline_flush},
          {"pipeline_of_large_messages", pipeline_of_large_messages},
          {"pipelines_of_several_sessions", pipelines_of_several_sessions}};
}

}  // namespace occam::drivers
