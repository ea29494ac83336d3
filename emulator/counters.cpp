#include "emulator/counters.hpp"

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
      statements_(counter(*registry_, "statements_total", "Statements received, by class")),
      transactions_(counter(*registry_, "transactions_total",
                            "Transactions ended, explicit or autocommit, by outcome")),
      conflicts_(counter(*registry_, "conflicts_total",
                         "SQLSTATE 40001 told to a client: natural or injected, OC000 or OC001, at "
                         "a statement or at a commit")),
      refusals_(counter(*registry_, "refusals_total", "Statements refused, by rule")),
      unavailable_(counter(*registry_, "unavailable_total", "Injected XX000 server unavailable")),
      drops_(counter(*registry_, "drops_total", "Client connections closed on order")),
      divergences_(counter(*registry_, "divergences_total",
                           "Statements that touched another number of rows at COMMIT than told")
                       .Add({})),
      sessions_(prometheus::BuildGauge()
                    .Name("dsql_emulator_sessions")
                    .Help("Clients connected")
                    .Register(*registry_)
                    .Add({})) {
  // What tests compare is there from the start, as zero.
  for (const char* at : {"statement", "commit"})
    for (const char* kind : {"natural", "injected"})
      conflicts_.Add({{"kind", kind}, {"marker", "OC000"}, {"at", at}});
  conflicts_.Add({{"kind", "injected"}, {"marker", "OC001"}, {"at", "statement"}});
}

void Counters::statement(Kind kind) { statements_.Add({{"class", name(kind)}}).Increment(); }

void Counters::transaction(Scope scope, Outcome outcome) {
  transactions_
      .Add({{"scope", scope == Scope::autocommit ? "autocommit" : "explicit"},
            {"outcome", word(outcome)}})
      .Increment();
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

void Counters::session_begins() { sessions_.Increment(); }

void Counters::session_ends() { sessions_.Decrement(); }

int Counters::serve(const std::string& address) {
  exposer_ = std::make_unique<prometheus::Exposer>(address, 1);
  exposer_->RegisterCollectable(registry_);
  return exposer_->GetListeningPorts().front();
}

}  // namespace emulator
