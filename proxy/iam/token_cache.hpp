// The pure node of the token source: which token is kept and until when, who waits for the next,
// when the next is made and what becomes of failures. Events in, orders out. Knows no clock, no
// thread and no credentials; `now` may jump, as a machine's clock does. One thread at a time.
//
//   a token is served while it is valid; from 80 % of its life on the next one is made meanwhile
//   at most one refresh is under way, whoever asks; on_token or on_failure ends it
//   a refusal throws the token away and orders one from fresh credentials, once in a while only
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/iam/token.hpp"

namespace occam::iam {

// Wiped when the last who holds it lets go.
using SharedToken = std::shared_ptr<const Secret>;

struct TokenAnswer {
  SharedToken token;   // nothing: there is none
  std::string reason;  // why not; one line without secrets
};

class TokenCache {
 public:
  using Asker = std::uint64_t;

  enum class Refresh {
    none,
    begin,                         // with the credentials at hand, if they will do
    begin_with_fresh_credentials,  // look for them again
  };
  struct Orders {
    Refresh refresh = Refresh::none;
    std::vector<Asker> answered;  // all of them get `answer`
    TokenAnswer answer;
    std::string warning;  // for the log; empty: none
  };

  // `asker` is new; it is answered once, now or with later orders.
  Orders on_ask(Asker asker, Instant now);
  // The server took `token` for no valid one.
  Orders on_refused(std::string_view token, Instant now);
  Orders on_token(Token token, Instant now);
  Orders on_failure(const std::string& reason, Instant now);

 private:
  enum class Phase { resting, refreshing, refreshing_with_fresh_credentials };
  struct Kept {
    SharedToken token;
    Instant issued;
    Instant expires;
  };

  bool is_valid(Instant now) const;
  bool is_due(Instant now) const;
  bool is_pausing(Instant now) const;
  Refresh begin();
  Orders answer_all(TokenAnswer answer);

  Phase phase_ = Phase::resting;
  std::optional<Kept> kept_;
  std::vector<Asker> askers_;
  bool fresh_wanted_ = false;  // the credentials at hand made a token that was refused
  std::optional<Instant> refused_at_;
  Instant failed_at_;
  std::chrono::seconds pause_{0};  // after the last failure; none: it was no failure
  std::string reason_;
  bool warned_ = false;
};

}  // namespace occam::iam
