// One session's connection to PostgreSQL: logs in, sends scripts, gathers their answers. Knows the
// wire, never what a statement means. Blocking; used by one thread.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/wire/backend.hpp"
#include "proxy/wire/frame.hpp"
#include "proxy/wire/parameter.hpp"

#include "emulator/connect/socket.hpp"
#include "emulator/postgres/answer.hpp"
#include "emulator/postgres/script.hpp"

namespace emulator {

struct Postgres {
  Address address;
  std::string user;      // empty: the client's
  std::string password;  // only with user
  std::string database;  // empty: the client's
};

// The server refused the login; `error` is its whole ErrorResponse.
class LoginRefused : public Lost {
 public:
  LoginRefused(const std::string& reason, std::string error)
      : Lost(reason), error_(std::move(error)) {}
  const std::string& error() const { return error_; }

 private:
  std::string error_;
};

class Backend {
 public:
  // Every session runs at REPEATABLE READ; a lock wait ends after `lock_timeout_ms`.
  Backend(const Postgres& postgres, const occam::wire::Parameters& client, int lock_timeout_ms);

  const occam::wire::Parameters& parameters() const { return parameters_; }
  // Where and as whom this connection is logged in.
  const Postgres& account() const { return account_; }
  occam::wire::backend::BackendKeyData key() const { return key_; }

  // Sends the script and returns one answer per section. Throws Lost; what had been answered by
  // then is in last_words().
  std::vector<Answer> exchange(const Script& script);
  // One answer to raw messages, e.g. the end of a COPY.
  Answer exchange(std::string_view bytes);
  // COPY data on its way: no answer is awaited.
  void send(std::string_view bytes);
  const std::string& last_words() const { return last_words_; }
  int descriptor() const { return socket_.descriptor(); }

  static void cancel(const Address& address, occam::wire::backend::BackendKeyData key);

 private:
  void log_in(const Postgres& postgres, const occam::wire::Parameters& client, int lock_timeout_ms);
  void fill();
  // Takes what has been received into answers; true once there are `wanted` complete ones.
  bool take(std::vector<Answer>& answers, std::size_t wanted);
  std::vector<Answer> gather(std::string_view bytes, std::size_t wanted);

  Socket socket_;
  Postgres account_;
  occam::wire::Framer framer_;
  occam::wire::Parameters parameters_;
  occam::wire::backend::BackendKeyData key_;
  Answer growing_;
  std::string last_words_;
};

}  // namespace emulator
