// What it costs to lend a connection and to take it back: not one allocation, once warm.
#include <algorithm>
#include <cstddef>

#include <boost/asio/post.hpp>
#include <catch2/catch.hpp>

#include "proxy/pool/pool.hpp"

#include "tests/support/counted_allocations.hpp"
#include "tests/support/loopback_upstream.hpp"

namespace occam::pool {
namespace {

// Takes a connection, has its empty query answered, gives it back, and again.
class Session : public Peer::Owner, public std::enable_shared_from_this<Session> {
 public:
  Session(Pool& pool, std::shared_ptr<Account> account)
      : pool_(pool), account_(std::move(account)) {}

  void begin() {
    const auto before = counted_allocations();
    connection_ = pool_.take(*account_);
    spent_ += counted_allocations() - before;
    if (connection_) return talk();
    pool_.wait(*account_, std::chrono::steady_clock::now() + std::chrono::seconds(10),
               [self = shared_from_this()](auto result) {
                 self->connection_ = std::get<std::unique_ptr<Connection>>(std::move(result));
                 self->talk();
               });
  }
  void on_read(Peer& peer, net::Error error) override {
    REQUIRE_FALSE(error);
    bool answered = false;
    while (const auto frame = peer.next()) answered = frame->type == 'Z';
    if (!answered) return peer.read();
    ++leases_;
    const auto before = counted_allocations();
    pool_.give_back(std::move(connection_), Condition::clean);
    spent_ += counted_allocations() - before;
    if (leases_ == warm) spent_ = 0;
    if (leases_ < most) begin();
  }
  void on_written(Peer&) override {}

  bool over() const { return leases_ == most; }
  std::size_t spent() const { return spent_; }

 private:
  static constexpr int warm = 100;
  static constexpr int most = 1100;

  void talk() {
    connection_->peer->belong_to(shared_from_this());
    query_.clear();
    wire::frontend::append_query(query_, "");
    connection_->peer->send(query_);
    connection_->peer->read();
  }

  Pool& pool_;
  std::shared_ptr<Account> account_;
  std::unique_ptr<Connection> connection_;
  std::string query_;
  int leases_ = 0;
  std::size_t spent_ = 0;
};

TEST_CASE("allocations: none for a lease, once warm") {
  net::asio::io_context io;
  LoopbackUpstream server(io.get_executor());
  SharedConnectBudget budget(100, 100);
  Policy policy;
  policy.connections = 4;
  Pool pool(io.get_executor(), policy, budget, {},
            {[] {}, [](upstream::FailureKind, const std::string&) {}});
  Login login{"one", {}, {}};
  login.target.host = "127.0.0.1";
  login.target.port = server.port();
  const auto account = pool.account(login);
  std::vector<std::shared_ptr<Session>> sessions;
  for (int i = 0; i < 4; ++i) sessions.push_back(std::make_shared<Session>(pool, account));
  for (const auto& session : sessions) net::asio::post(io, [&session] { session->begin(); });
  while (!std::all_of(sessions.begin(), sessions.end(), [](auto& one) { return one->over(); }))
    io.run_one();
  CHECK(pool.counts().taken >= 4000);
  for (const auto& session : sessions) CHECK(session->spent() == 0);
}

}  // namespace
}  // namespace occam::pool
