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

void Outbox::put(std::string& bytes) {
  if (waiting_.empty())
    waiting_.swap(bytes);
  else
    waiting_.append(bytes);
  empty_out(bytes);
}

bool Outbox::send_now(Stream& stream) {
  while (!empty()) {
    if (sent_ == sending_.size()) {
      sending_.swap(waiting_);
      sent_ = 0;
      empty_out(waiting_);
    }
    Error error;
    const auto count = stream.write_now(std::string_view(sending_).substr(sent_), error);
    sent_ += count;
    if (error)
      settle(error);
    else if (sent_ < sending_.size())
      return true;
    else
      settle({});
  }
  return false;
}

void Outbox::settle(Error error) {
  empty_out(sending_);
  sent_ = 0;
  if (!error) return;
  failure_ = error;
  empty_out(waiting_);
}

}  // namespace occam::net
