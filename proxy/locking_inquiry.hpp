// Puts upstream::LockingProbe to the upstream: two connections of Occam's own, under one deadline,
// on the thread that asks; once, or again and again with growing pauses until something is known.
// Knows how to reach the upstream; decides nothing of locks, and knows no client.
#pragma once

#include <functional>
#include <stop_token>
#include <thread>

#include "rewriter/table_rules.hpp"

#include "config/listener.hpp"

#include "proxy/listener.hpp"
#include "proxy/upstream/locking_probe.hpp"

namespace occam {

// Whether anything depends on what the upstream's locks do: `dialect: auto`, or a table's
// `share: auto` on a dialect that has FOR KEY SHARE.
bool depends_on_upstream(const config::Rewriting& rewriting, const rewriter::TableRules& rules);

class LockingInquiry {
 public:
  using Found = std::function<void(const upstream::LockingFinding&)>;

  // `listener` outlives this object.
  explicit LockingInquiry(const Listener& listener) : listener_(listener) {}

  // Takes no longer than the connect budget has it wait, upstream.connect_timeout and a few
  // seconds. `stop` ends it at once.
  upstream::LockingFinding ask(const std::stop_token& stop = {}) const;

  // Asks on a thread of its own, at first after `wait`, until the finding would be the same another
  // time; `found` is called there for each. Ends with this object. Only the first call counts.
  void go_on(bool wait, Found found);

 private:
  const Listener& listener_;
  std::jthread thread_;
};

}  // namespace occam
