#include "proxy/check/configuration.hpp"

#include <algorithm>

namespace occam::check {
namespace {

// facts/dsql.md §4
constexpr std::uint32_t most_connections = 10000;
constexpr std::uint32_t most_connects_per_second = 100;
constexpr std::chrono::minutes longest_life(60);

void judge_reach(const config::Listener& listener, Findings& found) {
  const auto& host = listener.listen.host;
  if (config::is_loopback(host)) return;
  if (listener.users.empty())
    found.push_back(warn("no users: whoever reaches " + host + " has the upstream's rights",
                         "name users, or listen on 127.0.0.1"));
  if (listener.tls.mode != config::ClientTlsMode::require)
    found.push_back(warn("clients may come to " + host +
                             " without TLS: what they say can be read and changed on its way",
                         "set tls.mode: require"));
}

// All pools that lead to the same server share its places.
std::uint32_t connections_to(const config::Config& config, const config::Upstream& upstream) {
  std::uint32_t sum = 0;
  for (const auto& other : config.listeners)
    if (other.upstream.host == upstream.host && other.upstream.port == upstream.port)
      sum += other.pool.connections;
  return sum;
}

void judge_for_dsql(const config::Config& config, const config::Listener& listener,
                    Findings& found) {
  const auto& upstream = listener.upstream;
  const auto& pool = listener.pool;
  if (upstream.tls.mode != config::UpstreamTlsMode::verify_full)
    found.push_back(
        warn("upstream.tls.mode is weaker than verify-full: another server could stand "
             "in for Aurora DSQL, and be given its tokens",
             "set upstream.tls.mode: verify-full"));
  if (upstream.authentication == config::UpstreamAuthentication::password)
    found.push_back(warn("a fixed password: Aurora DSQL takes tokens only, which soon expire",
                         "set upstream.authentication: iam"));
  if (pool.lifetime >= longest_life)
    found.push_back(warn("pool.lifetime is " + config::duration_text(pool.lifetime) +
                             ": Aurora DSQL cuts connections at 60m, in the midst of their work",
                         "set pool.lifetime: 55m"));
  if (const auto sum = connections_to(config, upstream); sum > most_connections)
    found.push_back(warn(std::to_string(sum) + " pool.connections of all listeners together: a "
                                               "cluster takes 10,000",
                         "lower pool.connections"));
  if (pool.connects_per_second > most_connects_per_second)
    found.push_back(warn("pool.connects_per_second is " + std::to_string(pool.connects_per_second) +
                             ": a cluster takes 100, of all who connect",
                         "set it to this instance's share of 100"));
}

}  // namespace

Findings judge_configuration(const config::Config& config, const config::Listener& listener) {
  Findings found;
  judge_reach(listener, found);
  if (listener.upstream.server == rewriter::Server::aurora_dsql)
    judge_for_dsql(config, listener, found);
  if (config.threads > listener.pool.connections)
    found.push_back(warn("threads is " + std::to_string(config.threads) +
                             ", but each needs a "
                             "connection, and pool.connections is " +
                             std::to_string(listener.pool.connections) + ": only so many will run",
                         "raise pool.connections, or lower threads"));
  if (found.empty()) found.push_back(ok("without mistakes"));
  return found;
}

}  // namespace occam::check
