// A PostgreSQL server as the pool sees it, on loopback and on the test's own executor: lets
// everybody in and answers an empty query and ROLLBACK, unless the test says otherwise. What it was
// asked is kept.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "proxy/net/stream.hpp"
#include "proxy/wire/backend.hpp"
#include "proxy/wire/frame.hpp"
#include "proxy/wire/frontend.hpp"

namespace occam {

class LoopbackUpstream {
 public:
  class Client : public std::enable_shared_from_this<Client> {
   public:
    Client(LoopbackUpstream& upstream, net::Socket socket)
        : upstream_(upstream), socket_(std::move(socket)) {}
    void start() { read(); }
    void send(const std::string& bytes) {
      net::Error ignored;  // who is gone hears nothing
      net::asio::write(socket_, net::asio::buffer(bytes), ignored);
    }
    void cut() {
      net::Error ignored;
      socket_.close(ignored);
    }
    std::vector<std::string> queries;
    std::string password;
    bool terminated = false;
    bool ended = false;

   private:
    void read() {
      const auto space = framer_.space();
      socket_.async_read_some(net::asio::buffer(space.data(), space.size()),
                              [self = shared_from_this()](net::Error error, std::size_t count) {
                                if (error) {
                                  self->ended = true;
                                  return self->cut();
                                }
                                self->on_bytes(count);
                                self->read();
                              });
    }
    void on_bytes(std::size_t count) {
      framer_.filled(count);
      if (!greeted_) {  // StartupMessage, whole on loopback, has no type
        greeted_ = true;
        framer_ = wire::Framer(wire::FrameLimits{});
        if (!upstream_.password) return log_in();
        return send(std::string("R\0\0\0\x08\0\0\0\x03", 9));
      }
      while (const auto frame = framer_.next()) on_frame(*frame);
    }
    void on_frame(const wire::Frame& frame) {
      switch (static_cast<wire::frontend::Type>(frame.type)) {
        case wire::frontend::Type::password:
          password = std::string(frame.body().substr(0, frame.body().size() - 1));
          return log_in();
        case wire::frontend::Type::query:
          queries.emplace_back(wire::frontend::decode_query(frame.body()).sql);
          if (!upstream_.mute) answer(queries.back());
          return;
        case wire::frontend::Type::terminate:
          terminated = true;
          return;
        default:
          return;
      }
    }
    void log_in() {
      const auto refusal = upstream_.refuse ? upstream_.refuse(*this) : std::string();
      if (!refusal.empty()) {
        send(refusal);
        return cut();
      }
      std::string out;
      wire::backend::append_authentication_ok(out);
      wire::backend::append_parameter_status(out, {"server_version", "16.15"});
      wire::backend::append_backend_key_data(out, {1, 2});
      wire::backend::append_ready_for_query(out, wire::backend::Status::idle);
      send(out);
    }
    void answer(const std::string& query) {
      std::string out;
      if (query.empty())
        wire::backend::append_empty(out, wire::backend::Type::empty_query_response);
      else
        wire::backend::append_command_complete(out, query);
      wire::backend::append_ready_for_query(out, wire::backend::Status::idle);
      send(out);
    }

    LoopbackUpstream& upstream_;
    net::Socket socket_;
    wire::Framer framer_{wire::FrameLimits{}};
    bool greeted_ = false;
  };

  explicit LoopbackUpstream(net::Executor executor)
      : executor_(executor), acceptor_(executor, {net::asio::ip::make_address("127.0.0.1"), 0}) {
    accept();
  }
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  void stop() { acceptor_.close(); }

  std::vector<std::shared_ptr<Client>> clients;
  bool password = false;                             // is asked for
  bool mute = false;                                 // answers no query
  std::function<std::string(const Client&)> refuse;  // with this ErrorResponse; empty: let in

 private:
  using Acceptor = net::asio::basic_socket_acceptor<net::asio::ip::tcp, net::Executor>;

  void accept() {
    acceptor_.async_accept([this](net::Error error, net::Socket socket) {
      if (error) return;
      clients.push_back(std::make_shared<Client>(*this, std::move(socket)));
      clients.back()->start();
      accept();
    });
  }

  net::Executor executor_;
  Acceptor acceptor_;
};

}  // namespace occam
