// One client: greets it, logs in for it at PostgreSQL, and carries messages between the two until
// either ends. Blocking, on a thread of its own; stop() may come from another thread.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <string_view>

#include "proxy/wire/frame.hpp"
#include "proxy/wire/greeting.hpp"

#include "emulator/backend.hpp"
#include "emulator/extended_query.hpp"
#include "emulator/simple_query.hpp"
#include "emulator/socket.hpp"
#include "emulator/transactor.hpp"

namespace emulator {

class Session {
 public:
  Session(Shared& shared, Socket client);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Until the client or the server goes away. Never throws.
  void run();
  void stop();

 private:
  bool greet(occam::wire::Greeting& greeting);
  void start(const occam::wire::Startup& startup, std::string_view leftovers);
  void serve(std::string_view leftovers);
  // False once the client has said goodbye.
  bool on_frame(const occam::wire::Frame& frame);
  void on_query(std::string_view sql);
  // Carries COPY data to the server until the client ends it.
  void carry_copy();
  std::optional<occam::wire::Frame> next_frame();
  void ready();
  void send();

  Shared& shared_;
  Socket client_;
  std::atomic<int> backend_descriptor_{-1};
  occam::wire::Framer framer_;
  std::optional<Backend> backend_;
  std::optional<Judge> judge_;
  std::optional<Transactor> transactor_;
  std::optional<SimpleQuery> simple_;
  std::optional<ExtendedQuery> extended_;
  std::string out_;
};

}  // namespace emulator
