// Counts what happened: facts of the relay and events of the sessions, as Prometheus metrics under
// closed label sets. Knows no session and does no I/O; a counter is an atomic that was looked up
// once, at the start. The names stand in proxy/observe/README.md, which a test compares with
// metric_table(). Thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <prometheus/collectable.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include "rewriter/dialect.hpp"

#include "proxy/relay/fact.hpp"

namespace occam::observe {

// Why a session ended other than by its client's wish.
enum class ErrorKind {
  protocol_violation,     // the client or the upstream broke the protocol
  bad_greeting,           // the first packet was no start of a session
  authentication_failed,  // the client did not prove who it is
  client_tls,             // no TLS with the client: the handshake failed
  login_timeout,          // the client did not finish its start in time
  too_many_clients,       // limits.clients
  upstream_unreachable,   // no connection at the session's start
  upstream_timeout,       // no logged-in connection in time
  upstream_refused,       // the upstream answered the log-in with an error
  client_lost,            // the client's connection broke
  shut_down,              // Occam is ending
  internal,               // a defect or want of memory
};
const char* name(ErrorKind kind);

enum class ConnectResult { ok, unreachable, timeout, tls, refused };
const char* name(ConnectResult result);

// The label of occam_upstream_dialect; nothing: unknown.
const char* dialect_name(std::optional<rewriter::Dialect> dialect);

// One row of the documentation: name, type and labels as Prometheus knows them.
struct MetricRow {
  std::string name;
  std::string type;
  std::string labels;  // comma-separated; empty: none
  std::string help;
};
const std::vector<MetricRow>& metric_table();

class Metrics {
 public:
  Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  void count(const relay::Fact& fact);
  void session_began();
  void session_ended();
  void session_failed(ErrorKind kind);
  void upstream_connected(ConnectResult result);

  // What was found out of the upstream's locks; nothing: the dialect could not be told.
  void upstream_locks(std::optional<rewriter::Dialect> dialect, bool key_share_proven);
  // What one probe of the locks met.
  void probed(std::uint32_t conflicts, std::uint32_t unavailable);

  // What is read when somebody asks instead of being counted as it happens.
  struct Readings {
    std::size_t cache_hits = 0;
    std::size_t cache_misses = 0;
    std::size_t journal_bytes = 0;
  };
  void read_with(std::function<Readings()> read);
  // Everything there is to show, in Prometheus' text form.
  std::string text() const;

 private:
  class Reader;
  static constexpr std::size_t statement_kinds =
      static_cast<std::size_t>(rewriter::StatementKind::unknown) + 1;
  static constexpr std::size_t verdicts = static_cast<std::size_t>(relay::Verdict::in_doubt) + 1;
  using Counter = prometheus::Counter*;

  void register_facts();
  void register_sessions();
  void register_upstream();
  prometheus::Gauge* gauge(const std::string& name, const prometheus::Labels& labels);
  Counter counter(const std::string& name, const prometheus::Labels& labels);

  void on(const relay::StatementDone& fact);
  void on(const relay::Rewritten& fact);
  void on(const relay::Refused& fact);
  void on(const relay::Conflict& fact);
  void on(const relay::Attempt& fact);
  void on(const relay::Decided& fact);
  void on(const relay::Unrepeatable& fact);
  void on(const relay::Masked& fact);
  void on(const relay::Pinned& fact);
  void on(const relay::LimitNear& fact);
  void on(const relay::LimitMet& fact);

  std::shared_ptr<prometheus::Registry> registry_;
  std::shared_ptr<Reader> reader_;
  std::array<std::array<Counter, 2>, statement_kinds> statements_{};
  std::vector<std::pair<std::string, Counter>> rewrites_;  // by rule; the last is "other"
  Counter refusals_ = nullptr;
  std::array<std::array<Counter, 2>, static_cast<std::size_t>(relay::ConflictKind::lost) + 1>
      conflicts_{};
  std::array<Counter, verdicts> verdicts_{};
  std::array<Counter, verdicts> verdict_conflicts_{};
  Counter attempts_ = nullptr;
  prometheus::Histogram* backoff_ = nullptr;
  std::array<Counter, static_cast<std::size_t>(relay::NotReplayable::off) + 1> not_replayable_{};
  Counter masked_ = nullptr;
  Counter pinned_ = nullptr;
  // By limit and kind of statement: come near, met.
  std::array<std::array<std::array<Counter, 2>, statement_kinds>, relay::limits> limits_{};
  prometheus::Gauge* sessions_ = nullptr;
  Counter sessions_total_ = nullptr;
  std::array<Counter, static_cast<std::size_t>(ErrorKind::internal) + 1> session_errors_{};
  std::array<Counter, static_cast<std::size_t>(ConnectResult::refused) + 1> connects_{};
  std::vector<std::pair<std::string, prometheus::Gauge*>> dialects_;  // by name
  prometheus::Gauge* key_share_proven_ = nullptr;
  Counter probe_conflicts_ = nullptr;
  Counter probe_unavailable_ = nullptr;
};

}  // namespace occam::observe
