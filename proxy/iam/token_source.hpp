// The tokens of one upstream, for all threads: a TokenCache behind a lock, and one thread of its
// own that looks for credentials, which may block. Answers are posted to the executor of who asked.
// stop() comes before the end of any io_context that has asked. Knows no connection and no log.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>

#include <boost/asio/any_io_executor.hpp>

#include "proxy/iam/credential_chain.hpp"
#include "proxy/iam/token_cache.hpp"

namespace occam::iam {

class TokenSource {
 public:
  using Executor = boost::asio::any_io_executor;
  using Done = std::function<void(TokenAnswer)>;
  // A line for the log, without secrets; called from any thread.
  using Warn = std::function<void(std::string_view)>;

  // The settings have no mistake (iam::mistake_in). Starts no search before somebody asks.
  TokenSource(IamSettings settings, Environment environment, Warn warn);
  ~TokenSource();
  TokenSource(const TokenSource&) = delete;
  TokenSource& operator=(const TokenSource&) = delete;

  // `done` is posted once, never called from within get; not at all once stop() has been called.
  void get(Executor executor, Done done);
  // The server said that `token` is none (access denied, Signature expired); `hint` is its HINT.
  // The get() after this gives a token from credentials that were looked for again.
  void refused(std::string_view token, std::string_view hint);
  // Ends the thread, within a second, and forgets who waits. Twice is harmless.
  void stop();

 private:
  struct Waiting {
    Executor executor;
    Done done;
  };
  using Refresh = TokenCache::Refresh;

  void run(const std::stop_token& stop);
  // Throws NoCredentials.
  Token make(Refresh refresh, const std::stop_token& stop);
  void renew_credentials(Refresh refresh, const std::stop_token& stop);
  void obey(TokenCache::Orders orders);

  const IamSettings settings_;
  const CredentialChain chain_;
  const Warn warn_;

  std::mutex mutex_;  // of what follows, up to the thread's own
  std::condition_variable_any ordered_;
  TokenCache cache_;
  Refresh order_ = Refresh::none;
  TokenCache::Asker next_asker_ = 0;
  std::unordered_map<TokenCache::Asker, Waiting> waiting_;
  bool stopped_ = false;

  std::optional<Credentials> credentials_;  // the thread's own
  std::jthread thread_;                     // last: it uses the others
};

}  // namespace occam::iam
