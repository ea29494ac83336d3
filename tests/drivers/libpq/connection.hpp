#pragma once

// A session of libpq with RAII around it, for the checks of this room: every call throws what the
// server or the library said, so that a check is a sequence of calls. Knows libpq only, neither
// what a check expects nor what stands behind $DSN. A result owns its memory; a connection ends
// with its object.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <libpq-fe.h>

namespace occam::drivers {

using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;

// A result that is no success, with its SQLSTATE.
struct Refused {
  std::string state;
  std::string message;
};

class Connection {
 public:
  using Words = std::map<std::string, std::string>;

  Connection() : Connection(Words{}) {}
  explicit Connection(const Words& words);  // added to what $DSN says

  PGconn* raw() const { return connection_.get(); }

  Result simple(const std::string& text);
  Result with(const std::string& text, const std::vector<std::string>& values, bool binary = false);
  void prepare(const std::string& name, const std::string& text);
  Result prepared(const std::string& name, const std::vector<std::string>& values);

  // One value of one row, by the simple protocol.
  std::string value(const std::string& text);
  // The SQLSTATE that this text is refused with.
  std::string refusal(const std::string& text);
  std::string parameter(const char* name) const;

  // Asks the server to end what runs in this session, as PQcancel does: on a connection of its own.
  void cancel();

 private:
  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

// Throws Refused unless the result is one of success.
Result accepted(PGresult* result);
std::string cell(const Result& result, int row = 0, int column = 0);

// Throws with both values if they differ.
void equal(const std::string& got, const std::string& want);
void equal(long got, long want);

bool on_dsql();
// Thrown by a check that asks for what the server behind $DSN has not.
struct Skipped {
  std::string why;
};

}  // namespace occam::drivers
