#include "proxy/upstream/cancel.hpp"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "proxy/wire/frontend.hpp"

namespace occam::upstream {
namespace {

struct Request : std::enable_shared_from_this<Request> {
  Request(net::Executor executor, Tls wanted, std::function<void()> told)
      : socket(executor), timer(executor), tls(std::move(wanted)), done(std::move(told)) {}

  void start(const net::asio::ip::tcp::endpoint& server, std::chrono::milliseconds timeout) {
    timer.expires_after(timeout);
    timer.async_wait([self = shared_from_this()](net::Error) { self->close(); });
    socket.async_connect(server, [self = shared_from_this()](net::Error error) {
      if (error) return self->close();
      self->encrypt();
    });
  }
  void encrypt() {
    stream.emplace(std::move(socket));
    if (!tls.role) return send();
    Encryption::start(*stream, tls, [self = shared_from_this()](const auto& failure) {
      if (failure) return self->close();
      self->send();
    });
  }
  void send() {
    stream->write(message, [self = shared_from_this()](net::Error error, std::size_t) {
      if (error) return self->close();
      self->await_end();
    });
  }
  // The server acts first and closes then: closing earlier could drop the request.
  void await_end() {
    stream->read_some(answer,
                      [self = shared_from_this()](net::Error, std::size_t) { self->close(); });
  }
  void close() {
    net::Error ignored;
    socket.close(ignored);
    if (stream) stream->close();
    timer.cancel();
    if (const auto told = std::exchange(done, nullptr)) told();
  }

  net::Socket socket;
  net::Timer timer;
  Tls tls;
  std::optional<net::Stream> stream;  // once connected
  std::string message;
  std::array<char, 1> answer{};
  std::function<void()> done;  // empty once called
};

}  // namespace

void send_cancel(net::Executor executor, const net::asio::ip::tcp::endpoint& server, Tls tls,
                 wire::backend::BackendKeyData key, std::chrono::milliseconds timeout,
                 std::function<void()> done) {
  const auto request = std::make_shared<Request>(executor, std::move(tls), std::move(done));
  wire::frontend::append_cancel_request(request->message, key.process_id, key.secret);
  request->start(server, timeout);
}

}  // namespace occam::upstream
