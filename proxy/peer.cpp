#include "proxy/peer.hpp"

#include <array>
#include <chrono>
#include <cstring>
#include <utility>
#include <vector>

namespace occam {
namespace {

// One read of a quiet peer, and of one that fills that.
constexpr std::uint32_t small_read = 4 * 1024;
constexpr std::uint32_t large_read = 64 * 1024;
// Buffers that no peer of the thread needs now: so many, and none that an unusual message made
// large.
constexpr std::size_t most_spare = 16;
constexpr std::size_t most_capacity = std::size_t{80} * 1024;
// How long a peer may take to read its last words and close.
constexpr std::chrono::seconds grace_period(5);

// Where bytes go that nobody wants.
thread_local std::array<char, 4096> nowhere;

thread_local std::vector<wire::Framer::Buffer> spare;

void keep(wire::Framer::Buffer buffer) {
  if (buffer.bytes && buffer.capacity <= most_capacity && spare.size() < most_spare)
    spare.push_back(std::move(buffer));
}

}  // namespace

Peer::Peer(net::Stream stream, wire::Framer framer)
    : stream_(std::move(stream)), framer_(std::move(framer)), room_(small_read) {}

void Peer::already_read(std::string_view bytes) {
  if (bytes.empty()) return;
  std::memcpy(framer_.space(bytes.size()).data(), bytes.data(), bytes.size());
  framer_.filled(bytes.size());
}

struct Peer::Reading {
  std::span<char> room() { return peer->room(); }
  void operator()(net::Error error, std::size_t count) { peer->on_read(error, count); }
  std::shared_ptr<Peer> peer;
};

void Peer::read() {
  if (reading_ || parting_) return;
  reading_ = true;
  keep(framer_.give_back());
  stream_.read_when_ready(Reading{shared_from_this()});
}

void Peer::on_read(net::Error error, std::size_t count) {
  reading_ = false;
  if (parting_) return discard();
  framer_.filled(count);
  room_ = count == room_ ? large_read : small_read;
  if (error == net::asio::error::eof && outbox_.met_reset())
    error = net::asio::error::connection_reset;
  const auto owner = owner_;
  if (owner) owner->on_read(*this, error);
}

// For what is there to be read.
std::span<char> Peer::room() {
  keep(framer_.give_back());  // bytes that were left behind by the last read may be taken by now
  if (framer_.pending() == 0 && !spare.empty()) {
    framer_.lend(std::move(spare.back()));
    spare.pop_back();
  }
  const auto room = framer_.space(room_);
  room_ = static_cast<std::uint32_t>(room.size());
  return room;
}

void Peer::send(std::string& bytes) {
  if (bytes.empty()) return;
  outbox_.send(stream_, bytes, [self = shared_from_this()](net::Error) {
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
  grace_ = std::make_unique<net::Timer>(stream_.executor(), grace_period);
  grace_->async_wait([self = shared_from_this()](net::Error error) {
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
    self->grace_->cancel();
  });
}

}  // namespace occam
