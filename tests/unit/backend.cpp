#include "proxy/wire/backend.hpp"

#include <catch2/catch.hpp>

#include "tests/support/codec_sample.hpp"

using namespace occam::wire;
using namespace occam::wire::test;

TEST_CASE("messages of a server, both ways") {
  using namespace backend;
  const Error conflict{"ERROR", "40001", "change conflicts", "detail", "hint"};
  const auto conflict_body = "SERROR\0VERROR\0C40001\0Mchange conflicts\0Ddetail\0Hhint\0\0"s;
  const auto check_conflict = [](auto body) {
    const auto error = decode_error(body);
    CHECK(error.severity == "ERROR");
    CHECK(error.code == "40001");
    CHECK(error.message == "change conflicts");
    CHECK(error.detail == "detail");
    CHECK(error.hint == "hint");
  };
  const std::vector<CodecSample> samples{
      {"ReadyForQuery", 'Z', "T",
       [](auto body) {
         const auto got = decode_ready_for_query(body);
         CHECK(got == Status::in_transaction);
       },
       [](auto& out) { append_ready_for_query(out, Status::in_transaction); }},
      {"ErrorResponse", 'E', conflict_body, check_conflict,
       [=](auto& out) { append_error(out, conflict); }},
      {"NoticeResponse", 'N', conflict_body, check_conflict,
       [=](auto& out) { append_notice(out, conflict); }},
      {"ErrorResponse, nothing", 'E', "\0"s,
       [](auto body) {
         const auto got = decode_error(body);
         CHECK(got.code == "");
       },
       [](auto& out) { append_error(out, {}); }},
      {"CommandComplete", 'C', "INSERT 0 1\0"s,
       [](auto body) {
         const auto got = decode_command_complete(body);
         CHECK(got == "INSERT 0 1");
       },
       [](auto& out) { append_command_complete(out, "INSERT 0 1"); }},
      {"ParameterStatus", 'S', "TimeZone\0UTC\0"s,
       [](auto body) {
         const auto got = decode_parameter_status(body);
         CHECK(got.name == "TimeZone");
         CHECK(got.value == "UTC");
       },
       [](auto& out) {
         append_parameter_status(out, {"TimeZone", "UTC"});
       }},
      {"BackendKeyData", 'K', "\0\0\1\0\xff\xff\xff\xfe"s,
       [](auto body) {
         const auto got = decode_backend_key_data(body);
         CHECK(got.process_id == 256);
         CHECK(got.secret == -2);
       },
       [](auto& out) {
         append_backend_key_data(out, {256, -2});
       }},
  };
  for (const auto& sample : samples) {
    check(sample);
    CHECK(known(sample.type));
  }
}

TEST_CASE("fields that are unknown or out of order do no harm") {
  const auto body = "Mtext\0C40001\0SFEHLER\0q7\0VERROR\0SSPAET\0R1\0\0"s;
  const auto error = backend::decode_error(body);
  CHECK(error.severity == "ERROR");
  CHECK(error.code == "40001");
  CHECK(error.message == "text");
  const auto old = "SFEHLER\0\0"s;
  CHECK(backend::decode_error(old).severity == "FEHLER");
}

TEST_CASE("a server's malformed messages are refused") {
  CHECK_THROWS_AS(backend::decode_ready_for_query("X"), ProtocolViolation);
  CHECK_THROWS_AS(backend::decode_error("SERROR\0"s), ProtocolViolation);
  CHECK_THROWS_AS(backend::decode_command_complete("a\0b\0"s), ProtocolViolation);
}

TEST_CASE("only the types of a server's messages are known") {
  std::string known;
  for (int type = 0; type < 256; ++type) {
    if (backend::known(static_cast<char>(type))) known += static_cast<char>(type);
  }
  CHECK(known == "123ACDEGHIKNRSTVWZcdnstv");
}

TEST_CASE("messages that are only written") {
  std::string out;
  backend::append_authentication_ok(out);
  backend::append_empty(out, backend::Type::parse_complete);
  const std::vector<std::string_view> options{"_pq_.a", "_pq_.b"};
  backend::append_negotiate_protocol_version(out, 3 << 16, options);
  CHECK(out ==
        "R\0\0\0\x08\0\0\0\0"
        "1\0\0\0\4"
        "v\0\0\0\x1a\0\3\0\0\0\0\0\2_pq_.a\0_pq_.b\0"s);
}
