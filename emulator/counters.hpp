// What the emulator has done, as Prometheus counters, prefix dsql_emulator_. Each error that a
// client is told counts exactly once. Closed label sets; thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <prometheus/counter.h>
#include <prometheus/exposer.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include "emulator/injection.hpp"
#include "emulator/rules.hpp"
#include "emulator/statement.hpp"

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
  void session_begins();
  void session_ends();

  // Serves GET /metrics at "host:port" until destroyed; returns the port, which 0 left open.
  int serve(const std::string& address);

 private:
  std::shared_ptr<prometheus::Registry> registry_;
  prometheus::Family<prometheus::Counter>& statements_;
  prometheus::Family<prometheus::Counter>& transactions_;
  prometheus::Family<prometheus::Counter>& conflicts_;
  prometheus::Family<prometheus::Counter>& refusals_;
  prometheus::Family<prometheus::Counter>& unavailable_;
  prometheus::Family<prometheus::Counter>& drops_;
  prometheus::Counter& divergences_;
  prometheus::Gauge& sessions_;
  std::unique_ptr<prometheus::Exposer> exposer_;
};

}  // namespace emulator
