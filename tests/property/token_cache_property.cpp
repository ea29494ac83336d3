// Laws of the token cache over random schedules of askers, refusals, refreshes that succeed, fail
// or take long, and a clock that now and then is set back: never a token that is not valid, never
// two refreshes under way, everybody answered exactly once.
#include <map>
#include <set>
#include <string>

#include <catch2/catch.hpp>
#include <rapidcheck.h>

#include "proxy/iam/token_cache.hpp"

namespace occam::iam {
namespace {

using std::chrono::seconds;
using Refresh = TokenCache::Refresh;

// The shell around the cache, without its threads.
class Schedule {
 public:
  void step() {
    now_ += seconds(*rc::gen::weightedElement<int>(
        {{40, 0}, {30, 1}, {20, 30}, {10, 200}, {3, 1000}, {1, -2}, {1, -5000}}));
    switch (*rc::gen::weightedElement<int>({{50, 0}, {10, 1}, {30, 2}, {15, 3}})) {
      case 0:
        waiting_.insert(next_);
        return obey(cache_.on_ask(next_++, now_));
      case 1:
        if (!served_.empty())
          obey(cache_.on_refused((*rc::gen::elementOf(served_))->reveal(), now_));
        return;
      case 2:
        return finish(true);
      default:
        return finish(false);
    }
  }

  // Once a refresh is through nobody may be left over.
  void end() {
    for (int i = 0; i < 3 && under_way_ != Refresh::none; ++i) finish(true);
    RC_ASSERT(under_way_ == Refresh::none);
    RC_ASSERT(waiting_.empty());
  }

 private:
  void finish(bool well) {
    if (under_way_ == Refresh::none) return;
    const bool fresh = under_way_ == Refresh::begin_with_fresh_credentials;
    under_way_ = Refresh::none;
    if (!well) return obey(cache_.on_failure("no STS", now_));
    const auto issued = now_ - seconds(*rc::gen::inRange(0, 12));
    const auto life = seconds(*rc::gen::element(1, 60, 900));
    const auto name = "token " + std::to_string(lives_.size());
    lives_[name] = {issued, issued + life, fresh};
    obey(cache_.on_token({Secret(std::string_view(name)), issued, issued + life}, now_));
  }

  void obey(const TokenCache::Orders& orders) {
    if (orders.refresh != Refresh::none) {
      RC_ASSERT(under_way_ == Refresh::none);
      under_way_ = orders.refresh;
    }
    for (const auto asker : orders.answered) RC_ASSERT(waiting_.erase(asker) == 1);
    if (orders.answered.empty()) return;
    RC_ASSERT((orders.answer.token == nullptr) != orders.answer.reason.empty());
    if (!orders.answer.token) return;
    const auto& life = lives_.at(std::string(orders.answer.token->reveal()));
    RC_ASSERT(life.issued <= now_);
    RC_ASSERT(now_ < life.expires);
    served_.push_back(orders.answer.token);
  }

  struct Life {
    Instant issued;
    Instant expires;
    bool fresh = false;
  };

  TokenCache cache_;
  Instant now_ = parse_amz_date("20260102T030405Z").value();
  Refresh under_way_ = Refresh::none;
  TokenCache::Asker next_ = 0;
  std::set<TokenCache::Asker> waiting_;
  std::map<std::string, Life> lives_;
  std::vector<SharedToken> served_;
};

}  // namespace

TEST_CASE("token cache: laws over random schedules") {
  CHECK(rc::check([] {
    Schedule schedule;
    const auto steps = *rc::gen::inRange(1, 120);
    for (int i = 0; i < steps; ++i) schedule.step();
    schedule.end();
  }));
}

}  // namespace occam::iam
