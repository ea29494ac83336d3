#include "emulator/client/counters.hpp"

#include <algorithm>

namespace emulator {
namespace {

prometheus::Family<prometheus::Counter>& counter(prometheus::Registry& registry, const char* name,
                                                 const char* help) {
  return prometheus::BuildCounter()
      .Name(std::string("dsql_emulator_") + name)
      .Help(help)
      .Register(registry);
}

const char* word(Outcome outcome) {
  switch (outcome) {
    case Outcome::committed:
      return "committed";
    case Outcome::rolled_back:
      return "rolled_back";
    case Outcome::conflict:
      return "conflict";
    case Outcome::failed:
      return "failed";
    case Outcome::dropped:
      return "dropped";
  }
  return "";
}

}  // namespace

Counters::Counters()
    : registry_(std::make_shared<prometheus::Registry>()),
      conflicts_(counter(*registry_, "conflicts_total",
                         "SQLSTATE 40001 told to a client: natural or injected, OC000 or OC001, at "
                         "a statement or at a commit")),
      refusals_(counter(*registry_, "refusals_total", "Statements refused, by rule")),
      unavailable_(counter(*registry_, "unavailable_total", "Injected XX000 server unavailable")),
      drops_(counter(*registry_, "drops_total", "Client connections closed on order")),
      divergences_(counter(*registry_, "divergences_total",
                           "Statements that touched another number of rows at COMMIT than told")
                       .Add({})),
      connects_(counter(*registry_, "connects_total",
                        "Clients that wanted a place, those refused one included")
                    .Add({})),
      connects_peak_(prometheus::BuildGauge()
                         .Name("dsql_emulator_connects_peak")
                         .Help("The most of them in any one second")
                         .Register(*registry_)
                         .Add({})),
      refused_connections_(counter(*registry_, "connections_refused_total",
                                   "Clients that were not let in, by reason")),
      cuts_(counter(*registry_, "cuts_total", "Client connections closed without a word")),
      delays_(counter(*registry_, "delays_total", "Round trips held back on order").Add({})),
      sessions_(prometheus::BuildGauge()
                    .Name("dsql_emulator_sessions")
                    .Help("Clients connected")
                    .Register(*registry_)
                    .Add({})) {
  auto& statements = counter(*registry_, "statements_total", "Statements received, by class");
  for (std::size_t kind = 0; kind < statements_.size(); ++kind)
    statements_[kind] = &statements.Add({{"class", name(static_cast<Kind>(kind))}});
  auto& transactions = counter(*registry_, "transactions_total",
                               "Transactions ended, explicit or autocommit, by outcome");
  for (const auto scope : {Scope::transaction, Scope::autocommit})
    for (std::size_t outcome = 0; outcome < transactions_[0].size(); ++outcome)
      transactions_[static_cast<std::size_t>(scope)][outcome] =
          &transactions.Add({{"scope", scope == Scope::autocommit ? "autocommit" : "explicit"},
                             {"outcome", word(static_cast<Outcome>(outcome))}});
  // What tests compare is there from the start, as zero.
  for (const char* at : {"statement", "commit"})
    for (const char* kind : {"natural", "injected"})
      conflicts_.Add({{"kind", kind}, {"marker", "OC000"}, {"at", at}});
  conflicts_.Add({{"kind", "injected"}, {"marker", "OC001"}, {"at", "statement"}});
}

void Counters::statement(Kind kind) { statements_[static_cast<std::size_t>(kind)]->Increment(); }

void Counters::transaction(Scope scope, Outcome outcome) {
  transactions_[static_cast<std::size_t>(scope)][static_cast<std::size_t>(outcome)]->Increment();
}

void Counters::conflict(bool injected, const Refusal& told, const char* at) {
  conflicts_.Add({{"kind", injected ? "injected" : "natural"}, {"marker", told.rule}, {"at", at}})
      .Increment();
}

void Counters::refusal(const Refusal& refusal) {
  refusals_.Add({{"rule", refusal.rule}}).Increment();
}

void Counters::unavailable() { unavailable_.Add({}).Increment(); }

void Counters::drop(Fault fault) { drops_.Add({{"when", name(fault)}}).Increment(); }

void Counters::diverged(std::uint64_t statements) {
  if (statements > 0) divergences_.Increment(static_cast<double>(statements));
}

// Threads come here in another order than at the quota, which only grows.
void Counters::connect(std::size_t most_in_a_second) {
  connects_.Increment();
  const std::lock_guard lock(connects_peak_mutex_);
  connects_peak_.Set(std::max(connects_peak_.Value(), static_cast<double>(most_in_a_second)));
}

void Counters::refuse_connection(const std::string& reason) {
  refused_connections_.Add({{"reason", reason}}).Increment();
}

void Counters::cut(const char* reason) { cuts_.Add({{"reason", reason}}).Increment(); }

void Counters::delayed() { delays_.Increment(); }

void Counters::session_begins() { sessions_.Increment(); }

void Counters::session_ends() { sessions_.Decrement(); }

int Counters::serve(const std::string& address) {
  exposer_ = std::make_unique<prometheus::Exposer>(address, 1);
  exposer_->RegisterCollectable(registry_);
  return exposer_->GetListeningPorts().front();
}

}  // namespace emulator
