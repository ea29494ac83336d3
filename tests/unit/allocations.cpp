// What a translated text costs when it is executed again: not one allocation more than the same
// text untranslated.
#include <cstddef>
#include <fstream>
#include <iterator>
#include <string>

#include <catch2/catch.hpp>

#include "config/table_rules.hpp"

#include "proxy/relay/relay.hpp"
#include "proxy/wire/backend.hpp"
#include "proxy/wire/frontend.hpp"

#include "tests/support/counted_allocations.hpp"

namespace occam::relay {
namespace {

rewriter::RewriterOptions options(rewriter::Server server) {
  rewriter::RewriterOptions options;
  options.server = server;
  const std::string path = std::string(OCCAM_SOURCE_DIR) + "/config/temporal.yaml";
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  options.rules = config::parse_table_rules(text, path).rules;
  return options;
}

// A client that has prepared one statement and executes it again and again.
class Client {
 public:
  explicit Client(rewriter::Server server)
      : rewriter_(options(server)), budget_(std::size_t{1} << 20), relay_({}, budget_, 1, client_) {
    relay_.on_server_ready(upstream_, {}, out_);
    wire::backend::append_empty(answer_, wire::backend::Type::bind_complete);
    wire::backend::append_command_complete(answer_, "UPDATE 1");
    wire::backend::append_ready_for_query(answer_, wire::backend::Status::idle);
  }

  bool prepare(const std::string& text) {
    std::string sent;
    wire::frontend::append_parse(sent, {"s", text, std::string_view("\0\0", 2)});
    wire::frontend::append_sync(sent);
    std::string answer;
    wire::backend::append_empty(answer, wire::backend::Type::parse_complete);
    wire::backend::append_ready_for_query(answer, wire::backend::Status::idle);
    talk(sent, answer);
    return rewriter_.rewrite(text)->changed;
  }

  std::size_t execute(std::string_view values) {
    std::string sent;
    wire::frontend::append_bind(sent, {"", "s", values, 0});
    wire::frontend::append_execute(sent, {"", 0});
    wire::frontend::append_sync(sent);
    const std::size_t before = counted_allocations();
    talk(sent, answer_);
    return counted_allocations() - before;
  }

  // Text by text: Parse of the unnamed statement, or a simple Query.
  std::size_t run(const std::string& text, std::string_view values) {
    std::string sent;
    wire::frontend::append_parse(sent, {"", text, std::string_view("\0\0", 2)});
    wire::frontend::append_bind(sent, {"", "", values, 0});
    wire::frontend::append_execute(sent, {"", 0});
    wire::frontend::append_sync(sent);
    std::string answer;
    wire::backend::append_empty(answer, wire::backend::Type::parse_complete);
    answer += answer_;
    const std::size_t before = counted_allocations();
    talk(sent, answer);
    return counted_allocations() - before;
  }

  std::size_t query(const std::string& text) {
    std::string sent;
    wire::frontend::append_query(sent, text);
    std::string answer;
    wire::backend::append_command_complete(answer, "UPDATE 1");
    wire::backend::append_ready_for_query(answer, wire::backend::Status::idle);
    const std::size_t before = counted_allocations();
    talk(sent, answer);
    return counted_allocations() - before;
  }

  std::size_t look_up(const std::string& text) {
    const std::size_t before = counted_allocations();
    rewriter_.rewrite(text);
    return counted_allocations() - before;
  }

 private:
  template <class Take>
  static void each(std::string_view bytes, Take take) {
    while (!bytes.empty()) {
      wire::Reader reader(bytes.substr(1));
      const auto length = static_cast<std::size_t>(reader.i32()) + 1;
      take(wire::Frame{bytes[0], bytes.substr(0, length)});
      bytes.remove_prefix(length);
    }
  }

  void talk(std::string_view sent, std::string_view answer) {
    each(sent, [this](const wire::Frame& frame) { relay_.on_client(frame, {}, out_); });
    each(answer, [this](const wire::Frame& frame) { relay_.on_server(frame, {}, out_); });
    out_.clear();
  }

  rewriter::Rewriter rewriter_;
  Budget budget_;
  UpstreamSession upstream_;
  ClientSession client_{&rewriter_, ReportedParameters()};
  Relay relay_;
  Output out_;
  std::string answer_;
};

// Two parameters in text format: 16 bytes as hex, and a number.
std::string values() {
  std::string values("\0\0\0\2", 4);
  for (const std::string value : {"\\x00112233445566778899aabbccddeeff", "1"}) {
    wire::append_i32(values, static_cast<std::int32_t>(value.size()));
    values += value;
  }
  return values + std::string("\0\0", 2);
}

TEST_CASE("allocations: a translated statement costs none when it is executed again") {
  const std::string text = "UPDATE namespaces SET notification_version = $2 WHERE id = $1";
  Client translated(rewriter::Server::aurora_dsql);
  Client untouched(rewriter::Server::postgresql);
  REQUIRE(translated.prepare(text));
  REQUIRE_FALSE(untouched.prepare(text));
  const std::string bound = values();
  for (int warm = 0; warm < 10; ++warm) {
    translated.execute(bound);
    untouched.execute(bound);
  }
  CHECK(translated.execute(bound) == untouched.execute(bound));
  CHECK(translated.look_up(text) == 0);
}

TEST_CASE("allocations: nor does a text that is sent again, prepared or not") {
  const std::string text = "UPDATE namespaces SET notification_version = $2 WHERE id = $1";
  const std::string simple = "UPDATE namespaces SET notification_version = 1 WHERE id = '\\x00'";
  Client translated(rewriter::Server::aurora_dsql);
  Client untouched(rewriter::Server::postgresql);
  const std::string bound = values();
  for (int warm = 0; warm < 10; ++warm) {
    for (Client* client : {&translated, &untouched}) {
      client->run(text, bound);
      client->query(simple);
    }
  }
  CHECK(translated.run(text, bound) == untouched.run(text, bound));
  CHECK(translated.query(simple) == untouched.query(simple));
}

}  // namespace
}  // namespace occam::relay
