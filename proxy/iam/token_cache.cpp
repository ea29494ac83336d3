#include "proxy/iam/token_cache.hpp"

#include <algorithm>
#include <utility>

namespace occam::iam {
namespace {

using std::chrono::seconds;

constexpr seconds first_pause{1};
constexpr seconds longest_pause{60};
// A server that refuses every token must not make us ask STS for each connection.
constexpr seconds between_refusals{10};

}  // namespace

// A clock that went back behind the token's own date makes it a token of the future.
bool TokenCache::is_valid(Instant now) const {
  return kept_ && kept_->issued <= now && now < kept_->expires;
}

bool TokenCache::is_due(Instant now) const {
  return !is_valid(now) || (now - kept_->issued) * 5 >= (kept_->expires - kept_->issued) * 4;
}

bool TokenCache::is_pausing(Instant now) const {
  return failed_at_ <= now && now < failed_at_ + pause_;
}

TokenCache::Refresh TokenCache::begin() {
  phase_ = fresh_wanted_ ? Phase::refreshing_with_fresh_credentials : Phase::refreshing;
  return fresh_wanted_ ? Refresh::begin_with_fresh_credentials : Refresh::begin;
}

TokenCache::Orders TokenCache::answer_all(TokenAnswer answer) {
  Orders orders;
  orders.answered = std::exchange(askers_, {});
  orders.answer = std::move(answer);
  return orders;
}

TokenCache::Orders TokenCache::on_ask(Asker asker, Instant now) {
  askers_.push_back(asker);
  const bool may_begin = phase_ == Phase::resting && !is_pausing(now);
  const bool due = is_due(now);
  if (!is_valid(now)) {
    kept_.reset();
    if (phase_ == Phase::resting && !may_begin) return answer_all({nullptr, reason_});
    Orders orders;
    if (may_begin) orders.refresh = begin();
    return orders;
  }
  auto orders = answer_all({kept_->token, {}});
  if (due && may_begin) orders.refresh = begin();
  return orders;
}

TokenCache::Orders TokenCache::on_refused(std::string_view token, Instant now) {
  if (!kept_ || kept_->token->reveal() != token) return {};  // another took its place already
  if (refused_at_ && *refused_at_ <= now && now < *refused_at_ + between_refusals) return {};
  refused_at_ = now;
  kept_.reset();
  fresh_wanted_ = true;
  Orders orders;
  if (phase_ == Phase::resting) orders.refresh = begin();
  return orders;
}

TokenCache::Orders TokenCache::on_token(Token token, Instant now) {
  const bool fresh = phase_ == Phase::refreshing_with_fresh_credentials;
  phase_ = Phase::resting;
  if (fresh_wanted_ && !fresh) {
    Orders orders;
    orders.refresh = begin();
    return orders;
  }
  kept_ = Kept{std::make_shared<const Secret>(std::move(token.text)), token.issued, token.expires};
  if (!is_valid(now)) return on_failure("the token was no longer valid when it was made", now);
  fresh_wanted_ = false;
  pause_ = seconds(0);
  warned_ = false;
  return answer_all({kept_->token, {}});
}

TokenCache::Orders TokenCache::on_failure(const std::string& reason, Instant now) {
  phase_ = Phase::resting;
  failed_at_ = now;
  pause_ = std::clamp(2 * pause_, first_pause, longest_pause);
  reason_ = reason;
  if (!is_valid(now)) {
    kept_.reset();
    return answer_all({nullptr, reason});
  }
  Orders orders;
  if (!std::exchange(warned_, true))
    orders.warning = "no new IAM token, the one at hand is good until " + amz_date(kept_->expires) +
                     ": " + reason;
  return orders;
}

}  // namespace occam::iam
