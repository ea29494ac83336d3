#include "proxy/wire/frame.hpp"

#include <algorithm>
#include <cstring>

namespace occam::wire {

namespace {

// A buffer that one large message made larger than this above what is usual is given back.
constexpr std::size_t most_spare = std::size_t{16} * 1024;

}  // namespace

Framer::Framer(FrameLimits limits) : limits_(limits) {}

std::span<char> Framer::space(std::size_t wanted) {
  if (begin_ == end_) {
    begin_ = end_ = 0;
    if (buffer_.capacity > limits_.gathered + wanted + most_spare) {
      buffer_ = {};
    }
  }
  if (buffer_.capacity - end_ < wanted && begin_ > 0) {
    std::memmove(buffer_.bytes.get(), buffer_.bytes.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.capacity - end_ < wanted) {
    const auto grown = std::max({buffer_.capacity * 2, end_ + wanted, std::size_t{8192}});
    auto larger = std::make_unique_for_overwrite<char[]>(grown);
    if (end_ > 0) std::memcpy(larger.get(), buffer_.bytes.get(), end_);
    buffer_ = {std::move(larger), grown};
  }
  return {buffer_.bytes.get() + end_, buffer_.capacity - end_};
}

void Framer::lend(Buffer buffer) {
  if (!buffer_.bytes) buffer_ = std::move(buffer);
}

Framer::Buffer Framer::give_back() {
  if (begin_ != end_) return {};
  begin_ = end_ = 0;
  return std::exchange(buffer_, {});
}

void Framer::filled(std::size_t count) { end_ += count; }

std::optional<Frame> Framer::next() {
  const std::string_view input(buffer_.bytes.get() + begin_, end_ - begin_);
  if (piece_left_ > 0) {
    if (input.empty()) return std::nullopt;
    const auto piece = input.substr(0, piece_left_);
    begin_ += piece.size();
    piece_left_ -= piece.size();
    return Frame{piece_type_, piece, false, piece_left_ == 0};
  }
  if (input.size() < header_bytes) return std::nullopt;
  const auto length = Reader(input.substr(1, 4)).i32();
  if (length < 4) throw ProtocolViolation("invalid message length");
  const auto total = static_cast<std::size_t>(length) + 1;
  if (total > limits_.message) throw ProtocolViolation("message longer than the limit");
  if (input.size() >= total) {
    begin_ += total;
    return Frame{input[0], input.substr(0, total)};
  }
  if (total > limits_.gathered && limits_.streamed.find(input[0]) != std::string_view::npos) {
    begin_ += input.size();
    piece_type_ = input[0];
    piece_left_ = total - input.size();
    return Frame{input[0], input, true, false};
  }
  return std::nullopt;
}

}  // namespace occam::wire
