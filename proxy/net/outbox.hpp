// Bytes on their way out of one stream: written at once as far as the stream takes them, the rest
// one write at a time; everything that comes meanwhile goes out with the next. Holds memory only
// while something waits, so an idle session keeps none for it and a warm one allocates nothing.
// Whoever owns the outbox keeps it alive until `done` of a running write was called.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "proxy/net/stream.hpp"

namespace occam::net {

class Outbox {
 public:
  std::size_t unsent() const { return backlog_ ? backlog_->unsent() : 0; }
  bool empty() const { return !backlog_; }
  // A write met a reset: it may have taken that from whoever reads, who then finds an orderly end.
  bool met_reset() const { return met_reset_; }

  // Takes the bytes and leaves an empty string whose capacity may be used again. done(Error) is
  // called, never from within send, each time a write that had to wait has ended. An error drops
  // everything: whoever reads the stream learns of its end there.
  template <class Done>
  void send(Stream& stream, std::string& bytes, Done done) {
    if (!put(stream, bytes)) return;
    stream.write(backlog_->running(),
                 [this, &stream, done = std::move(done)](Error error, std::size_t) mutable {
                   auto rest = take_waiting(error);
                   if (!rest.empty()) send(stream, rest, done);
                   done(error);
                 });
  }

 private:
  struct Backlog {
    std::string sending;  // what the running write covers, from `sent` on
    std::size_t sent = 0;
    std::string waiting;  // what came since

    std::string_view running() const { return std::string_view(sending).substr(sent); }
    std::size_t unsent() const { return running().size() + waiting.size(); }
  };

  // True: a write must be started, of what could not be sent at once.
  bool put(Stream& stream, std::string& bytes);
  // The running write has ended: what came meanwhile, nothing after an error.
  std::string take_waiting(Error error);
  void note(Error error);

  std::unique_ptr<Backlog> backlog_;  // while a write is running
  bool met_reset_ = false;
};

}  // namespace occam::net
