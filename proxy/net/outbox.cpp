#include "proxy/net/outbox.hpp"

namespace occam::net {
namespace {

// Beyond this an empty string gives its memory back: one large answer must not cost it for good.
constexpr std::size_t kept_capacity = std::size_t{256} * 1024;

void empty_out(std::string& bytes) {
  if (bytes.capacity() > kept_capacity)
    std::string().swap(bytes);
  else
    bytes.clear();
}

}  // namespace

bool Outbox::put(Stream& stream, std::string& bytes) {
  if (backlog_) {
    if (backlog_->waiting.empty())
      backlog_->waiting.swap(bytes);
    else
      backlog_->waiting.append(bytes);
    empty_out(bytes);
    return false;
  }
  Error error;
  const auto sent = stream.write_now(bytes, error);
  note(error);
  const bool waits = !error && sent < bytes.size();
  if (waits) {
    backlog_ = std::make_unique<Backlog>();
    backlog_->sending.swap(bytes);
    backlog_->sent = sent;
  }
  empty_out(bytes);
  return waits;
}

void Outbox::note(Error error) {
  if (error == asio::error::connection_reset) met_reset_ = true;
}

std::string Outbox::take_waiting(Error error) {
  auto waiting = std::move(backlog_->waiting);
  backlog_.reset();
  note(error);
  return error ? std::string() : waiting;
}

}  // namespace occam::net
