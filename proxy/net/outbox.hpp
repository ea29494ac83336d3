// Bytes on their way out of one stream: one write at a time, everything that comes meanwhile goes
// out with the next. Two strings take turns and keep their capacity, so a warm session allocates
// nothing; what a burst has blown up is given back. Order of calls: put, then flush.
// Whoever owns the outbox keeps it alive until `done` of a running write was called.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "proxy/net/stream.hpp"

namespace occam::net {

class Outbox {
 public:
  // Takes the bytes and leaves an empty string whose capacity may be used again.
  void put(std::string& bytes);
  std::size_t unsent() const { return sending_.size() - sent_ + waiting_.size(); }
  bool empty() const { return unsent() == 0; }
  // What the last write that failed met: it may have taken the error from whoever reads.
  Error failure() const { return failure_; }

  // Writes without waiting as far as possible and the rest as the stream takes it. done(Error) is
  // called, never from within flush, each time a write that had to wait has ended.
  template <class Done>
  void flush(Stream& stream, Done done) {
    if (writing_ || !send_now(stream)) return;
    writing_ = true;
    const std::string_view rest = std::string_view(sending_).substr(sent_);
    stream.write(rest, [this, &stream, done = std::move(done)](Error error, std::size_t) mutable {
      writing_ = false;
      settle(error);
      if (!error) flush(stream, done);
      done(error);
    });
  }

 private:
  // True if something is left that must wait. An error drops everything: whoever reads the stream
  // learns of its end there.
  bool send_now(Stream& stream);
  // After a write of everything in sending_.
  void settle(Error error);

  std::string sending_;  // what the running write covers, from sent_ on
  std::size_t sent_ = 0;
  std::string waiting_;  // what came since
  bool writing_ = false;
  Error failure_;
};

}  // namespace occam::net
