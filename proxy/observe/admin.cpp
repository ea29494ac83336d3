#include "proxy/observe/admin.hpp"

#include <chrono>
#include <stdexcept>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

namespace occam::observe {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using Error = boost::system::error_code;
using Response = http::response<http::string_body>;

constexpr std::chrono::seconds visit_limit(10);
constexpr std::chrono::milliseconds accept_pause(100);

// One request and its answer, then the connection ends.
struct Visit : std::enable_shared_from_this<Visit> {
  using Answer = std::function<void(const http::request<http::empty_body>&, Response&)>;

  Visit(asio::ip::tcp::socket socket, const Answer& chosen)
      : stream(std::move(socket)), answer(chosen) {
    stream.expires_after(visit_limit);
  }
  void read() {
    http::async_read(stream, buffer, request,
                     [self = shared_from_this()](Error error, std::size_t) {
                       if (!error) self->write();
                     });
  }
  void write() {
    response.version(request.version());
    response.keep_alive(false);
    response.set(http::field::content_type, "text/plain; charset=utf-8");
    answer(request, response);
    response.prepare_payload();
    http::async_write(stream, response, [self = shared_from_this()](Error, std::size_t) {
      Error ignored;
      self->stream.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    });
  }

  boost::beast::tcp_stream stream;
  boost::beast::flat_buffer buffer{std::size_t{8} * 1024};
  http::request<http::empty_body> request;
  Response response;
  const Answer& answer;
};

}  // namespace

class Admin::Pages {
 public:
  Pages(const config::Address& listen, const Metrics& metrics, std::function<bool()> is_ready)
      : metrics_(metrics), is_ready_(std::move(is_ready)), acceptor_(io_), pause_(io_) {
    open(listen);
    accept();
    thread_ = std::thread([this] { io_.run(); });
  }
  ~Pages() {
    io_.stop();
    thread_.join();
  }
  const std::string& address() const { return address_; }

 private:
  void open(const config::Address& listen) {
    const auto where = listen.host + ":" + std::to_string(listen.port);
    try {
      const asio::ip::tcp::endpoint endpoint(
          asio::ip::make_address(listen.host == "localhost" ? "127.0.0.1" : listen.host),
          listen.port);
      acceptor_.open(endpoint.protocol());
      acceptor_.set_option(asio::socket_base::reuse_address(true));
      acceptor_.bind(endpoint);
      acceptor_.listen();
    } catch (const boost::system::system_error& error) {
      throw std::runtime_error("cannot listen on " + where + " for metrics: " +
                               error.code().message() + "; choose another admin.listen");
    }
    const bool v6 = listen.host.find(':') != std::string::npos;
    address_ = (v6 ? "[" + listen.host + "]" : listen.host) + ":" +
               std::to_string(acceptor_.local_endpoint().port());
  }

  void accept() {
    acceptor_.async_accept([this](Error error, asio::ip::tcp::socket socket) {
      if (!error) {
        std::make_shared<Visit>(std::move(socket), answer_)->read();
        return accept();
      }
      pause_.expires_after(accept_pause);  // no file descriptors: they come back
      pause_.async_wait([this](Error) { accept(); });
    });
  }

  void answer(const http::request<http::empty_body>& request, Response& response) const {
    if (request.method() != http::verb::get) {
      response.result(http::status::method_not_allowed);
    } else if (request.target() == "/metrics") {
      response.set(http::field::content_type, "text/plain; version=0.0.4; charset=utf-8");
      response.body() = metrics_.text();
    } else if (request.target() == "/healthz") {
      response.body() = "ok\n";
    } else if (request.target() == "/readyz") {
      const bool ready = is_ready_();
      response.result(ready ? http::status::ok : http::status::service_unavailable);
      response.body() = ready ? "ready\n" : "draining\n";
    } else {
      response.result(http::status::not_found);
      response.body() = "There is /metrics, /healthz and /readyz.\n";
    }
  }

  const Metrics& metrics_;
  const std::function<bool()> is_ready_;
  const Visit::Answer answer_ = [this](const auto& request, Response& response) {
    answer(request, response);
  };
  std::string address_;
  asio::io_context io_{1};
  asio::ip::tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  std::thread thread_;
};

Admin::Admin(const config::Address& listen, const Metrics& metrics, std::function<bool()> is_ready)
    : pages_(std::make_unique<Pages>(listen, metrics, std::move(is_ready))) {}

Admin::~Admin() = default;

const std::string& Admin::address() const { return pages_->address(); }

}  // namespace occam::observe
