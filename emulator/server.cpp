#include "emulator/server.hpp"

#include <utility>

namespace emulator {

Server::Server(Shared& shared, const Address& listen)
    : shared_(shared), listening_(Socket::listen(listen)), acceptor_([this] { accept_all(); }) {}

Server::~Server() { stop(); }

void Server::accept_all() {
  while (true) {
    auto socket = listening_.accept();
    if (!socket.open()) return;
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    waiting_.push_back(std::move(socket));
    if (waiting_.size() > idle_ && threads_.size() < most_clients)
      threads_.emplace_back([this] { work(); });
    else
      wake_.notify_one();
  }
}

void Server::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    --idle_;
    if (stopping_) return;
    auto client = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    serve(std::move(client));
    lock.lock();
  }
}

void Server::serve(Socket client) {
  Session session(shared_, std::move(client));
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    sessions_.insert(&session);
  }
  shared_.counters.session_begins();
  session.run();
  shared_.counters.session_ends();
  const std::lock_guard lock(mutex_);
  sessions_.erase(&session);
}

void Server::stop() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(stopping_, true)) return;
    for (auto* session : sessions_) session->stop();
  }
  wake_.notify_all();
  listening_.shutdown();
  acceptor_.join();
  for (auto& thread : threads_) thread.join();
}

}  // namespace emulator
