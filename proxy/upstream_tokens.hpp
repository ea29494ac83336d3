// The IAM tokens with which a listener's upstream is logged in to: one source per user. Tells the
// log when credentials fail, never what they are. May be used from any thread. Order of calls: ask
// and refused as often as needed; stop() before the end of any executor that was given.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "config/listener.hpp"

#include "proxy/iam/token_source.hpp"
#include "proxy/pool/pool.hpp"

namespace occam {

class UpstreamTokens {
 public:
  using Outcome = std::variant<std::string, std::string>;  // the token, or why there is none

  explicit UpstreamTokens(config::Upstream upstream) : upstream_(std::move(upstream)) {}

  // `answer` is called on the executor, once, unless stop() comes first.
  void ask(const std::string& user, const iam::TokenSource::Executor& executor,
           pool::Passwords::Answer answer);
  // Blocks, at the longest for `patience`.
  Outcome wait(const std::string& user, std::chrono::milliseconds patience);
  // The upstream did not take the one it was given last; `hint` is the server's.
  void refused(const std::string& user, std::string_view hint);
  void stop();

 private:
  struct Identity {
    std::unique_ptr<iam::TokenSource> source;
    std::shared_ptr<const iam::Secret> given;
  };
  Identity& identity(const std::string& user);

  const config::Upstream upstream_;
  std::mutex mutex_;
  std::map<std::string, Identity> identities_;  // by user
};

// What a pool asks for passwords, on its executor.
pool::Passwords passwords(UpstreamTokens& tokens, net::Executor executor);

}  // namespace occam
