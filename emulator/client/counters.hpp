// What the emulator has done, as Prometheus counters, prefix dsql_emulator_. Each error that a
// client is told counts exactly once. Closed label sets; thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include <prometheus/counter.h>
#include <prometheus/exposer.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include "emulator/faults/injection.hpp"
#include "emulator/rules/rules.hpp"
#include "emulator/statement/statement.hpp"

namespace emulator {

enum class Scope { transaction, autocommit };
enum class Outcome { committed, rolled_back, conflict, failed, dropped };

class Counters {
 public:
  Counters();

  void statement(Kind kind);
  void transaction(Scope scope, Outcome outcome);
  // A 40001 told to a client; `at` is "statement" or "commit".
  void conflict(bool injected, const Refusal& told, const char* at);
  void refusal(const Refusal& refusal);
  // An injected XX000.
  void unavailable();
  void drop(Fault fault);
  // Statements whose repetition at COMMIT did not answer as the client had been told.
  void diverged(std::uint64_t statements);
  // A client that wants a place, whether it gets one or not; how many did in the busiest second.
  void connect(std::size_t most_in_a_second);
  // A client that was not let in; the reason is Fatal's, or protocol, tls, postgres.
  void refuse_connection(const std::string& reason);
  // A connection closed without a word; the reason is age, message, or cut, as ordered.
  void cut(const char* reason);
  // A round trip held back on order.
  void delayed();
  void session_begins();
  void session_ends();

  // Serves GET /metrics at "host:port" until destroyed; returns the port, which 0 left open.
  int serve(const std::string& address);

 private:
  std::shared_ptr<prometheus::Registry> registry_;
  // Looked up once: a look-up costs more than the counting, and these count at every statement.
  std::array<prometheus::Counter*, static_cast<std::size_t>(Kind::unparsed) + 1> statements_{};
  std::array<std::array<prometheus::Counter*, static_cast<std::size_t>(Outcome::dropped) + 1>, 2>
      transactions_{};
  prometheus::Family<prometheus::Counter>& conflicts_;
  prometheus::Family<prometheus::Counter>& refusals_;
  prometheus::Family<prometheus::Counter>& unavailable_;
  prometheus::Family<prometheus::Counter>& drops_;
  prometheus::Counter& divergences_;
  prometheus::Counter& connects_;
  prometheus::Gauge& connects_peak_;
  std::mutex connects_peak_mutex_;
  prometheus::Family<prometheus::Counter>& refused_connections_;
  prometheus::Family<prometheus::Counter>& cuts_;
  prometheus::Counter& delays_;
  prometheus::Gauge& sessions_;
  std::unique_ptr<prometheus::Exposer> exposer_;
};

}  // namespace emulator
