#include "tests/support/conversation.hpp"

#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>

#include "proxy/relay/relay.hpp"
#include "proxy/trace/transcript.hpp"

namespace occam::conversation {

namespace {

using trace::Direction;

std::string describe(const relay::Fact& fact) {
  struct Visitor {
    std::string operator()(const relay::StatementDone& done) const {
      return std::string("statement ") + rewriter::name(done.kind) + (done.failed ? " failed" : "");
    }
    std::string operator()(const relay::Rewritten& rewritten) const {
      std::string text = "rewritten";
      for (const auto& change : rewritten.rewrite->changes) text += " " + change.rule;
      return text;
    }
    std::string operator()(const relay::Refused& refused) const {
      return "refused \"" + refused.rewrite->refusal->message + "\"";
    }
    std::string operator()(const relay::Conflict& conflict) const {
      return std::string("conflict ") + relay::name(conflict.kind) +
             (conflict.at_commit ? " at_commit" : "");
    }
    std::string operator()(const relay::Attempt& attempt) const {
      return "attempt " + std::to_string(attempt.number);
    }
    std::string operator()(const relay::Decided& decided) const {
      return std::string(relay::name(decided.verdict)) +
             " attempts=" + std::to_string(decided.attempts) +
             " conflicts=" + std::to_string(decided.conflicts);
    }
    std::string operator()(const relay::Unrepeatable& reason) const {
      return std::string("unrepeatable ") + relay::name(reason.reason);
    }
    std::string operator()(const relay::Masked&) const { return "masked"; }
    std::string operator()(const relay::Pinned&) const { return "pinned"; }
    std::string operator()(const relay::LimitNear& near) const {
      return std::string("limit near ") + relay::name(near.limit);
    }
    std::string operator()(const relay::LimitMet& met) const {
      return std::string("limit met ") + relay::name(met.limit);
    }
  };
  return std::visit(Visitor{}, fact);
}

// A DELETE of the table `events` may be cut up, and nobody looks at its number of rows; rows of
// `accounts` are kept by their version; rows of `leases` are held FOR KEY SHARE.
rewriter::RewriterOptions options(rewriter::Server server) {
  using rewriter::ShareRule;
  using rewriter::UpdateRule;
  rewriter::RewriterOptions options;
  options.server = server;
  options.rules.tables["events"].split = {"shard", "id"};
  options.rules.tables["events"].deletes = rewriter::DeleteRule::blind;
  auto& accounts = options.rules.tables["accounts"];
  accounts.update = UpdateRule::version_check;
  accounts.key = {"bank", "id"};
  accounts.version = "version";
  auto& leases = options.rules.tables["leases"];
  leases.share = ShareRule::key_share;
  leases.key = {"id"};
  options.rules.advice.rows = "Lower a setting.";
  return options;
}

class Player {
 public:
  explicit Player(std::size_t lose_at) : lose_at_(lose_at), budget_(std::size_t{1} << 30) {
    settings_.retry.elapsed = std::chrono::hours(1);
  }

  void line(const std::string& line) {
    const auto mark = line.substr(0, 2);
    if (line.empty() || line[0] == '#') {
      played_.text += line + "\n";
    } else if (mark == "%%") {
      configure(line.substr(2));
      played_.text += line + "\n";
    } else if (mark == "C>" || mark == "S>" || mark == "!!") {
      if (lost_ && mark == "S>") return;
      if (++played_.inputs == lose_at_) {
        lost_ = true;
        input("!! lost");
        if (mark == "S>") return;
      }
      input(line);
    } else if (mark != ">S" && mark != ">C" && mark != "..") {
      throw std::runtime_error("not a line of a conversation: " + line);
    }
  }

  Played take() { return std::move(played_); }

 private:
  void configure(const std::string& words) {
    std::istringstream in(words);
    std::string word;
    while (in >> word) {
      const auto equals = word.find('=');
      const auto key = word.substr(0, equals);
      const auto value = std::stoull(word.substr(equals + 1));
      if (key == "attempts") {
        settings_.retry.attempts = static_cast<std::uint32_t>(value);
      } else if (key == "held_bytes") {
        settings_.held_bytes = value;
      } else if (key == "group_bytes") {
        settings_.group_bytes = value;
      } else if (key == "postgresql") {
        server_ = value != 0 ? rewriter::Server::postgresql : rewriter::Server::aurora_dsql;
      } else if (key == "journal_bytes") {
        settings_.journal_bytes = value;
      } else {
        throw std::runtime_error("no such setting: " + key);
      }
    }
  }

  static relay::UpstreamSession upstream_session() {
    relay::UpstreamSession session;
    session.parameters = relay::ReportedParameters(wire::Parameters{{"TimeZone", "UTC"}});
    return session;
  }

  relay::Relay& relay() {
    if (!relay_) {
      rewriter_.emplace(options(server_));
      client_ = {&*rewriter_, upstream_session().parameters};
      relay_ = std::make_unique<relay::Relay>(settings_, budget_, 1, client_);
      upstream_ = upstream_session();
      relay_->on_server_ready(upstream_, {}, out_);
    }
    return *relay_;
  }

  void input(const std::string& line) {
    played_.text += line + "\n";
    if (played_.closed) return;
    const auto what = line.substr(3);
    const auto mark = line.substr(0, 2);
    const relay::TimePoint now{};
    if (mark == "!!") {
      happen(what, now);
    } else {
      const auto bytes = trace::parse(what);
      const wire::Frame frame{bytes[0], bytes};
      if (mark == "C>") {
        if (frame.type == 'Q' || frame.type == 'S' || frame.type == 'F') ++played_.requests;
        relay().on_client(frame, now, out_);
      } else {
        relay().on_server(frame, now, out_);
      }
    }
    outputs();
  }

  void happen(const std::string& what, relay::TimePoint now) {
    if (what == "timer") {
      relay().on_timer(now, out_);
    } else if (what == "lost") {
      relay().on_server_lost(now, out_);
    } else if (what == "ready") {
      upstream_ = upstream_session();
      relay().on_server_ready(upstream_, now, out_);
    } else if (what == "refused") {
      relay().on_server_refused({"ERROR", "53300", "no upstream connection", {}, {}}, now, out_);
    } else if (what == "cancel") {
      relay().on_cancel(now, out_);
    } else if (what == "gone") {
      relay().on_client_gone(now, out_);
    } else {
      throw std::runtime_error("no such event: " + what);
    }
  }

  void outputs() {
    messages(">S ", out_.to_server, Direction::from_client);
    messages(">C ", out_.to_client, Direction::from_server);
    if (out_.wait) played_.text += ".. wait\n";
    if (out_.lease) played_.text += ".. lease\n";
    if (out_.cancel_upstream) played_.text += ".. cancel_upstream\n";
    for (const auto& fact : out_.facts) played_.text += ".. fact " + describe(fact) + "\n";
    if (out_.close) played_.text += ".. close\n";
    played_.closed = played_.closed || out_.close;
    out_.clear();
  }

  void messages(const std::string& arrow, const std::string& bytes, Direction direction) {
    wire::Framer framer{wire::FrameLimits{}};
    const auto room = framer.space(bytes.size());
    std::copy(bytes.begin(), bytes.end(), room.begin());
    framer.filled(bytes.size());
    while (const auto frame = framer.next()) {
      const auto text = trace::render(*frame, direction, trace::Show::everything);
      played_.text += arrow + text + "\n";
      if (direction == Direction::from_server && frame->type == 'Z') ++played_.ready;
      if (direction == Direction::from_client && lost_)
        played_.to_server_after_loss.push_back(text);
    }
  }

  std::size_t lose_at_;
  bool lost_ = false;
  relay::Settings settings_;
  rewriter::Server server_ = rewriter::Server::aurora_dsql;
  std::optional<rewriter::Rewriter> rewriter_;
  relay::Budget budget_;
  relay::UpstreamSession upstream_;
  relay::ClientSession client_{};
  std::unique_ptr<relay::Relay> relay_;
  relay::Output out_;
  Played played_;
};

}  // namespace

Played play(const std::string& text, std::size_t lose_at) {
  Player player(lose_at);
  std::istringstream lines(text);
  std::string line;
  while (std::getline(lines, line)) player.line(line);
  return player.take();
}

}  // namespace occam::conversation
