// One client: greets it, logs in for it at PostgreSQL, and carries messages between the two until
// either ends. Blocking, on a thread of its own; stop() may come from another thread.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <string_view>

#include "proxy/wire/frame.hpp"
#include "proxy/wire/greeting.hpp"

#include "emulator/client/admission.hpp"
#include "emulator/client/extended_query.hpp"
#include "emulator/client/simple_query.hpp"
#include "emulator/client/transactor.hpp"
#include "emulator/connect/stream.hpp"
#include "emulator/postgres/backend.hpp"

namespace emulator {

class Session {
 public:
  Session(Shared& shared, Socket client);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Until the client or the server goes away. Never throws.
  void run();
  // Ends it without a word, wherever it stands.
  void stop();

 private:
  bool refuses(const occam::wire::Startup& startup);
  void start(const occam::wire::Startup& startup);
  void serve(std::string_view leftovers);
  // False once the client has said goodbye.
  bool on_frame(const occam::wire::Frame& frame);
  void on_query(std::string_view sql);
  void on_parse(const occam::wire::Frame& frame);
  // A Query or a Sync, with the faults that are in store for it.
  template <class Run>
  void round_trip(Run run);
  // Carries COPY data to the server until the client ends it.
  void carry_copy();
  // Nothing at the end of the stream. Throws Dropped.
  std::optional<occam::wire::Frame> next_frame();
  void ready();
  void send();

  Shared& shared_;
  Stream client_;
  Admission admission_;
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
