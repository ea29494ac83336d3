// The IAM tokens with which a listener's upstream is logged in to, as passwords for whoever
// connects there. Tells the log when credentials fail, never what they are. May be used from any
// thread. Order of calls: ask and refused as often as needed; stop() before the end of any executor
// that was given.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <variant>

#include "config/listener.hpp"

#include "proxy/iam/token_source.hpp"
#include "proxy/pool/pool.hpp"

namespace occam {

class UpstreamTokens {
 public:
  using Outcome = std::variant<std::string, std::string>;  // the token, or why there is none

  // The upstream names its user: one client's word must not start a search for credentials.
  explicit UpstreamTokens(const config::Upstream& upstream);

  // `answer` is called on the executor, once, unless stop() comes first.
  void ask(const iam::TokenSource::Executor& executor, pool::Passwords::Answer answer);
  // Blocks, at the longest for `patience`.
  Outcome wait(std::chrono::milliseconds patience);
  // The upstream did not take the one that was given last; `hint` is the server's.
  void refused(std::string_view hint);
  void stop() { source_.stop(); }

 private:
  // Outlasts this object where an answer is still on its way.
  struct Given {
    std::mutex mutex;
    std::shared_ptr<const iam::Secret> token;
  };
  const std::shared_ptr<Given> given_ = std::make_shared<Given>();
  iam::TokenSource source_;
};

// What a pool asks for passwords, on its executor.
pool::Passwords passwords(UpstreamTokens& tokens, net::Executor executor);

}  // namespace occam
