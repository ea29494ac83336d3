// One listener as its sessions see it: its configuration, and the rewriter that new sessions get.
// Lives longer than any session; may be used from any thread.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include "rewriter/rewriter.hpp"

#include "config/listener.hpp"

namespace occam {

class Listener {
 public:
  using RewriterPtr = std::shared_ptr<rewriter::Rewriter>;

  Listener(config::Listener chosen, RewriterPtr rewriter)
      : config(std::move(chosen)), rewriter_(std::move(rewriter)) {}

  const config::Listener config;

  RewriterPtr rewriter() const {
    const std::lock_guard lock(mutex_);
    return rewriter_;
  }
  // For sessions that start from now on.
  void use(RewriterPtr rewriter) {
    const std::lock_guard lock(mutex_);
    rewriter_.swap(rewriter);
  }

 private:
  // Not std::atomic<RewriterPtr>: in libstdc++ 12 its load ends with a relaxed unlock, which orders
  // nothing against the next store.
  mutable std::mutex mutex_;
  RewriterPtr rewriter_;
};

}  // namespace occam
