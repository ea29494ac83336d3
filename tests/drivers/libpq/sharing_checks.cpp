#include <stdexcept>

#include <unistd.h>

#include "tests/drivers/libpq/checks.hpp"
#include "tests/drivers/libpq/connection.hpp"

namespace occam::drivers {

namespace {

void same_text_on_many_connections() {
  std::vector<Connection> sessions(20);
  for (Connection& session : sessions) session.prepare("p", "SELECT $1::int * 100 + $2::int");
  for (int round = 0; round < 8; ++round) {
    for (std::size_t number = 0; number < sessions.size(); ++number) {
      equal(cell(sessions[number].prepared("p", {std::to_string(number), std::to_string(round)})),
            std::to_string(number * 100 + static_cast<std::size_t>(round)));
    }
  }
}

void same_name_for_other_texts() {
  std::vector<Connection> sessions(4);
  const auto text = [](std::size_t number) {
    return "SELECT 'session " + std::to_string(number) + ": ' || $1::text" +
           (number % 2 ? ", 1, 2" : "");
  };
  for (std::size_t number = 0; number < sessions.size(); ++number) {
    sessions[number].prepare("same", text(number));
  }
  for (int round = 0; round < 8; ++round) {
    for (std::size_t number = 0; number < sessions.size(); ++number) {
      const Result row = sessions[number].prepared("same", {std::to_string(round)});
      equal(cell(row), "session " + std::to_string(number) + ": " + std::to_string(round));
      equal(PQnfields(row.get()), number % 2 ? 3 : 1);
    }
  }
  // The unnamed one too: each session's own, until it prepares the next.
  for (std::size_t number = 0; number < sessions.size(); ++number) {
    sessions[number].prepare("", text(number));
  }
  for (std::size_t number = 0; number < sessions.size(); ++number) {
    equal(cell(sessions[number].prepared("", {"x"})), "session " + std::to_string(number) + ": x");
  }
}

// Sends a statement that runs for so long and carries the mark.
void send_sleep(Connection& session, const std::string& seconds, const std::string& mark) {
  const std::string text = "SELECT pg_sleep(" + seconds + "), '" + mark + "'";
  if (!PQsendQuery(session.raw(), text.c_str())) {
    throw std::runtime_error(PQerrorMessage(session.raw()));
  }
}

// The SQLSTATE that what was sent ended with; empty for success.
std::string outcome(Connection& session) {
  std::string state;
  while (PGresult* next = PQgetResult(session.raw())) {
    try {
      accepted(next);
    } catch (const Refused& refused) {
      state = refused.state;
    }
  }
  return state;
}

// Returns when so many statements with this mark run.
void await(const std::string& mark, int count) {
  Connection observer;
  const std::string text =
      "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%" + mark +
      "%' AND pid <> pg_backend_pid()";
  while (observer.value(text) != std::to_string(count)) {
  }
}

void cancel_the_right_one() {
  const std::string mark = "libpq_cancel_" + std::to_string(getpid());
  std::vector<Connection> sessions(3);
  for (std::size_t target = 0; target < sessions.size(); ++target) {
    const std::string own = mark + "_" + std::to_string(target) + "_";
    for (std::size_t number = 0; number < sessions.size(); ++number) {
      send_sleep(sessions[number], number == target ? "60" : "0.2", own);
    }
    await(own, 3);
    sessions[target].cancel();
    for (std::size_t number = 0; number < sessions.size(); ++number) {
      equal(outcome(sessions[number]), number == target ? "57014" : "");
    }
    equal(sessions[target].value("SELECT 1"), "1");
  }
}

// The connection that served the cancelled session may serve another by then.
void late_cancel() {
  const std::string mark = "libpq_late_" + std::to_string(getpid());
  Connection idle;
  equal(idle.value("SELECT 1"), "1");
  std::vector<Connection> others(4);
  for (Connection& other : others) send_sleep(other, "0.3", mark);
  await(mark, 4);
  for (int round = 0; round < 3; ++round) idle.cancel();
  for (Connection& other : others) equal(outcome(other), "");
  equal(idle.value("SELECT 2"), "2");
}

void cancel_inside_a_transaction() {
  const std::string name = table("id int PRIMARY KEY");
  const std::string mark = "libpq_inside_" + std::to_string(getpid());
  Connection session;
  session.simple("BEGIN");
  session.simple("INSERT INTO " + name + " VALUES (1)");
  send_sleep(session, "60", mark);
  await(mark, 1);
  session.cancel();
  equal(outcome(session), "57014");
  equal(session.refusal("SELECT 1"), "25P02");
  session.simple("ROLLBACK");
  equal(session.value("SELECT count(*) FROM " + name), "0");
}

}  // namespace

std::vector<Check> sharing_checks() {
  return {{"same_text_on_many_connections", same_text_on_many_connections},
          {"same_name_for_other_texts", same_name_for_other_texts},
          {"cancel_the_right_one", cancel_the_right_one},
          {"late_cancel", late_cancel},
          {"cancel_inside_a_transaction", cancel_inside_a_transaction}};
}

}  // namespace occam::drivers
