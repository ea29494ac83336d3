#include "proxy/peer.hpp"

#include <array>
#include <chrono>
#include <cstring>

namespace occam {
namespace {

// One read of a quiet peer, and of one that fills that.
constexpr std::size_t small_read = std::size_t{4} * 1024;
constexpr std::size_t large_read = std::size_t{64} * 1024;
// How long a peer may take to read its last words and close.
constexpr std::chrono::seconds grace(5);

// Where bytes go that nobody wants.
thread_local std::array<char, 4096> nowhere;

}  // namespace

Peer::Peer(net::Stream stream, wire::Framer framer)
    : stream_(std::move(stream)),
      framer_(std::move(framer)),
      timer_(stream_.executor()),
      room_(small_read) {}

void Peer::already_read(std::string_view bytes) {
  if (bytes.empty()) return;
  std::memcpy(framer_.space(bytes.size()).data(), bytes.data(), bytes.size());
  framer_.filled(bytes.size());
}

void Peer::read() {
  if (reading_ || parting_) return;
  reading_ = true;
  const auto space = framer_.space(room_);
  stream_.read_some(
      space, [self = shared_from_this(), size = space.size()](net::Error error, std::size_t count) {
        self->reading_ = false;
        if (self->parting_) return self->discard();
        self->framer_.filled(count);
        self->room_ = count == size ? large_read : small_read;
        // A write that met a reset leaves an orderly end to be read.
        const bool reset = error == net::asio::error::eof &&
                           self->outbox_.failure() == net::asio::error::connection_reset;
        const auto owner = self->owner_;
        if (owner) owner->on_read(*self, reset ? self->outbox_.failure() : error);
      });
}

void Peer::send(std::string& bytes) {
  if (bytes.empty()) return;
  outbox_.put(bytes);
  flush();
}

void Peer::flush() {
  outbox_.flush(stream_, [self = shared_from_this()](net::Error) {
    if (!self->outbox_.empty()) return;
    if (self->parting_) return self->end_when_written();
    const auto owner = self->owner_;
    if (owner) owner->on_written(*self);
  });
}

void Peer::part() {
  if (parting_) return;
  parting_ = true;
  owner_.reset();
  timer_.expires_after(grace);
  timer_.async_wait([self = shared_from_this()](net::Error error) {
    if (!error) self->stream_.close();
  });
  end_when_written();
  if (!reading_) discard();
}

void Peer::end_when_written() {
  if (outbox_.empty()) stream_.end_writing();
}

// A socket closed with unread bytes resets the connection, and the peer may never see its last
// words: so they are read until it closes.
void Peer::discard() {
  stream_.discard_some(nowhere, [self = shared_from_this()](net::Error error, std::size_t) {
    if (!error) return self->discard();
    self->stream_.close();
    self->timer_.cancel();
  });
}

}  // namespace occam
