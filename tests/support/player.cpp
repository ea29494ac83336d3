#include "tests/support/player.hpp"

#include <array>

#include <nlohmann/json.hpp>
#include <poll.h>

namespace occam::trace_player {
namespace {

using Clock = std::chrono::steady_clock;

// How long a cancelled statement may take to end before its connection is given up.
constexpr std::chrono::seconds after_cancel{5};

struct Clear {
  void operator()(PGresult* result) const { PQclear(result); }
};

Result failure(std::string sqlstate, std::string message) {
  while (!message.empty() && message.back() == '\n') message.pop_back();
  Result result;
  result.sqlstate = std::move(sqlstate);
  result.message = std::move(message);
  return result;
}

Result read(const PGresult* from) {
  const auto status = PQresultStatus(from);
  if (status == PGRES_FATAL_ERROR) {
    const char* code = PQresultErrorField(from, PG_DIAG_SQLSTATE);
    const char* text = PQresultErrorField(from, PG_DIAG_MESSAGE_PRIMARY);
    return failure(code ? code : "lost", text ? text : PQresultErrorMessage(from));
  }
  Result result;
  result.tag = PQcmdStatus(const_cast<PGresult*>(from));
  for (int column = 0; column < PQnfields(from); ++column)
    result.columns.push_back(std::string(PQfname(from, column)) + ":" +
                             std::to_string(PQftype(from, column)));
  for (int row = 0; row < PQntuples(from); ++row) {
    auto& values = result.rows.emplace_back();
    for (int column = 0; column < PQnfields(from); ++column)
      values.push_back(PQgetisnull(from, row, column) ? Value{}
                                                      : Value{PQgetvalue(from, row, column)});
  }
  return result;
}

void cancel(PGconn* connection) {
  std::array<char, 256> reason{};
  PGcancel* order = PQgetCancel(connection);
  PQcancel(order, reason.data(), static_cast<int>(reason.size()));
  PQfreeCancel(order);
}

}  // namespace

bool same(const Outcome& left, const Outcome& right) {
  if (left.size() != right.size()) return false;
  for (std::size_t i = 0; i < left.size(); ++i)
    if (left[i].tag != right[i].tag || left[i].sqlstate != right[i].sqlstate ||
        left[i].columns != right[i].columns || left[i].rows != right[i].rows)
      return false;
  return true;
}

std::string to_text(const Outcome& outcome) {
  std::string text;
  for (const auto& result : outcome) {
    if (!text.empty()) text += " ; ";
    if (result.failed()) {
      text += "ERROR " + result.sqlstate + " " + result.message;
      continue;
    }
    text += result.tag;
    if (result.columns.empty()) continue;
    auto rows = nlohmann::json::array();
    for (const auto& row : result.rows) {
      auto& values = rows.emplace_back(nlohmann::json::array());
      for (const auto& value : row) value ? values.push_back(*value) : values.push_back(nullptr);
    }
    text += " " + nlohmann::json(result.columns).dump() + " " +
            rows.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }
  return text;
}

Player::Player(std::string dsn, std::chrono::milliseconds patience)
    : dsn_(std::move(dsn)), patience_(patience) {}

Player::Session& Player::session(std::size_t number) {
  auto& session = sessions_[number];
  if (!session.connection || PQstatus(session.connection.get()) != CONNECTION_OK) {
    session.prepared.clear();
    session.connection.reset(PQconnectdb(dsn_.c_str()));
  }
  return session;
}

Outcome Player::play(const Trace& trace, const Step& step) {
  auto& [connection, prepared] = session(step.session);
  if (PQstatus(connection.get()) != CONNECTION_OK)
    return {failure("lost", PQerrorMessage(connection.get()))};
  const auto& text = trace.texts[step.text];
  if (!step.prepared) {
    PQsendQuery(connection.get(), text.c_str());
    return collect(connection.get());
  }

  // As pgx does: prepare and describe once per connection and text, then execute by name.
  const auto name = "stmtcache_" + std::to_string(step.text);
  if (!prepared.contains(step.text)) {
    PQsendPrepare(connection.get(), name.c_str(), text.c_str(), 0, nullptr);
    auto outcome = collect(connection.get());
    if (outcome.empty() || outcome.back().failed()) return outcome;
    prepared.insert(step.text);
    PQsendDescribePrepared(connection.get(), name.c_str());
    outcome = collect(connection.get());
    if (outcome.empty() || outcome.back().failed()) return outcome;
  }
  std::vector<const char*> values;
  for (const auto& value : step.parameters) values.push_back(value ? value->c_str() : nullptr);
  PQsendQueryPrepared(connection.get(), name.c_str(), static_cast<int>(values.size()),
                      values.data(), nullptr, nullptr, 0);
  return collect(connection.get());
}

bool Player::await_answer(PGconn* connection, std::chrono::milliseconds patience) {
  const auto deadline = Clock::now() + patience;
  while (PQisBusy(connection)) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return false;
    pollfd waiting{PQsocket(connection), POLLIN, 0};
    poll(&waiting, 1, static_cast<int>(left.count()));
    if (waiting.revents != 0 && !PQconsumeInput(connection))
      return true;  // lost: the result says so
  }
  return true;
}

Outcome Player::collect(PGconn* connection) {
  Outcome outcome;
  bool cancelled = false;
  for (;;) {
    if (!await_answer(connection, cancelled ? after_cancel : patience_)) {
      if (cancelled) break;
      cancelled = true;
      cancel(connection);
      continue;
    }
    const std::unique_ptr<PGresult, Clear> result(PQgetResult(connection));
    if (!result) break;
    outcome.push_back(read(result.get()));
    if (PQstatus(connection) != CONNECTION_OK) break;
  }
  if (cancelled) return {failure("timeout", "no answer in time; the statement was cancelled")};
  if (outcome.empty()) return {failure("lost", PQerrorMessage(connection))};
  return outcome;
}

}  // namespace occam::trace_player
