#include "proxy/wire/frontend.hpp"

#include <catch2/catch.hpp>

#include "tests/support/codec_sample.hpp"

using namespace occam::wire;
using namespace occam::wire::test;

namespace {

const std::string types_23_25 = "\0\2\0\0\0\x17\0\0\0\x19"s;
const std::string bind_rest =
    "\0\1\0\1"
    "\0\3\0\0\0\1x\xff\xff\xff\xff\0\0\0\0"
    "\0\2\0\0\0\1"s;

}  // namespace

TEST_CASE("messages of a client, both ways") {
  const std::vector<CodecSample> samples{
      {"Query", 'Q', "SELECT 1\0"s,
       [](auto body) {
         const auto got = frontend::decode_query(body);
         CHECK(got.sql == "SELECT 1");
       },
       [](auto& out) { frontend::append_query(out, "SELECT 1"); }},
      {"Query, empty", 'Q', "\0"s,
       [](auto body) {
         const auto got = frontend::decode_query(body);
         CHECK(got.sql == "");
       },
       [](auto& out) { frontend::append_query(out, ""); }},
      {"Parse", 'P', "s1\0SELECT $1, $2\0"s + types_23_25,
       [](auto body) {
         const auto parse = frontend::decode_parse(body);
         CHECK(parse.name == "s1");
         CHECK(parse.sql == "SELECT $1, $2");
         CHECK(parse.types == types_23_25);
       },
       [](auto& out) {
         frontend::append_parse(out, {"s1", "SELECT $1, $2", types_23_25});
       }},
      {"Bind",
       'B',
       "p\0s1\0"s + bind_rest,
       [](auto body) {
         const auto bind = frontend::decode_bind(body);
         CHECK(bind.portal == "p");
         CHECK(bind.statement == "s1");
         CHECK(bind.rest == bind_rest);
       },
       {}},
      {"Bind, nothing",
       'B',
       "\0\0\0\0\0\0\0\0"s,
       [](auto body) { frontend::decode_bind(body); },
       {}},
      {"Describe",
       'D',
       "Ss1\0"s,
       [](auto body) {
         const auto got = frontend::decode_describe(body);
         CHECK(got.what == 'S');
         CHECK(got.name == "s1");
       },
       {}},
      {"Close", 'C', "P\0"s,
       [](auto body) {
         const auto got = frontend::decode_close(body);
         CHECK(got.what == 'P');
         CHECK(got.name == "");
       },
       [](auto& out) {
         frontend::append_close(out, {'P', ""});
       }},
      {"Execute",
       'E',
       "p\0\0\0\1\0"s,
       [](auto body) {
         const auto got = frontend::decode_execute(body);
         CHECK(got.portal == "p");
         CHECK(got.max_rows == 256);
       },
       {}},
      {"Sync", 'S', "", frontend::decode_empty, frontend::append_sync},
      {"Terminate", 'X', "", frontend::decode_empty, frontend::append_terminate},
      {"Flush", 'H', "", frontend::decode_empty, frontend::append_flush},
      {"CopyDone", 'c', "", frontend::decode_empty, {}},
      {"FunctionCall",
       'F',
       "\0\0\0\7\0\1\0\0\0\2\0\0\0\1x\xff\xff\xff\xff\0\1"s,
       frontend::decode_function_call,
       {}},
  };
  for (const auto& sample : samples) {
    check(sample);
    CHECK(frontend::known(sample.type));
  }
}

TEST_CASE("a client's malformed messages are refused") {
  using namespace frontend;
  CHECK_THROWS_AS(decode_query("a\0b\0"s), ProtocolViolation);
  CHECK_THROWS_AS(decode_describe("Xs\0"s), ProtocolViolation);
  CHECK_THROWS_AS(decode_close("\0s\0"s), ProtocolViolation);
  CHECK_THROWS_AS(decode_bind("\0\0\xff\xff\0\0\0\0"s), ProtocolViolation);              // formats
  CHECK_THROWS_AS(decode_bind("\0\0\0\0\0\1\xff\xff\xff\xfe\0\0"s), ProtocolViolation);  // length
  CHECK_THROWS_AS(decode_bind("\0\0\0\0\0\1\x7f\xff\xff\xff\0\0"s), ProtocolViolation);
  CHECK_THROWS_AS(decode_bind("\0\0\0\0\xff\xff\0\0"s), ProtocolViolation);  // 65,535 values
  CHECK_THROWS_AS(decode_parse("\0\0\xff\xff"s), ProtocolViolation);
}

TEST_CASE("65,535 parameters and types are as good as one") {
  std::string body = "\0\0\0\0\xff\xff"s;
  for (int i = 0; i < 65'535; ++i) append_i32(body, -1);
  body += "\0\0"s;
  CHECK_NOTHROW(frontend::decode_bind(body));
  CHECK_NOTHROW(frontend::decode_parse("\0\0\xff\xff"s + std::string(65'535 * 4, 'x')));
}

TEST_CASE("only the types of a client's messages are known") {
  std::string known;
  for (int type = 0; type < 256; ++type) {
    if (frontend::known(static_cast<char>(type))) known += static_cast<char>(type);
  }
  CHECK(known == "BCDEFHPQSXcdfp");
}

TEST_CASE("what precedes typed messages, and what logs in") {
  const auto written = [](const auto& append) {
    std::string out;
    append(out);
    return out;
  };
  CHECK(written([](auto& out) { frontend::append_ssl_request(out); }) ==
        "\0\0\0\x08\x04\xd2\x16\x2f"s);
  CHECK(written([](auto& out) { frontend::append_cancel_request(out, 1, -1); }) ==
        "\0\0\0\x10\x04\xd2\x16\x2e\0\0\0\1\xff\xff\xff\xff"s);
  CHECK(written([](auto& out) {
          frontend::append_startup(out, {{"user", "a"}});
        }) == "\0\0\0\x10\0\3\0\0user\0a\0\0"s);
  CHECK(written([](auto& out) { frontend::append_password(out, "pw"); }) == "p\0\0\0\7pw\0"s);
  CHECK(written([](auto& out) { frontend::append_sasl_initial_response(out, "M", "r"); }) ==
        "p\0\0\0\x0bM\0\0\0\0\1r"s);
  CHECK(written([](auto& out) { frontend::append_sasl_response(out, "r"); }) == "p\0\0\0\5r"s);
}
