#include "emulator/server.hpp"

#include <utility>

namespace emulator {

Server::Server(Shared& shared, const Address& listen)
    : shared_(shared), listening_(Socket::listen(listen)), acceptor_([this] { accept_all(); }) {
  if (shared_.entrance.rules.session_age.count() > 0)
    reaper_ = std::thread([this] { cut_the_old(); });
}

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
  std::uint64_t number = 0;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    number = began_++;
    const auto now = std::chrono::steady_clock::now();
    sessions_[number] = {&session, now + shared_.entrance.rules.session_age};
  }
  aged_.notify_one();
  shared_.counters.session_begins();
  session.run();
  shared_.counters.session_ends();
  const std::lock_guard lock(mutex_);
  sessions_.erase(number);
}

// facts/dsql.md §2: the socket closes, whatever the session is doing, and nothing is said.
void Server::cut_the_old() {
  std::uint64_t next = 0;  // all before it have been cut
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const auto oldest = sessions_.lower_bound(next);
    if (oldest == sessions_.end()) {
      aged_.wait(lock);
      continue;
    }
    const auto [session, end] = oldest->second;
    if (std::chrono::steady_clock::now() < end) {
      aged_.wait_until(lock, end);
      continue;
    }
    next = oldest->first + 1;
    shared_.counters.cut("age");
    session->stop();
  }
}

void Server::stop() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(stopping_, true)) return;
    for (const auto& [number, living] : sessions_) living.session->stop();
  }
  wake_.notify_all();
  aged_.notify_all();
  listening_.shutdown();
  acceptor_.join();
  if (reaper_.joinable()) reaper_.join();
  for (auto& thread : threads_) thread.join();
}

}  // namespace emulator
