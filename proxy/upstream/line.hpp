// One conversation with the upstream from end to end, for who may wait: connects and asks on an
// io_context of its own, which only the caller's thread runs, each step under a deadline. Knows
// nothing of what is asked. Order of calls: connect, then ask as often as wanted.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/upstream/connector.hpp"

namespace occam::upstream {

// The connection ended, or nothing came in time. what() is one line.
class LineLost : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Of a simple query; values as text, NULL as the empty one.
struct Answer {
  std::vector<std::vector<std::string>> rows;
  std::string code;  // SQLSTATE; empty: no error
  std::string message;

  bool failed() const { return !code.empty(); }
  std::string error() const { return code + " " + message; }
};

class Line {
 public:
  // `patience`: how long one answer may take.
  explicit Line(std::chrono::milliseconds patience) : patience_(patience) {}
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  ~Line();

  // What stood in the way, or nothing: logged in. The target has the deadline.
  std::optional<Failure> connect(const Target& target, wire::LoginRequest request);
  // After connect. An answer of 40001 is asked for again, since reads meet it where the catalog has
  // changed (facts/dsql.md §1.4). Throws LineLost.
  Answer ask(std::string_view sql);

  const wire::Parameters& parameters() const { return parameters_; }
  std::optional<net::TlsAgreement> agreement() const { return stream_->agreement(); }
  std::string address() const { return stream_->peer_name(); }

 private:
  Answer ask_once(std::string_view sql);
  template <class Operation>
  std::size_t wait(Operation operation);
  // True: the answer is whole.
  static bool take(const wire::Frame& frame, Answer& answer);

  const std::chrono::milliseconds patience_;
  net::asio::io_context io_{1};
  std::optional<net::Stream> stream_;
  std::optional<wire::Framer> framer_;
  wire::Parameters parameters_;
};

}  // namespace occam::upstream
