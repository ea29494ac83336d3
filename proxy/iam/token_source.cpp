#include "proxy/iam/token_source.hpp"

#include <utility>

#include <boost/asio/post.hpp>

#include "proxy/iam/clock_skew.hpp"

namespace occam::iam {
namespace {

Instant now() { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

}  // namespace

TokenSource::TokenSource(IamSettings settings, Environment environment, Warn warn)
    : settings_(std::move(settings)),
      chain_(std::move(environment), settings_.profile, region_of(settings_)),
      warn_(std::move(warn)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

TokenSource::~TokenSource() { stop(); }

void TokenSource::stop() {
  decltype(waiting_) forgotten;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    forgotten.swap(waiting_);
  }
  forgotten.clear();  // without the lock: what they hold may call us
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void TokenSource::get(Executor executor, Done done) {
  const std::lock_guard lock(mutex_);
  if (stopped_) return;
  const auto asker = next_asker_++;
  waiting_.emplace(asker, Waiting{std::move(executor), std::move(done)});
  obey(cache_.on_ask(asker, now()));
}

void TokenSource::refused(std::string_view token, std::string_view hint) {
  if (const auto server = server_time_in(hint))
    if (const auto advice = clock_advice(*server, now())) warn_(*advice);
  const std::lock_guard lock(mutex_);
  obey(cache_.on_refused(token, now()));
}

// With the lock held.
void TokenSource::obey(TokenCache::Orders orders) {
  for (const auto asker : orders.answered) {
    auto waiting = waiting_.extract(asker);
    if (waiting.empty()) continue;
    boost::asio::post(waiting.mapped().executor, [done = std::move(waiting.mapped().done),
                                                  answer = orders.answer] { done(answer); });
  }
  if (!orders.warning.empty()) warn_(orders.warning);
  if (orders.refresh == Refresh::none) return;
  order_ = orders.refresh;
  ordered_.notify_one();
}

void TokenSource::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (ordered_.wait(lock, stop, [this] { return order_ != Refresh::none; })) {
    const auto order = std::exchange(order_, Refresh::none);
    lock.unlock();
    std::optional<Token> token;
    std::string failure;
    try {
      token = make(order, stop);
    } catch (const std::exception& error) {
      failure = error.what();
    }
    lock.lock();
    obey(token ? cache_.on_token(std::move(*token), now()) : cache_.on_failure(failure, now()));
  }
}

Token TokenSource::make(Refresh refresh, const std::stop_token& stop) {
  renew_credentials(refresh, stop);
  return make_token(settings_, *credentials_, now());
}

void TokenSource::renew_credentials(Refresh refresh, const std::stop_token& stop) {
  const bool fresh = refresh == Refresh::begin_with_fresh_credentials;
  if (!fresh && credentials_ && outlasts(*credentials_, now(), settings_.expires)) return;
  try {
    auto found = chain_.find(stop);
    if (found.advice) warn_(*found.advice);
    credentials_ = std::move(found.credentials);
  } catch (const NoCredentials& failure) {
    const bool still_good = credentials_ && credentials_->expires && now() < *credentials_->expires;
    if (fresh || !still_good) throw;
    warn_("the AWS credentials at hand are used to their end, at " +
          amz_date(*credentials_->expires) + ": " + failure.what());
  }
}

}  // namespace occam::iam
