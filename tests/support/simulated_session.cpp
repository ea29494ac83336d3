#include "tests/support/simulated_session.hpp"

#include <algorithm>

namespace occam::simulation {

using relay::Phase;

Session::Session(World& world, int number)
    : world_(world),
      number_(number),
      client_(number, world.scenario.client, world.report.account, world.random),
      session_{&world.rewriter, relay::ReportedParameters()},
      relay_(
          std::make_unique<relay::Relay>(world.settings, world.budget, world.random(), session_)),
      server_(std::make_unique<Connection>(world.database, world.scenario.faults, world.random)),
      from_client_(wire::FrameLimits{}),
      at_server_(wire::FrameLimits{}),
      from_server_(wire::FrameLimits{}),
      at_client_(wire::FrameLimits{}) {
  relay_->on_server_ready(upstream_, now(), out_);
}

relay::TimePoint Session::now() const {
  return relay::TimePoint(std::chrono::microseconds(world_.report.steps));
}

void Session::write(const std::string& line) {
  if (world_.transcript != nullptr) *world_.transcript << number_ << " " << line << "\n";
}

void Session::write(const char* arrow, const wire::Frame& frame, trace::Direction direction) {
  if (world_.transcript == nullptr) return;
  write(arrow + (" " + trace::render(frame, direction, trace::Show::everything)));
}

// The next piece of a pipe: a byte, a few, or all of it.
std::string Session::take(std::string& pipe) {
  const auto choice = world_.random() % 4;
  auto count = choice == 0 ? 1 : choice == 1 ? 1 + world_.random() % 12 : pipe.size();
  count = std::min<std::size_t>(count, pipe.size());
  auto piece = pipe.substr(0, count);
  pipe.erase(0, count);
  return piece;
}

bool Session::step() {
  auto& random = world_.random;
  if (!gone_ && client_.wants_to_leave()) {
    leave();
    return true;
  }
  if (!gone_ && world_.scenario.client.cancels && random() % 100 == 0) {
    const auto before = relay_->phase();
    relay_->on_cancel(now(), out_);
    obey(before, "cancel");
    return true;
  }
  if (!connecting_ && !lost_pending_ && server_ && random() % 100000 < world_.scenario.losses) {
    lose();
    return true;
  }
  const auto start = random() % 7;
  for (unsigned i = 0; i < 7; ++i) {
    switch ((start + i) % 7) {
      case 0:
        if (auto bytes = client_.speak(); !bytes.empty()) {
          to_proxy_ += bytes;
          return true;
        }
        if (client_.finished() && !gone_) {
          over_ = true;
          return true;
        }
        break;
      case 1:
        if (!to_proxy_.empty()) {
          deliver_to_proxy();
          return true;
        }
        break;
      case 2:
        if (!to_server_.empty() && server_) {
          deliver_to_server();
          return true;
        }
        break;
      case 3:
        if (!to_relay_.empty()) {
          deliver_from_server();
          return true;
        }
        if (lost_pending_) {
          lost_pending_ = false;
          const auto before = relay_->phase();
          relay_->on_server_lost(now(), out_);
          obey(before, "lost");
          return true;
        }
        break;
      case 4:
        if (!to_client_.empty()) {
          deliver_to_client();
          return true;
        }
        break;
      case 5:
        if (waiting_) {
          waiting_ = false;
          const auto before = relay_->phase();
          relay_->on_timer(now(), out_);
          obey(before, "timer");
          return true;
        }
        break;
      default:
        if (connecting_) {
          connected();
          return true;
        }
        break;
    }
  }
  return false;
}

namespace {

void feed(wire::Framer& framer, const std::string& bytes) {
  const auto room = framer.space(bytes.size());
  std::copy(bytes.begin(), bytes.end(), room.begin());
  framer.filled(bytes.size());
}

}  // namespace

void Session::deliver_to_proxy() {
  feed(from_client_, take(to_proxy_));
  while (const auto frame = from_client_.next()) {
    const auto before = relay_->phase();
    write("C>", *frame, trace::Direction::from_client);
    relay_->on_client(*frame, now(), out_);
    obey(before, "client");
  }
}

void Session::deliver_to_server() {
  feed(at_server_, take(to_server_));
  while (const auto frame = at_server_.next()) {
    write(">S", *frame, trace::Direction::from_client);
    server_->receive(*frame, to_relay_);
  }
}

void Session::deliver_from_server() {
  feed(from_server_, take(to_relay_));
  while (const auto frame = from_server_.next()) {
    const auto before = relay_->phase();
    write("S>", *frame, trace::Direction::from_server);
    relay_->on_server(*frame, now(), out_);
    obey(before, "server");
  }
}

void Session::deliver_to_client() {
  feed(at_client_, take(to_client_));
  while (const auto frame = at_client_.next()) {
    write(">C", *frame, trace::Direction::from_server);
    client_.listen(*frame);
  }
}

// The connection breaks: the server forgets its transaction; of what was under way, a part may
// still arrive.
void Session::lose() {
  ++world_.report.connections_lost;
  write("!! connection lost");
  if (world_.random() % 2 == 0 &&
      !to_server_.empty()) {  // the server still works off what reached it
    feed(at_server_, to_server_.substr(0, world_.random() % (to_server_.size() + 1)));
    while (const auto frame = at_server_.next()) server_->receive(*frame, to_relay_);
  }
  server_.reset();
  to_server_.clear();
  at_server_ = wire::Framer(wire::FrameLimits{});
  to_relay_.resize(world_.random() % (to_relay_.size() + 1));
  lost_pending_ = true;
}

void Session::connected() {
  const auto before = relay_->phase();
  if (world_.random() % 1000 < world_.scenario.refused_connects) {
    if (world_.random() % 4 != 0) return;  // whoever looks for a connection tries again
    connecting_ = false;
    relay_->on_server_refused({"ERROR", "53300", "no", {}, {}}, now(), out_);
  } else {
    connecting_ = false;
    if (auto& pool = world_.pool; !pool.empty() && world_.random() % 8 != 0) {
      auto& idle = pool[world_.random() % pool.size()];
      server_ = std::move(idle.server);
      upstream_ = std::move(idle.session);
      std::swap(idle, pool.back());
      pool.pop_back();
      ++world_.report.connections_reused;
    } else {
      server_ =
          std::make_unique<Connection>(world_.database, world_.scenario.faults, world_.random);
      upstream_ = {};
    }
    at_server_ = wire::Framer(wire::FrameLimits{});
    from_server_ = wire::Framer(wire::FrameLimits{});
    relay_->on_server_ready(upstream_, now(), out_);
  }
  obey(before, server_ ? "ready" : "refused");
}

// To the pool, where others find it.
void Session::part() {
  relay_->part();
  world_.pool.push_back({std::move(server_), std::move(upstream_)});
  write(".. part");
}

// The client vanishes. The session lives on until the relay says that what was sent is carried out.
void Session::leave() {
  client_.left();
  gone_ = true;
  to_proxy_.clear();
  const auto before = relay_->phase();
  relay_->on_client_gone(now(), out_);
  obey(before, "gone");
}

void Session::obey(Phase before, const char* event) {
  const auto after = relay_->phase();
  if (before != after)
    write(std::string(".. ") + relay::name(before) + " -> " + relay::name(after));
  if (before != after) {
    world_.report.transitions.insert({relay::name(before), event, relay::name(after)});
  }
  for (const auto& fact : out_.facts) note(fact);
  if (!out_.to_server.empty() && (!server_ || lost_pending_ || connecting_)) {
    // Written into a connection that is broken already: the relay learns of it next.
    if (!lost_pending_) throw Violation("bytes for a server that is not there");
  } else {
    to_server_ += out_.to_server;
  }
  if (!gone_) to_client_ += out_.to_client;
  if (out_.wait) waiting_ = true;
  if (out_.lease) {
    server_.reset();
    lost_pending_ = false;
    to_server_.clear();
    to_relay_.clear();
    connecting_ = true;
  }
  if (out_.close && !gone_ && !world_.scenario.client.streams && !world_.scenario.client.flushes) {
    throw Violation("the relay closed the client's connection");
  }
  if (out_.close) {
    at_client_ = wire::Framer(wire::FrameLimits{});
    if (!gone_) client_.left();
    over_ = true;
  }
  out_.clear();
  const bool quiet = to_server_.empty() && to_relay_.empty() && server_ && !lost_pending_;
  if (quiet && world_.scenario.pooled && relay_->may_part()) part();
  if (relay_->may_rest()) rest();
}

// What the client asks next it may ask of the relay that has just served another.
void Session::rest() {
  auto& relays = world_.relays;
  relays.push_back(std::move(relay_));
  relay_ = std::move(relays.front());
  relays.pop_front();
  relay_->serve(session_);
}

void Session::note(const relay::Fact& fact) {
  auto& report = world_.report;
  if (const auto* conflict = std::get_if<relay::Conflict>(&fact)) {
    const bool told = conflict->kind != relay::ConflictKind::lost;
    ++(told ? report.relay_conflicts : report.relay_losses);
  } else if (const auto* decided = std::get_if<relay::Decided>(&fact)) {
    ++report.verdicts[decided->verdict];
    report.decided_conflicts += decided->conflicts;
    if (decided->verdict == relay::Verdict::attempts_exhausted) client_.gave_up();
  }
}

}  // namespace occam::simulation
