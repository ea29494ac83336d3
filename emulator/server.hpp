// Accepts clients and gives each a thread for as long as it stays. Threads serve one client after
// another and are never ended before stop(): each one that has parsed keeps a pthread key for good,
// and there are 1,024 of them (facts/peers.md C3). One more thread ends the sessions whose time is
// up. Owns all sessions.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "emulator/client/session.hpp"

namespace emulator {

class Server {
 public:
  static constexpr std::size_t most_clients = 900;

  // Listens at once: the port is known before the first client is accepted.
  Server(Shared& shared, const Address& listen);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const { return listening_.port(); }
  // Closes every connection and waits for the threads; open transactions are rolled back by
  // PostgreSQL.
  void stop();

 private:
  void accept_all();
  // A thread's life: one session after another.
  void work();
  void serve(Socket client);
  // The life of the thread that ends sessions of too great an age.
  void cut_the_old();

  Shared& shared_;
  Socket listening_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Socket> waiting_;
  struct Living {
    Session* session;
    std::chrono::steady_clock::time_point end;
  };
  std::map<std::uint64_t, Living> sessions_;  // by number, so in the order of their ends
  std::uint64_t began_ = 0;
  std::condition_variable aged_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;
  bool stopping_ = false;
  std::thread acceptor_;
  std::thread reaper_;
};

}  // namespace emulator
