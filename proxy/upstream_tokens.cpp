#include "proxy/upstream_tokens.hpp"

#include <future>
#include <utility>

#include <boost/asio/system_executor.hpp>

#include "proxy/observe/log.hpp"
#include "proxy/upstream_identity.hpp"

namespace occam {

UpstreamTokens::Identity& UpstreamTokens::identity(const std::string& user) {
  auto& identity = identities_[user];
  if (!identity.source) {
    auto upstream = upstream_;
    upstream.user = user;
    identity.source = std::make_unique<iam::TokenSource>(
        iam_settings(upstream), aws_environment(), [](std::string_view line) {
          observe::log(config::LogLevel::warning, "IAM token", {{"reason", std::string(line)}});
        });
  }
  return identity;
}

void UpstreamTokens::ask(const std::string& user, const iam::TokenSource::Executor& executor,
                         pool::Passwords::Answer answer) {
  const std::lock_guard lock(mutex_);
  identity(user).source->get(
      executor, [this, user, answer = std::move(answer)](const iam::TokenAnswer& found) {
        if (!found.token) return answer(Outcome(std::in_place_index<1>, found.reason));
        {
          const std::lock_guard given(mutex_);
          identities_[user].given = found.token;
        }
        answer(Outcome(std::in_place_index<0>, found.token->reveal()));
      });
}

// On a thread of the system's: who waits here has no executor that lives long enough.
UpstreamTokens::Outcome UpstreamTokens::wait(const std::string& user,
                                             std::chrono::milliseconds patience) {
  const auto promise = std::make_shared<std::promise<Outcome>>();
  auto outcome = promise->get_future();
  ask(user, boost::asio::system_executor(),
      [promise](Outcome found) { promise->set_value(std::move(found)); });
  if (outcome.wait_for(patience) == std::future_status::ready) return outcome.get();
  return Outcome(std::in_place_index<1>, "no IAM token in time");
}

void UpstreamTokens::refused(const std::string& user, std::string_view hint) {
  const std::lock_guard lock(mutex_);
  auto& [source, given] = identity(user);
  if (given) source->refused(given->reveal(), hint);
}

void UpstreamTokens::stop() {
  const std::lock_guard lock(mutex_);
  for (auto& [user, identity] : identities_) identity.source->stop();
}

pool::Passwords passwords(UpstreamTokens& tokens, net::Executor executor) {
  return {[&tokens, executor](const wire::LoginRequest& request, pool::Passwords::Answer answer) {
            tokens.ask(request.user, executor, std::move(answer));
          },
          [&tokens](const wire::LoginRequest& request, std::string_view hint) {
            tokens.refused(request.user, hint);
          }};
}

}  // namespace occam
