// A client's way in: TLS, startup packet, quotas, IAM token, database; each refusal in DSQL's words
// and counted. Knows the wire before the first ReadyForQuery and nothing of what comes behind it.
// Holds the client's place among the connections until destroyed.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "proxy/wire/greeting.hpp"

#include "emulator/client/transactor.hpp"
#include "emulator/connect/stream.hpp"

namespace emulator {

class Admission {
 public:
  // The longest password message: a token with a session token can exceed 1 KiB (facts/dsql.md §4).
  static constexpr std::size_t password_bytes = 16'384;

  Admission(Shared& shared, Stream& client) : shared_(shared), client_(client) {}
  ~Admission();
  Admission(const Admission&) = delete;
  Admission& operator=(const Admission&) = delete;

  // What the client asked for; nothing if it is not let in or did not want to be, and has been told
  // all there is to tell. Nothing has been said of success. Throws Lost and ProtocolViolation.
  std::optional<occam::wire::Startup> admit();
  // After admit(): what the client has sent ahead.
  std::string_view leftovers() const { return ahead_; }

 private:
  std::optional<occam::wire::Startup> greet();
  bool start_tls(bool direct);
  std::optional<Fatal> objection(const occam::wire::Startup& startup);
  std::optional<Fatal> identify(const std::string& user);
  std::string read_password();
  std::string take(std::size_t count);
  void refuse(const Fatal& fatal);
  void send();

  Shared& shared_;
  Stream& client_;
  std::string out_;
  std::string ahead_;
  bool counted_ = false;
};

}  // namespace emulator
