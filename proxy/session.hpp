// One client's session: two peers and the relay between them. Moves frames in, obeys the relay's
// orders, keeps either side from outrunning the other, and ends in one place. Decides nothing of
// the protocol or of retries. Belongs to one thread; keeps itself alive until it is over.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "rewriter/rewriter.hpp"

#include "proxy/listener.hpp"
#include "proxy/net/stream.hpp"
#include "proxy/opening.hpp"
#include "proxy/peer.hpp"
#include "proxy/relay/relay.hpp"
#include "proxy/service.hpp"
#include "proxy/upstream/connector.hpp"

namespace occam {

class Session : public std::enable_shared_from_this<Session>, private Peer::Owner {
 public:
  // `on_over` is called once, from this thread, when nothing is left to do for this client.
  using OnOver = std::function<void(const Session&)>;
  Session(Service& service, const Listener& listener, net::Socket client, OnOver on_over);
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
  void welcome(const upstream::Connected& upstream);
  void take_server(upstream::Connected connected);

  // events
  template <class Event>
  void on_event(Event event);
  void on_read(Peer& peer, net::Error error) override;
  void on_written(Peer& peer) override;
  void on_client_read(net::Error error, TimePoint now);
  void on_server_read(net::Error error, TimePoint now);
  void feed_server(TimePoint now);
  void on_upstream(upstream::Outcome outcome);
  void on_cancel_request();

  // orders
  void obey();
  void hand_over();
  void wait(std::chrono::microseconds pause);
  void reconnect(std::chrono::microseconds within);
  void cancel_upstream();
  void read_on();

  // end
  void leave_server();
  void refuse(observe::ErrorKind kind, const char* code, const std::string& message);
  void fail(observe::ErrorKind kind, const std::string& reason);
  void finish();

  Service& service_;
  const Listener& listener_;
  std::shared_ptr<rewriter::Rewriter> rewriter_;
  OnOver on_over_;
  std::shared_ptr<Opening> opening_;
  std::optional<Seat> seat_;
  wire::Startup startup_;
  wire::backend::BackendKeyData own_key_;

  std::shared_ptr<Peer> client_;
  std::shared_ptr<Peer> server_;  // null while there is none
  std::optional<wire::backend::BackendKeyData> server_key_;
  std::shared_ptr<upstream::Connector> connector_;  // while a new server is on its way

  std::optional<relay::Relay> relay_;
  relay::Output out_;
  net::Timer timer_;
  std::uint64_t timer_turn_ = 0;  // a timer that fired just before it was set anew is out of turn
  bool client_gone_ = false;
  bool answer_cut_ = false;  // a message to the client has begun and not ended
  bool draining_ = false;
  bool over_ = false;
};

}  // namespace occam
