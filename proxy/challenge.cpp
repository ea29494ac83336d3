#include "proxy/challenge.hpp"

#include <utility>

namespace occam {

using Verdict = wire::Authentication::Verdict;

Challenge::Challenge(std::shared_ptr<Peer> client, wire::Authentication authentication, Done done)
    : client_(std::move(client)),
      authentication_(std::move(authentication)),
      done_(std::move(done)) {}

void Challenge::start() {
  limits_ = client_->limit({.message = wire::authentication_message_limit});
  client_->belong_to(std::shared_ptr<Peer::Owner>(shared_from_this(), this));
  authentication_.start(to_client_);
  go_on();
}

void Challenge::on_read(Peer&, net::Error error) {
  if (error)
    return end(Unproven{Unproven::Kind::left, "", "the client left before it was authenticated"});
  go_on();
}

void Challenge::go_on() {
  const auto self = shared_from_this();  // the owner lets go of it when it ends
  const auto verdict = answer();
  client_->send(to_client_);
  switch (verdict) {
    case Verdict::more:
      return client_->read();
    case Verdict::authenticated:
      return end(std::nullopt);
    case Verdict::refused:
      return end(
          Unproven{Unproven::Kind::guessed, authentication_.error(), authentication_.reason()});
    case Verdict::broken:
      return end(
          Unproven{Unproven::Kind::broken, authentication_.error(), authentication_.reason()});
  }
}

// What the client sends behind its proof stays in the peer: it belongs to the session.
Verdict Challenge::answer() {
  auto verdict = Verdict::more;
  try {
    while (verdict == Verdict::more) {
      const auto frame = client_->next();
      if (!frame) break;
      verdict = authentication_.on_frame(*frame, to_client_);
    }
  } catch (const wire::ProtocolViolation& violation) {
    verdict = authentication_.on_violation(violation);
  }
  return verdict;
}

void Challenge::end(std::optional<Unproven> unproven) {
  client_->belong_to(nullptr);
  client_->limit(limits_);
  done_(std::move(unproven));
}

}  // namespace occam
