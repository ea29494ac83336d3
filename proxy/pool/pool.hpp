// The upstream connections of one worker thread and listener: lends them, opens and closes them as
// the plan orders, and watches over the idle ones, so that one that dies there is seen by nobody.
// Asynchronous; everything on the executor's thread. Knows no client beyond its callback and no
// SQL beyond ROLLBACK. Owns every idle connection; a leased one is the session's until it is given
// back. The budget outlives the pool; what is still waited for when the pool goes is not answered.
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "proxy/pool/connection.hpp"
#include "proxy/pool/plan.hpp"

namespace occam::pool {

// What connections of one login share. Whoever takes from the pool keeps it; the pool forgets one
// that nobody keeps and that has no connection.
struct Account;

// Where the password of a connect comes from: asked each time, answers once, at once or later,
// with the password or with the reason why there is none.
struct Passwords {
  using Answer = std::function<void(std::variant<std::string, std::string>)>;  // password, reason

  std::function<void(const wire::LoginRequest&, Answer)> ask;  // empty: the request has it
  // The upstream refused what `ask` gave, with this HINT: the next one must be fresh. Empty: no use
  // to try again.
  std::function<void(const wire::LoginRequest&, std::string_view hint)> rejected;
};

// Where the outcome of each connect is told, for log and metrics. The reason is one line.
struct Reports {
  std::function<void()> opened;
  std::function<void(upstream::FailureKind kind, const std::string& reason)> failed;
};

// Plain values, written on the pool's thread.
struct Counts {
  std::uint64_t opened = 0;
  std::array<std::uint64_t, 4> failed{};  // by upstream::FailureKind
  std::uint64_t no_password = 0;
  std::array<std::uint64_t, 6> closed{};  // by CloseReason
  std::uint64_t taken = 0;                // without waiting
  std::uint64_t waits = 0;
  std::uint64_t served = 0;  // of those that waited
  std::uint64_t timed_out = 0;
  std::uint64_t refused = 0;
  std::chrono::nanoseconds waited{};  // of those served, and of those turned away
  std::uint64_t rolled_back = 0;
  std::uint64_t health_questions = 0;
  Plan::Census now;
};

class Pool {
 public:
  using Done = std::function<void(std::variant<std::unique_ptr<Connection>, Failure>)>;
  Pool(net::Executor executor, const Policy& policy, SharedConnectBudget& budget,
       Passwords passwords, Reports reports);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // The one account of all logins with this identity.
  std::shared_ptr<Account> account(const Login& login);
  // Fills the reserve before the first client comes.
  void keep_warm(const Account& account);
  // What a connection reported when the last one logged in, so that a client can be welcomed
  // without one; null: none has yet.
  const relay::ReportedParameters* known_parameters(const Account& account) const;

  // An idle connection, or null: none is idle, or others wait. Allocates nothing.
  std::unique_ptr<Connection> take(const Account& account);
  // `done` is called once, never from within a call of this class, unless `leave` comes first.
  Ticket wait(const Account& account, TimePoint deadline, Done done);
  void leave(Ticket ticket);
  // Its owner must not use the peer again. Allocates nothing once warm.
  void give_back(std::unique_ptr<Connection> connection, Condition condition);

  // Closes what is idle and from now on what is given back, if nobody waits for it.
  void drain();

  const Counts& counts();

 private:
  // Outlasts the pool, so that late events find nobody.
  struct Watch final : Peer::Owner {
    explicit Watch(Pool& owner) : pool(&owner) {}
    void on_read(Peer& peer, net::Error error) override {
      if (pool) pool->on_read(peer, error);
    }
    void on_written(Peer&) override {}

    Pool* pool;
  };
  // What stands behind a slot of the plan.
  struct Member {
    std::shared_ptr<Account> account;
    std::shared_ptr<upstream::Connector> connector;  // while it is opened
    std::unique_ptr<Connection> connection;          // while no session has it
    Question asked = Question::none;
    std::uint32_t turn = 0;    // of the slot: a late answer to an earlier one is nobody's
    std::uint32_t secret = 0;  // of the account, when this connect got its password
  };
  struct Client {
    Done done;
    TimePoint since;
  };
  // Decided, and told as soon as the call that decided it has returned.
  struct Delivery {
    Ticket ticket;
    Done done;
    std::variant<std::unique_ptr<Connection>, Failure> result;
  };

  // orders
  void obey();
  void close(const Orders::Close& order);
  void open(const Orders::Open& order);
  void ask(const Orders::Ask& order);
  void serve(const Orders::Serve& order);
  void turn_away(const Orders::TurnAway& order);
  void deliver_soon(Delivery delivery);
  void deliver();
  void set_timer();
  void later(std::function<void()> event);

  // opening
  template <class Event>
  auto of_this(Slot slot, Event event);
  void on_password(Slot slot, std::variant<std::string, std::string> answer);
  void on_no_password(Slot slot, const std::string& reason);
  void connect(Slot slot, std::string password);
  void on_outcome(Slot slot, upstream::Outcome outcome);
  void on_connected(Slot slot, upstream::Connected connected);
  void on_failure(Slot slot, const upstream::Failure& failure);
  Severity severity(Member& member, const upstream::Failure& failure);
  void failed(Slot slot, Severity severity, const std::string& reason);

  // watching
  void on_read(Peer& peer, net::Error error);
  void listen(Slot slot);
  void lose(Slot slot);
  static void end(Peer& peer);

  // So long after a loss, what is taken is looked at first: more may have ended with it.
  static constexpr std::chrono::seconds wariness{1};

  net::Executor executor_;
  std::uint32_t limit_;
  Passwords passwords_;
  Reports reports_;
  Plan plan_;
  Orders orders_;
  net::Timer timer_;
  TimePoint timer_at_ = TimePoint::max();
  std::vector<std::shared_ptr<Account>> accounts_;  // by LoginId; null where none is
  std::vector<Member> members_;                     // by slot
  std::vector<Client> clients_;                     // by the ticket's number
  std::deque<Delivery> deliveries_;
  std::string last_failure_;
  TimePoint wary_until_{};
  Counts counts_;
  std::shared_ptr<Watch> watch_;
};

}  // namespace occam::pool
