#include "proxy/locking_inquiry.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <utility>

#include "proxy/upstream/connector.hpp"
#include "proxy/upstream_login.hpp"

namespace occam {
namespace {

using namespace std::chrono_literals;
using Session = upstream::LockingProbe::Session;

// Beside the time to connect: some forty answers.
constexpr auto conversation_time = 5s;
constexpr std::chrono::milliseconds first_pause = 500ms;
constexpr std::chrono::milliseconds longest_pause = 60s;
constexpr std::size_t longest_answer = std::size_t{64} << 10;

std::string fresh_row() {
  constexpr std::string_view digits = "0123456789abcdef";
  std::random_device random;
  std::string row;
  while (row.size() < 16) row += digits[random() % digits.size()];
  return row;
}

// One probe from end to end. Its handlers hold a plain pointer: they run inside run() only.
class Inquiry {
 public:
  static constexpr std::size_t connects = 2;

  explicit Inquiry(const Listener& listener)
      : listener_(listener),
        timer_(io_.get_executor()),
        probe_(listener.config.upstream.server, fresh_row()) {}

  upstream::LockingFinding run(const std::stop_token& stop) {
    const std::stop_callback end(stop, [this] { io_.stop(); });
    timer_.expires_after(listener_.config.upstream.connect_timeout + conversation_time);
    timer_.async_wait([this](net::Error error) {
      if (!error) lose("it did not answer in time");
    });
    for (const auto session : {Session::holder, Session::challenger}) connect(session);
    io_.run();
    probe_.on_loss("ended before it was done");
    return probe_.finding();
  }

 private:
  struct Line {
    net::Stream stream;
    wire::Framer framer;
  };

  // Database postgres is there on every server, and public in it is the same for all.
  void connect(Session session) {
    wire::Startup startup;
    startup.database = "postgres";
    startup.parameters = {{"application_name", "occam"}};
    auto target = upstream_target(listener_, startup);
    target.frames = {};
    target.frames.message = longest_answer;
    auto request = login_request(listener_.config, startup);
    if (listener_.tokens) {
      auto found = listener_.tokens->wait(listener_.config.upstream.connect_timeout);
      if (found.index() == 1) return lose(std::get<1>(found));
      request.password = std::get<0>(std::move(found));
    }
    upstream::Connector::start(
        io_.get_executor(), target, std::move(request),
        [this, session](upstream::Outcome outcome) { on_upstream(session, std::move(outcome)); });
  }

  void on_upstream(Session session, upstream::Outcome outcome) {
    if (const auto* failure = std::get_if<upstream::Failure>(&outcome))
      return lose(failure->reason);
    auto& connected = std::get<upstream::Connected>(outcome);
    line(session).emplace(Line{std::move(connected.stream), std::move(connected.framer)});
    read(session);
    if (!lines_[0] || !lines_[1]) return;
    probe_.start(to_servers_);
    send();
  }

  void read(Session session) {
    auto& framer = line(session)->framer;
    line(session)->stream.read_some(framer.space(),
                                    [this, session](net::Error error, std::size_t count) {
                                      if (error) return lose("it closed a connection");
                                      line(session)->framer.filled(count);
                                      take(session);
                                    });
  }

  void take(Session session) {
    try {
      while (const auto frame = line(session)->framer.next())
        if (probe_.on_frame(session, *frame, to_servers_) ==
            upstream::LockingProbe::Verdict::over) {
          send();
          return io_.stop();
        }
    } catch (const wire::ProtocolViolation& violation) {
      return lose(violation.what());
    }
    send();
    read(session);
  }

  // A question is one short message, and the one before it has been answered.
  void send() {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      const auto bytes = std::exchange(to_servers_[i], "");
      if (bytes.empty() || !lines_[i]) continue;
      net::Error error;
      if (lines_[i]->stream.write_now(bytes, error) < bytes.size() || error)
        return lose("it takes no more questions");
    }
  }

  void lose(const std::string& reason) {
    probe_.on_loss(reason);
    io_.stop();
  }

  std::optional<Line>& line(Session session) { return lines_[static_cast<std::size_t>(session)]; }

  const Listener& listener_;
  net::asio::io_context io_{1};
  net::Timer timer_;
  upstream::LockingProbe probe_;
  upstream::LockingProbe::ToServers to_servers_;
  std::array<std::optional<Line>, 2> lines_;
};

// False: told to stop.
bool pause(const std::stop_token& stop, std::chrono::milliseconds length) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, length, [] { return false; });
  return !stop.stop_requested();
}

// As every connect to the upstream, within this instance's share of what the cluster admits.
void await_budget(pool::SharedConnectBudget& budget, const std::stop_token& stop) {
  for (;;) {
    const auto now = std::chrono::steady_clock::now();
    if (budget.take(now)) return;
    if (!pause(stop, std::chrono::ceil<std::chrono::milliseconds>(budget.next(now) - now))) return;
  }
}

}  // namespace

bool depends_on_upstream(const config::Rewriting& rewriting, const rewriter::TableRules& rules) {
  if (!rewriting.dialect) return true;
  return *rewriting.dialect != rewriter::Dialect::dsql_2025 &&
         std::any_of(rules.tables.begin(), rules.tables.end(), [](const auto& table) {
           return table.second.share == rewriter::ShareRule::auto_;
         });
}

upstream::LockingFinding LockingInquiry::ask(const std::stop_token& stop) const {
  if (!listener_.config.upstream.user.empty()) {
    for (std::size_t i = 0; i < Inquiry::connects; ++i)
      await_budget(listener_.connect_budget, stop);
    return Inquiry(listener_).run(stop);
  }
  upstream::LockingFinding nobody;
  nobody.reason = "there is nobody to log in as; set upstream.user and upstream.password";
  return nobody;
}

void LockingInquiry::go_on(bool wait, Found found) {
  if (thread_.joinable()) return;
  thread_ = std::jthread([this, wait, found = std::move(found)](const std::stop_token& stop) {
    auto length = first_pause;
    if (wait && !pause(stop, length)) return;
    for (;;) {
      const auto finding = ask(stop);
      if (stop.stop_requested()) return;
      found(finding);
      if (!finding.again) return;
      length = std::min(2 * length, longest_pause);
      if (!pause(stop, length)) return;
    }
  });
}

}  // namespace occam
