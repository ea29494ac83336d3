#include "proxy/observe/metrics.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

namespace occam::observe {
namespace {

// The rules that rewriter::Change names; one that is missing here is counted as "other".
constexpr std::array rules{"for_share",
                           "for_no_key_update",
                           "for_key_share",
                           "lock_in_share_mode",
                           "version_check",
                           "locked_by_key",
                           "primary_key",
                           "binary_key_in",
                           "binary_key_out",
                           "binary_key_order",
                           "binary_key_star",
                           "identity",
                           "binary_key_type",
                           "index_async",
                           "column_added_in_steps",
                           "column_type",
                           "constraint_validated",
                           "database",
                           "ignored_setting",
                           "isolation",
                           "current_schema",
                           "other"};

const MetricRow& row(const std::string& name) {
  const auto& table = metric_table();
  const auto found = std::find_if(table.begin(), table.end(), [&](const MetricRow& candidate) {
    return candidate.name == name;
  });
  if (found == table.end()) throw std::logic_error(name + " is not in the metric table");
  return *found;
}

template <class Enum>
std::size_t index(Enum value) {
  return static_cast<std::size_t>(value);
}

// counters[i] gets the label value name(Enum(i)).
template <class Enum, class Counters, class Make>
void fill(Counters& counters, Make make) {
  for (std::size_t i = 0; i < counters.size(); ++i) counters[i] = make(name(static_cast<Enum>(i)));
}

}  // namespace

const std::vector<MetricRow>& metric_table() {
  static const std::vector<MetricRow> table{
      {"occam_statements_total", "counter", "kind,result",
       "Statements answered, by what they do; repetitions are not counted again."},
      {"occam_rewrites_total", "counter", "rule", "Rewrites made in statements that were sent."},
      {"occam_refusals_total", "counter", "", "Statements that Occam refused itself."},
      {"occam_conflicts_total", "counter", "kind,at",
       "Conflicts and losses met upstream, repetitions included."},
      {"occam_verdicts_total", "counter", "verdict", "How series of conflicts ended."},
      {"occam_verdict_conflicts_total", "counter", "verdict",
       "Conflicts in the series that ended so; their sum is that of occam_conflicts_total."},
      {"occam_attempts_total", "counter", "", "Repetitions begun."},
      {"occam_backoff_seconds", "histogram", "", "Pauses before repetitions."},
      {"occam_not_replayable_total", "counter", "reason",
       "Transactions that became impossible to repeat."},
      {"occam_masked_errors_total", "counter", "",
       "Upstream errors whose SQLSTATE was replaced, so that Temporal keeps its pool."},
      {"occam_pinned_sessions_total", "counter", "",
       "Sessions that became bound to their upstream connection by what they hold there."},
      {"occam_limits_near_total", "counter", "limit,kind",
       "Transactions that came to four fifths of a limit of DSQL's, by the statement that did it."},
      {"occam_limits_met_total", "counter", "limit,kind",
       "Statements that the upstream refused for a limit."},
      {"occam_sessions", "gauge", "", "Client sessions now."},
      {"occam_sessions_total", "counter", "", "Client sessions begun."},
      {"occam_session_errors_total", "counter", "kind",
       "Sessions that ended other than by their client's wish."},
      {"occam_upstream_connects_total", "counter", "result", "Connections made to the upstream."},
      {"occam_upstream_dialect", "gauge", "dialect",
       "1 at what the upstream was found to speak; unknown while nobody asked."},
      {"occam_key_share_proven", "gauge", "",
       "Whether FOR KEY SHARE was seen to fence on this upstream."},
      {"occam_probe_conflicts_total", "counter", "kind",
       "Conflicts that Occam itself provoked or met, asking what the upstream's locks do."},
      {"occam_rewriter_cache_hits_total", "counter", "", "Texts found in the rewriter's cache."},
      {"occam_rewriter_cache_misses_total", "counter", "", "Texts that had to be parsed."},
      {"occam_journal_bytes", "gauge", "", "Memory held to repeat open transactions."},
  };
  return table;
}

const char* name(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::protocol_violation:
      return "protocol_violation";
    case ErrorKind::bad_greeting:
      return "bad_greeting";
    case ErrorKind::authentication_failed:
      return "authentication_failed";
    case ErrorKind::client_tls:
      return "client_tls";
    case ErrorKind::login_timeout:
      return "login_timeout";
    case ErrorKind::too_many_clients:
      return "too_many_clients";
    case ErrorKind::upstream_unreachable:
      return "upstream_unreachable";
    case ErrorKind::upstream_timeout:
      return "upstream_timeout";
    case ErrorKind::upstream_refused:
      return "upstream_refused";
    case ErrorKind::client_lost:
      return "client_lost";
    case ErrorKind::shut_down:
      return "shut_down";
    case ErrorKind::internal:
      return "internal";
  }
  return "";
}

const char* name(ConnectResult result) {
  switch (result) {
    case ConnectResult::ok:
      return "ok";
    case ConnectResult::unreachable:
      return "unreachable";
    case ConnectResult::timeout:
      return "timeout";
    case ConnectResult::tls:
      return "tls";
    case ConnectResult::refused:
      return "refused";
  }
  return "";
}

const char* dialect_name(std::optional<rewriter::Dialect> dialect) {
  if (!dialect) return "unknown";
  switch (*dialect) {
    case rewriter::Dialect::dsql_2025:
      return "2025";
    case rewriter::Dialect::dsql_2026_08:
      return "current";
  }
  return "";
}

// The values that are read on demand, in the form Prometheus collects.
class Metrics::Reader : public prometheus::Collectable {
 public:
  std::vector<prometheus::MetricFamily> Collect() const override {
    if (!read) return {};
    const auto now = read();
    return {family("occam_rewriter_cache_hits_total", now.cache_hits),
            family("occam_rewriter_cache_misses_total", now.cache_misses),
            family("occam_journal_bytes", now.journal_bytes)};
  }
  std::function<Readings()> read;

 private:
  static prometheus::MetricFamily family(const char* name, std::size_t value) {
    prometheus::ClientMetric metric;
    const bool counts = row(name).type == "counter";
    (counts ? metric.counter.value : metric.gauge.value) = static_cast<double>(value);
    return {name,
            row(name).help,
            counts ? prometheus::MetricType::Counter : prometheus::MetricType::Gauge,
            {metric}};
  }
};

Metrics::Metrics()
    : registry_(std::make_shared<prometheus::Registry>()), reader_(std::make_shared<Reader>()) {
  register_facts();
  register_sessions();
  register_upstream();
}

Metrics::Counter Metrics::counter(const std::string& name, const prometheus::Labels& labels) {
  // The registry returns the family that exists if name, help and labels are the same.
  return &prometheus::BuildCounter()
              .Name(name)
              .Help(row(name).help)
              .Register(*registry_)
              .Add(labels);
}

prometheus::Gauge* Metrics::gauge(const std::string& name, const prometheus::Labels& labels) {
  return &prometheus::BuildGauge().Name(name).Help(row(name).help).Register(*registry_).Add(labels);
}

void Metrics::register_facts() {
  for (std::size_t result = 0; result < 2; ++result)
    for (std::size_t kind = 0; kind < statements_.size(); ++kind)
      statements_[kind][result] =
          counter("occam_statements_total",
                  {{"kind", rewriter::name(static_cast<rewriter::StatementKind>(kind))},
                   {"result", result == 0 ? "ok" : "error"}});
  for (const auto* rule : rules)
    rewrites_.emplace_back(rule, counter("occam_rewrites_total", {{"rule", rule}}));
  refusals_ = counter("occam_refusals_total", {});
  for (std::size_t at = 0; at < 2; ++at)
    for (std::size_t kind = 0; kind < conflicts_.size(); ++kind)
      conflicts_[kind][at] = counter("occam_conflicts_total",
                                     {{"kind", relay::name(static_cast<relay::ConflictKind>(kind))},
                                      {"at", at == 0 ? "statement" : "commit"}});
  fill<relay::Verdict>(verdicts_, [&](const char* verdict) {
    return counter("occam_verdicts_total", {{"verdict", verdict}});
  });
  fill<relay::Verdict>(verdict_conflicts_, [&](const char* verdict) {
    return counter("occam_verdict_conflicts_total", {{"verdict", verdict}});
  });
  attempts_ = counter("occam_attempts_total", {});
  backoff_ = &prometheus::BuildHistogram()
                  .Name("occam_backoff_seconds")
                  .Help(row("occam_backoff_seconds").help)
                  .Register(*registry_)
                  .Add({}, prometheus::Histogram::BucketBoundaries{0.001, 0.0025, 0.005, 0.01,
                                                                   0.025, 0.05, 0.1, 0.25, 0.5, 1});
  fill<relay::NotReplayable>(not_replayable_, [&](const char* reason) {
    return counter("occam_not_replayable_total", {{"reason", reason}});
  });
  masked_ = counter("occam_masked_errors_total", {});
  pinned_ = counter("occam_pinned_sessions_total", {});
  for (std::size_t limit = 0; limit < limits_.size(); ++limit)
    for (std::size_t kind = 0; kind < limits_[limit].size(); ++kind)
      for (std::size_t met = 0; met < 2; ++met)
        limits_[limit][kind][met] =
            counter(met == 0 ? "occam_limits_near_total" : "occam_limits_met_total",
                    {{"limit", relay::name(static_cast<relay::Limit>(limit))},
                     {"kind", rewriter::name(static_cast<rewriter::StatementKind>(kind))}});
}

void Metrics::register_sessions() {
  sessions_ = gauge("occam_sessions", {});
  sessions_total_ = counter("occam_sessions_total", {});
  fill<ErrorKind>(session_errors_, [&](const char* kind) {
    return counter("occam_session_errors_total", {{"kind", kind}});
  });
  fill<ConnectResult>(connects_, [&](const char* result) {
    return counter("occam_upstream_connects_total", {{"result", result}});
  });
}

void Metrics::register_upstream() {
  using enum rewriter::Dialect;
  for (const auto dialect :
       {std::optional<rewriter::Dialect>(), std::optional(dsql_2025), std::optional(current)})
    dialects_.emplace_back(dialect_name(dialect),
                           gauge("occam_upstream_dialect", {{"dialect", dialect_name(dialect)}}));
  key_share_proven_ = gauge("occam_key_share_proven", {});
  probe_conflicts_ = counter("occam_probe_conflicts_total", {{"kind", "conflict"}});
  probe_unavailable_ = counter("occam_probe_conflicts_total", {{"kind", "unavailable"}});
  upstream_locks(std::nullopt, false);
}

void Metrics::upstream_locks(std::optional<rewriter::Dialect> dialect, bool key_share_proven) {
  for (const auto& [name, gauge] : dialects_) gauge->Set(name == dialect_name(dialect) ? 1 : 0);
  key_share_proven_->Set(key_share_proven ? 1 : 0);
}

void Metrics::probed(std::uint32_t conflicts, std::uint32_t unavailable) {
  probe_conflicts_->Increment(conflicts);
  probe_unavailable_->Increment(unavailable);
}

void Metrics::count(const relay::Fact& fact) {
  std::visit([this](const auto& happened) { on(happened); }, fact);
}

void Metrics::on(const relay::StatementDone& fact) {
  statements_[index(fact.kind)][fact.failed ? 1 : 0]->Increment();
}

void Metrics::on(const relay::Rewritten& fact) {
  for (const auto& change : fact.rewrite->changes) {
    const auto known = std::find_if(rewrites_.begin(), rewrites_.end() - 1,
                                    [&](const auto& entry) { return entry.first == change.rule; });
    known->second->Increment();
  }
}

void Metrics::on(const relay::Refused&) { refusals_->Increment(); }

void Metrics::on(const relay::Conflict& fact) {
  conflicts_[index(fact.kind)][fact.at_commit ? 1 : 0]->Increment();
}

void Metrics::on(const relay::Attempt& fact) {
  attempts_->Increment();
  backoff_->Observe(std::chrono::duration<double>(fact.backoff).count());
}

void Metrics::on(const relay::Decided& fact) {
  verdicts_[index(fact.verdict)]->Increment();
  verdict_conflicts_[index(fact.verdict)]->Increment(fact.conflicts);
}

void Metrics::on(const relay::Unrepeatable& fact) {
  not_replayable_[index(fact.reason)]->Increment();
}

void Metrics::on(const relay::Masked&) { masked_->Increment(); }

void Metrics::on(const relay::Pinned&) { pinned_->Increment(); }

void Metrics::on(const relay::LimitNear& fact) {
  limits_[index(fact.limit)][index(fact.kind)][0]->Increment();
}

void Metrics::on(const relay::LimitMet& fact) {
  limits_[index(fact.limit)][index(fact.kind)][1]->Increment();
}

void Metrics::session_began() {
  sessions_->Increment();
  sessions_total_->Increment();
}

void Metrics::session_ended() { sessions_->Decrement(); }

void Metrics::session_failed(ErrorKind kind) { session_errors_[index(kind)]->Increment(); }

void Metrics::upstream_connected(ConnectResult result) { connects_[index(result)]->Increment(); }

void Metrics::read_with(std::function<Readings()> read) { reader_->read = std::move(read); }

std::string Metrics::text() const {
  auto families = registry_->Collect();
  auto read = reader_->Collect();
  families.insert(families.end(), std::make_move_iterator(read.begin()),
                  std::make_move_iterator(read.end()));
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace occam::observe
