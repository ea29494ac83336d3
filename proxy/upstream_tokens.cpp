#include "proxy/upstream_tokens.hpp"

#include <future>
#include <utility>

#include <boost/asio/system_executor.hpp>

#include "proxy/observe/log.hpp"
#include "proxy/upstream_identity.hpp"

namespace occam {
namespace {

void warn(std::string_view line) {
  observe::log(config::LogLevel::warning, "IAM token", {{"reason", std::string(line)}});
}

}  // namespace

UpstreamTokens::UpstreamTokens(const config::Upstream& upstream)
    : source_(iam_settings(upstream), aws_environment(), warn) {}

void UpstreamTokens::ask(const iam::TokenSource::Executor& executor,
                         pool::Passwords::Answer answer) {
  source_.get(executor,
              [given = given_, answer = std::move(answer)](const iam::TokenAnswer& found) {
                if (!found.token) return answer(Outcome(std::in_place_index<1>, found.reason));
                {
                  const std::lock_guard lock(given->mutex);
                  given->token = found.token;
                }
                answer(Outcome(std::in_place_index<0>, found.token->reveal()));
              });
}

// On a thread of the system's: who waits here has no executor that lives long enough.
UpstreamTokens::Outcome UpstreamTokens::wait(std::chrono::milliseconds patience) {
  const auto promise = std::make_shared<std::promise<Outcome>>();
  auto outcome = promise->get_future();
  ask(boost::asio::system_executor(),
      [promise](Outcome found) { promise->set_value(std::move(found)); });
  if (outcome.wait_for(patience) == std::future_status::ready) return outcome.get();
  return Outcome(std::in_place_index<1>, "no IAM token in time");
}

void UpstreamTokens::refused(std::string_view hint) {
  std::shared_ptr<const iam::Secret> token;
  {
    const std::lock_guard lock(given_->mutex);
    token = given_->token;
  }
  if (token) source_.refused(token->reveal(), hint);
}

pool::Passwords passwords(UpstreamTokens& tokens, net::Executor executor) {
  return {[&tokens, executor](const wire::LoginRequest&, pool::Passwords::Answer answer) {
            tokens.ask(executor, std::move(answer));
          },
          [&tokens](const wire::LoginRequest&, std::string_view hint) { tokens.refused(hint); }};
}

}  // namespace occam
