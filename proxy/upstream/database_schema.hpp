// Aurora DSQL has one database (facts/dsql.md §2): a client's database is a schema of it. What puts
// a session there when it starts, and the question whether it exists. Knows no socket. Order of
// calls: ask, then on_frame for each answer until it says more no longer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "proxy/wire/frame.hpp"

namespace occam::upstream {

// For the startup parameter `options`; so RESET and DISCARD come back to it.
std::string search_path_option(std::string_view database);

class DatabaseSchema {
 public:
  enum class Verdict { more, there, refused };

  explicit DatabaseSchema(std::string database) : database_(std::move(database)) {}

  // Appends the question.
  void ask(std::string& to_server) const;
  // May append the question once more: any statement can be told that the catalog changed.
  Verdict on_frame(const wire::Frame& frame, std::string& to_server);
  // After refused: a whole FATAL ErrorResponse, PostgreSQL's own for a database that is not there.
  const std::string& error() const { return error_; }
  const std::string& reason() const { return reason_; }
  // Conflicts that asking again has cleared.
  std::uint32_t conflicts() const { return asked_ - 1; }

 private:
  void refuse(std::string_view code, const std::string& message);

  std::string database_;
  bool there_ = false;
  bool again_ = false;
  std::uint32_t asked_ = 1;
  std::string error_;
  std::string reason_;
};

}  // namespace occam::upstream
