#include "tests/drivers/libpq/connection.hpp"

#include <array>
#include <cstdlib>
#include <stdexcept>

namespace occam::drivers {

namespace {

std::vector<const char*> pointers(const std::vector<std::string>& values) {
  std::vector<const char*> found;
  for (const std::string& value : values) found.push_back(value.c_str());
  return found;
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

}  // namespace

Connection::Connection(const Words& words) : connection_(nullptr, &PQfinish) {
  const std::string dsn = environment("DSN");
  std::vector<const char*> names{"dbname"};
  std::vector<const char*> values{dsn.c_str()};
  for (const auto& [name, value] : words) {
    names.push_back(name.c_str());
    values.push_back(value.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  connection_.reset(PQconnectdbParams(names.data(), values.data(), 1));
  if (PQstatus(raw()) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(raw()));
}

Result accepted(PGresult* result) {
  Result held(result, &PQclear);
  switch (PQresultStatus(result)) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_SINGLE_TUPLE:
    case PGRES_COPY_IN:
    case PGRES_COPY_OUT:
    case PGRES_PIPELINE_SYNC:
    case PGRES_EMPTY_QUERY:
      return held;
    default: {
      const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
      throw Refused{state ? state : "", PQresultErrorMessage(result)};
    }
  }
}

Result Connection::simple(const std::string& text) { return accepted(PQexec(raw(), text.c_str())); }

Result Connection::with(const std::string& text, const std::vector<std::string>& values,
                        bool binary) {
  return accepted(PQexecParams(raw(), text.c_str(), static_cast<int>(values.size()), nullptr,
                               pointers(values).data(), nullptr, nullptr, binary ? 1 : 0));
}

void Connection::prepare(const std::string& name, const std::string& text) {
  accepted(PQprepare(raw(), name.c_str(), text.c_str(), 0, nullptr));
}

Result Connection::prepared(const std::string& name, const std::vector<std::string>& values) {
  return accepted(PQexecPrepared(raw(), name.c_str(), static_cast<int>(values.size()),
                                 pointers(values).data(), nullptr, nullptr, 0));
}

std::string Connection::value(const std::string& text) { return cell(simple(text)); }

std::string Connection::refusal(const std::string& text) {
  try {
    simple(text);
  } catch (const Refused& refused) {
    return refused.state;
  }
  throw std::runtime_error("not refused: " + text);
}

std::string Connection::parameter(const char* name) const {
  const char* value = PQparameterStatus(raw(), name);
  return value ? value : "";
}

void Connection::cancel() {
  const std::unique_ptr<PGcancel, decltype(&PQfreeCancel)> key(PQgetCancel(raw()), &PQfreeCancel);
  std::array<char, 256> said{};
  if (!PQcancel(key.get(), said.data(), static_cast<int>(said.size()))) {
    throw std::runtime_error(said.data());
  }
}

std::string cell(const Result& result, int row, int column) {
  return {PQgetvalue(result.get(), row, column),
          static_cast<std::size_t>(PQgetlength(result.get(), row, column))};
}

void equal(const std::string& got, const std::string& want) {
  if (got != want) throw std::runtime_error("got '" + got + "', want '" + want + "'");
}

void equal(long got, long want) { equal(std::to_string(got), std::to_string(want)); }

bool on_dsql() { return environment("UPSTREAM") == "aurora_dsql"; }

}  // namespace occam::drivers
