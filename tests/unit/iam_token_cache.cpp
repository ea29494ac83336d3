// The token source's pure node, step by step under a simulated clock.
#include <string>

#include <catch2/catch.hpp>

#include "proxy/iam/token_cache.hpp"

namespace occam::iam {
namespace {

using std::chrono::seconds;
using Refresh = TokenCache::Refresh;
using Askers = std::vector<TokenCache::Asker>;

const Instant start = parse_amz_date("20260102T030405Z").value();

Token token(std::string_view text, Instant issued, seconds life = seconds(900)) {
  return {Secret(text), issued, issued + life};
}

std::string text_of(const TokenCache::Orders& orders) {
  return orders.answer.token ? std::string(orders.answer.token->reveal()) : "none";
}

// A cache that holds the token `first`, issued at `start`.
TokenCache with_token() {
  TokenCache cache;
  cache.on_ask(0, start);
  cache.on_token(token("first", start), start);
  return cache;
}

}  // namespace

TEST_CASE("token cache: the first asker begins a refresh, the others wait for it") {
  TokenCache cache;
  CHECK(cache.on_ask(1, start).refresh == Refresh::begin);
  const auto second = cache.on_ask(2, start + seconds(1));
  CHECK(second.refresh == Refresh::none);
  CHECK(second.answered.empty());
  const auto done = cache.on_token(token("first", start + seconds(2)), start + seconds(2));
  CHECK(done.answered == Askers{1, 2});
  CHECK(text_of(done) == "first");
  CHECK(done.refresh == Refresh::none);
}

TEST_CASE("token cache: from 80 % of its life on the next one is made meanwhile") {
  auto cache = with_token();
  const auto young = cache.on_ask(1, start + seconds(719));
  CHECK(young.answered == Askers{1});
  CHECK(text_of(young) == "first");
  CHECK(young.refresh == Refresh::none);
  const auto due = cache.on_ask(2, start + seconds(720));
  CHECK(due.answered == Askers{2});
  CHECK(text_of(due) == "first");
  CHECK(due.refresh == Refresh::begin);
  CHECK(cache.on_ask(3, start + seconds(721)).refresh == Refresh::none);
  cache.on_token(token("second", start + seconds(722)), start + seconds(722));
  CHECK(text_of(cache.on_ask(4, start + seconds(722))) == "second");
}

TEST_CASE("token cache: an expired token is served to nobody") {
  auto cache = with_token();
  CHECK(text_of(cache.on_ask(1, start + seconds(899))) == "first");
  cache.on_failure("no STS", start + seconds(899));
  const auto late = cache.on_ask(2, start + seconds(900));
  CHECK(late.answer.token == nullptr);
}

TEST_CASE("token cache: a failed refresh keeps the valid token, and warns once") {
  auto cache = with_token();
  CHECK(cache.on_ask(1, start + seconds(720)).refresh == Refresh::begin);
  const auto failed = cache.on_failure("no STS", start + seconds(721));
  CHECK(failed.answered.empty());
  CHECK(failed.warning ==
        "no new IAM token, the one at hand is good until 20260102T031905Z: no STS");
  const auto pausing = cache.on_ask(2, start + seconds(721));
  CHECK(text_of(pausing) == "first");
  CHECK(pausing.refresh == Refresh::none);
  CHECK(cache.on_ask(3, start + seconds(722)).refresh == Refresh::begin);
  CHECK(cache.on_failure("no STS", start + seconds(723)).warning.empty());
  CHECK(text_of(cache.on_ask(4, start + seconds(724))) == "first");
}

TEST_CASE("token cache: without a token a failure is answered, and not repeated at once") {
  TokenCache cache;
  auto now = start;
  cache.on_ask(1, now);
  const auto failed = cache.on_failure("no STS", now);
  CHECK(failed.answered == Askers{1});
  CHECK(failed.answer.reason == "no STS");
  const auto soon = cache.on_ask(2, now);
  CHECK(soon.answered == Askers{2});
  CHECK(soon.answer.reason == "no STS");
  CHECK(soon.refresh == Refresh::none);
  for (const int pause : {1, 2, 4, 8, 16, 32, 60, 60}) {
    CHECK(cache.on_ask(3, now + seconds(pause) - seconds(1)).refresh == Refresh::none);
    now += seconds(pause);
    CHECK(cache.on_ask(4, now).refresh == Refresh::begin);
    cache.on_failure("no STS", now);
  }
  CHECK(cache.on_ask(5, now - seconds(1)).refresh == Refresh::begin);  // the clock was set back
}

TEST_CASE("token cache: a refused token is replaced from fresh credentials, once in a while") {
  auto cache = with_token();
  const auto first = cache.on_ask(1, start + seconds(5)).answer.token;
  CHECK(cache.on_refused(first->reveal(), start + seconds(5)).refresh ==
        Refresh::begin_with_fresh_credentials);
  CHECK(cache.on_ask(2, start + seconds(5)).answered.empty());
  const auto made = cache.on_token(token("second", start + seconds(6)), start + seconds(6));
  CHECK(made.answered == Askers{2});
  CHECK(text_of(made) == "second");
  CHECK(cache.on_refused(first->reveal(), start + seconds(6)).refresh == Refresh::none);
  CHECK(cache.on_refused(made.answer.token->reveal(), start + seconds(7)).refresh == Refresh::none);
  CHECK(text_of(cache.on_ask(3, start + seconds(7))) == "second");
  CHECK(cache.on_refused(made.answer.token->reveal(), start + seconds(15)).refresh ==
        Refresh::begin_with_fresh_credentials);
}

TEST_CASE("token cache: a refusal while a refresh is under way makes it begin again") {
  auto cache = with_token();
  const auto asked = cache.on_ask(1, start + seconds(720));
  CHECK(asked.refresh == Refresh::begin);
  CHECK(cache.on_refused(asked.answer.token->reveal(), start + seconds(721)).refresh ==
        Refresh::none);
  CHECK(cache.on_ask(2, start + seconds(721)).answered.empty());
  const auto stale = cache.on_token(token("of old", start + seconds(722)), start + seconds(722));
  CHECK(stale.answered.empty());
  CHECK(stale.refresh == Refresh::begin_with_fresh_credentials);
  const auto fresh = cache.on_token(token("of new", start + seconds(723)), start + seconds(723));
  CHECK(fresh.answered == Askers{2});
  CHECK(text_of(fresh) == "of new");
}

TEST_CASE("token cache: fresh credentials stay wanted until they have made a token") {
  auto cache = with_token();
  const auto first = cache.on_ask(1, start).answer.token;
  cache.on_refused(first->reveal(), start);
  CHECK(cache.on_failure("no STS", start).answered.empty());
  CHECK(cache.on_ask(2, start + seconds(1)).refresh == Refresh::begin_with_fresh_credentials);
}

TEST_CASE("token cache: a token of the future is none") {
  auto cache = with_token();
  const auto back = cache.on_ask(1, start - seconds(1));
  CHECK(back.answered.empty());
  CHECK(back.refresh == Refresh::begin);
}

TEST_CASE("token cache: a token that came too late is a failure") {
  TokenCache cache;
  cache.on_ask(1, start);
  const auto late = cache.on_token(token("first", start, seconds(5)), start + seconds(5));
  CHECK(late.answered == Askers{1});
  CHECK(late.answer.token == nullptr);
}

TEST_CASE("token cache: a token lives as long as somebody holds it") {
  auto cache = with_token();
  const auto held = cache.on_ask(1, start).answer.token;
  const std::weak_ptr<const Secret> seen = held;
  cache.on_refused(held->reveal(), start);
  CHECK(held.use_count() == 1);
  CHECK(held->reveal() == "first");
}

}  // namespace occam::iam
