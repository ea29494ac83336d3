// What one listener's SQL is rewritten by: its table rules, and what was found of its upstream's
// locks. Each time one of them changes, the listener gets a new rewriter for new sessions. May be
// used from any thread; the inquiry has its own. Knows how to learn of the locks, not what follows.
#pragma once

#include <mutex>
#include <string>

#include "rewriter/rewriter.hpp"

#include "config/listener.hpp"

#include "proxy/listener.hpp"
#include "proxy/locking_inquiry.hpp"
#include "proxy/observe/metrics.hpp"

namespace occam {

class Rules {
 public:
  // `listener` and `metrics` outlive this object; `options` is as the listener's rewriter is made.
  Rules(Listener& listener, rewriter::RewriterOptions options, observe::Metrics& metrics);

  // Asks the upstream about its locks, if anything depends on them: now, before clients come, since
  // connections that Temporal opens first are long in its pool; and where nothing came of it,
  // beside them until something does.
  void ask();
  // What was found stays, whatever a reload brings.
  void renew(const config::Rewriting& chosen, rewriter::RewriterOptions options);

 private:
  void go_on(bool wait);
  void learn(const upstream::LockingFinding& finding);
  bool depend_on_upstream() const;
  void tell(const upstream::LockingFinding& finding);
  void make();

  Listener& listener_;
  observe::Metrics& metrics_;
  std::mutex mutex_;
  config::Rewriting chosen_;
  rewriter::RewriterOptions options_;
  upstream::LockingFinding finding_;
  std::string told_;
  bool asked_ = false;
  LockingInquiry inquiry_;  // last: its thread uses the others
};

}  // namespace occam
