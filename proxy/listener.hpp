// One listener as its sessions see it: its configuration, its users, how fast its upstream may be
// connected to, the rewriter that new sessions get, and TLS as new connections have it. Lives
// longer than any session; may be used from any thread.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>

#include "rewriter/rewriter.hpp"

#include "config/listener.hpp"

#include "proxy/pool/connect_budget.hpp"
#include "proxy/process_secret.hpp"
#include "proxy/seen_databases.hpp"
#include "proxy/tls_roles.hpp"
#include "proxy/upstream_tokens.hpp"
#include "proxy/users.hpp"

namespace occam {

class Listener {
 public:
  using RewriterPtr = std::shared_ptr<rewriter::Rewriter>;

  Listener(std::size_t position, config::Listener chosen, RewriterPtr rewriter, TlsRoles tls)
      : number(position),
        config(std::move(chosen)),
        users(config.users, process_secret()),
        connect_budget(config.pool.connects_per_second, config.pool.connect_burst),
        tokens(config.upstream.authentication == config::UpstreamAuthentication::iam
                   ? std::make_unique<UpstreamTokens>(config.upstream)
                   : nullptr),
        rewriter_(std::move(rewriter)),
        tls_(std::move(tls)) {}

  const std::size_t number;  // among the service's listeners
  const config::Listener config;
  const Users users;
  mutable pool::SharedConnectBudget connect_budget;  // of all threads, whoever connects
  const std::unique_ptr<UpstreamTokens> tokens;  // null: the upstream is logged in to by password
  SeenDatabases databases;

  RewriterPtr rewriter() const {
    const std::lock_guard lock(mutex_);
    return rewriter_;
  }
  // For sessions that start from now on.
  void use(RewriterPtr rewriter) {
    const std::lock_guard lock(mutex_);
    rewriter_.swap(rewriter);
  }

  TlsRoles tls() const {
    const std::lock_guard lock(mutex_);
    return tls_;
  }
  // For connections that begin from now on.
  void use(TlsRoles tls) {
    const std::lock_guard lock(mutex_);
    std::swap(tls_, tls);
  }

 private:
  // Not std::atomic<RewriterPtr>: in libstdc++ 12 its load ends with a relaxed unlock, which orders
  // nothing against the next store.
  mutable std::mutex mutex_;
  RewriterPtr rewriter_;
  TlsRoles tls_;
};

}  // namespace occam
