// One side of a session, client or server alike: its stream, what of it is half read, what is not
// yet written. Moves bytes and decides nothing. Its owner is called for every read and whenever
// what had to wait is written; never after part(), and that is how bytes of a connection that was
// given up can no longer reach anybody. While nothing of it is half read it keeps no buffer: its
// thread's peers share a few. Keeps itself, and while a call runs its owner, alive.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "proxy/net/outbox.hpp"
#include "proxy/net/stream.hpp"
#include "proxy/wire/frame.hpp"

namespace occam {

class Peer : public std::enable_shared_from_this<Peer> {
 public:
  class Owner {
   public:
    // New bytes can be taken with next(), or the connection has ended with this error.
    virtual void on_read(Peer& peer, net::Error error) = 0;
    // Everything that was sent has left; or it was dropped, and reading will tell why.
    virtual void on_written(Peer& peer) = 0;

   protected:
    ~Owner() = default;
  };

  Peer(net::Stream stream, wire::Framer framer);
  void belong_to(std::shared_ptr<Owner> owner) { owner_ = std::move(owner); }

  // Reads once, unless a read is running already.
  void read();
  std::optional<wire::Frame> next() { return framer_.next(); }
  // For what next() gives from now on; gives back the limits that held before.
  wire::FrameLimits limit(wire::FrameLimits limits) { return framer_.limit(limits); }
  // Bytes that were read before this object had the stream.
  void already_read(std::string_view bytes);

  // Takes the bytes and leaves an empty string.
  void send(std::string& bytes);
  // So much waits to be written that the other side should not be read meanwhile.
  bool congested() const { return outbox_.unsent() > high_water; }

  // The end: the owner is forgotten, what was sent still goes out, then the peer reads the end of
  // the stream. Closed when the peer closes too, at the latest after a grace period.
  void part();

  net::Stream& stream() { return stream_; }

 private:
  static constexpr std::size_t high_water = std::size_t{256} * 1024;

  struct Reading;

  std::span<char> room();
  void on_read(net::Error error, std::size_t count);
  void end_when_written();
  void discard();

  net::Stream stream_;
  wire::Framer framer_;
  net::Outbox outbox_;
  std::unique_ptr<net::Timer> grace_;  // once parting
  std::shared_ptr<Owner> owner_;
  std::uint32_t room_;  // of one read
  bool reading_ = false;
  bool parting_ = false;
};

}  // namespace occam
