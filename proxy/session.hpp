// One client's session: the client; a relay from the thread's stock, while there is something to
// carry out; and an upstream connection while the relay wants one, on loan from the pool. Moves
// frames in, obeys the relay's orders, keeps either side from outrunning the other, and ends in one
// place. Decides nothing of the protocol or of retries. Belongs to one thread; keeps itself alive
// until it is over.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "rewriter/rewriter.hpp"

#include "proxy/cancel_keys.hpp"
#include "proxy/net/stream.hpp"
#include "proxy/opening.hpp"
#include "proxy/peer.hpp"
#include "proxy/pool/pool.hpp"
#include "proxy/relay/relay.hpp"
#include "proxy/site.hpp"

namespace occam {

class Session final : public std::enable_shared_from_this<Session>,
                      private Peer::Owner,
                      private CancelKeys::Owner {
 public:
  Session(const Site& site, net::Socket client);
  ~Session();
  void start();

  // Ends as soon as nothing of the client's is open; at once if nothing is.
  void drain();
  // Ends now.
  void stop();

 private:
  using TimePoint = relay::TimePoint;

  // start
  void on_opening(std::variant<Opened, NotOpened> result);
  void open(Opened opened, TimePoint now);
  void welcome(const Opened& opened);

  // events
  template <class Event>
  void on_event(Event event);
  void on_read(Peer& peer, net::Error error) override;
  void on_written(Peer& peer) override;
  void on_client_read(net::Error error, TimePoint now);
  void on_server_read(net::Error error, TimePoint now);
  void feed_server(TimePoint now);
  void on_lease(std::variant<std::unique_ptr<pool::Connection>, pool::Failure> result);
  void on_cancel_key() override;
  void on_cancel_request();

  // orders
  relay::Relay& relay();
  void obey(TimePoint now);
  void hand_over();
  void note_databases(const relay::Fact& fact);
  void wait(std::chrono::microseconds pause);
  bool lease(TimePoint now);
  void take_server(std::unique_ptr<pool::Connection> connection, TimePoint now);
  void cancel_upstream();
  void give_back_if_free(TimePoint now);
  void rest();
  void read_on();

  // end
  void give_back(pool::Condition condition);
  pool::Condition condition() const;
  void refuse(observe::ErrorKind kind, const char* code, const std::string& message);
  void fail(observe::ErrorKind kind, const std::string& reason);
  void finish();

  const Site& site_;
  std::shared_ptr<rewriter::Rewriter> rewriter_;
  std::shared_ptr<Opening> opening_;
  std::optional<Seat> seat_;
  wire::backend::BackendKeyData own_key_;

  std::shared_ptr<Peer> client_;
  std::shared_ptr<pool::Account> account_;
  std::unique_ptr<pool::Connection> server_;  // null while there is none
  std::optional<pool::Ticket> ticket_;        // while one is waited for
  // CancelRequests under way: one that comes late must not meet the connection's next client.
  std::uint32_t cancels_ = 0;

  relay::ClientSession session_;
  std::unique_ptr<relay::Relay> relay_;  // null while the client is idle
  relay::Output& out_;                   // empty between two events
  std::unique_ptr<net::Timer> timer_;    // while something has to be repeated
  std::uint32_t timer_turn_ = 0;  // a timer that fired just before it was set anew is out of turn
  bool client_gone_ = false;
  bool answer_cut_ = false;  // a message to the client has begun and not ended
  bool draining_ = false;
  bool over_ = false;
};

}  // namespace occam
