// What blocks, and how it ends: a credential_process and an HTTP request, by themselves, by the
// deadline, and when they are told to stop. Real processes, real sockets on loopback.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <string>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proxy/iam/credential_process.hpp"
#include "proxy/iam/credentials.hpp"
#include "proxy/iam/http.hpp"
#include "proxy/iam/secret_file.hpp"

namespace occam::iam {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using Tcp = asio::ip::tcp;

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "occam-iam-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

std::string run(std::string_view command, std::chrono::milliseconds timeout = 60s,
                const std::stop_token& stop = {}) {
  try {
    return std::string(run_credential_process(Secret(command), timeout, stop).reveal());
  } catch (const NoCredentials& refused) {
    return std::string("refused: ") + refused.what();
  }
}

// A FIFO whose other end a process holds open for as long as it lives.
class Sign {
 public:
  explicit Sign(const std::string& path) {
    mkfifo(path.c_str(), 0600);
    descriptor_ = open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  }
  ~Sign() { close(descriptor_); }
  // Waits for what comes, and for the end after it.
  void await(short event) const {
    pollfd wait{descriptor_, POLLIN, 0};
    while (poll(&wait, 1, 60000) == 1 && (wait.revents & event) == 0)
      if ((wait.revents & POLLIN) != 0) drain();
    REQUIRE((wait.revents & event) != 0);
    drain();
  }

 private:
  void drain() const {
    char bytes[64];
    [[maybe_unused]] const auto count = read(descriptor_, bytes, sizeof bytes);
  }
  int descriptor_;
};

struct Listener {
  asio::io_context io;
  Tcp::acceptor acceptor{io, {asio::ip::make_address("127.0.0.1"), 0}};

  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port()) + "/";
  }
  // Takes one request and answers with these bytes.
  void serve(const std::string& answer) {
    Tcp::socket peer(io);
    acceptor.accept(peer);
    asio::streambuf request;
    asio::read_until(peer, request, "\r\n\r\n");
    asio::write(peer, asio::buffer(answer));
  }
};

HttpRequest request_to(const Listener& listener) {
  HttpRequest request;
  request.url = listener.url();
  request.timeout = 60s;
  return request;
}

std::string failure(const HttpRequest& request, const std::stop_token& stop = {}) {
  try {
    exchange(request, stop);
  } catch (const HttpFailure& failed) {
    return failed.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("credential_process: its output, and nothing of its errors") {
  CHECK(run("/bin/sh -c 'echo out; echo err >&2'") == "out\n");
  CHECK(run("printf %s $HOME") == "$HOME");
  CHECK(run("/bin/cat") == "");  // its standard input is empty
  CHECK(run("/bin/sh -c 'exit 7'") ==
        "refused: ended with status 7; run it by hand to see what it says");
  CHECK(run("/bin/sh -c 'kill -TERM $$'") == "refused: was ended by signal 15");
  CHECK(run("/nowhere/tool") == "refused: cannot be run: No such file or directory");
  CHECK(run("") == "refused: is empty");
  CHECK(run("/usr/bin/yes") == "refused: writes more than 64 KiB");
}

TEST_CASE("credential_process: one that takes too long is ended") {
  CHECK(run("/usr/bin/tail -f /dev/null", 200ms) == "refused: did not end in time");
}

TEST_CASE("credential_process: it ends when it is told to stop, with all it started") {
  const Folder folder;
  const Sign sign(folder.file("sign"));
  std::stop_source stop;
  auto said = std::async(std::launch::async, [&] {
    return run("/bin/sh -c 'exec > " + folder.file("sign") + "; tail -f /dev/null & echo up; wait'",
               60s, stop.get_token());
  });
  sign.await(POLLIN);
  stop.request_stop();
  CHECK(said.get() == "refused: was ended");
  sign.await(POLLHUP);
}

TEST_CASE("HTTP: status, body and the server's clock") {
  Listener listener;
  std::thread server([&] {
    listener.serve(
        "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/\r\n"
        "dAtE: Fri, 02 Jan 2026 03:04:05 GMT\r\nContent-Length: 4\r\n\r\nbody");
  });
  const auto answer = exchange(request_to(listener), {});
  server.join();
  CHECK(answer.status == 302);  // and nobody followed it
  CHECK(answer.body.reveal() == "body");
  CHECK(answer.date == parse_amz_date("20260102T030405Z"));
}

TEST_CASE("HTTP: an answer without end is not read to its end") {
  Listener listener;
  std::thread server([&] {
    try {
      listener.serve("HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n" +
                     std::string(1 << 20, 'x'));
    } catch (const boost::system::system_error&) {  // the client has left
    }
  });
  CHECK(failure(request_to(listener)).find("the answer is too long") != std::string::npos);
  server.join();
}

TEST_CASE("HTTP: it ends when it is told to stop, and by its deadline") {
  Listener listener;
  std::stop_source stop;
  auto said = std::async(std::launch::async,
                         [&] { return failure(request_to(listener), stop.get_token()); });
  Tcp::socket peer(listener.io);
  listener.acceptor.accept(peer);
  stop.request_stop();
  CHECK(said.get().ends_with(": ended"));
  auto request = request_to(listener);
  request.timeout = 200ms;
  CHECK(failure(request).find("Timeout was reached") != std::string::npos);
  request.url = "file:///etc/hostname";
  CHECK(failure(request) != "none");
}

TEST_CASE("files: whole, or a reason") {
  const Folder folder;
  std::ofstream(folder.file("good")) << "text\n";
  CHECK(read_secret_file(folder.file("good"))->reveal() == "text\n");
  CHECK_FALSE(read_secret_file(folder.file("missing")));
  CHECK_FALSE(read_secret_file(folder.file("good/below")));
  const Sign fifo(folder.file("fifo"));
  CHECK_THROWS_AS(read_secret_file(folder.file("fifo")), NoCredentials);
  std::ofstream(folder.file("large")) << std::string((1 << 20) + 1, 'x');
  CHECK_THROWS_AS(read_secret_file(folder.file("large")), NoCredentials);
}

}  // namespace occam::iam
