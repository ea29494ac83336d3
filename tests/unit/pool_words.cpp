// What a refused connect means, what a client is told, and what an idle connection may say.
#include <string>
#include <tuple>
#include <vector>

#include <catch2/catch.hpp>

#include "proxy/pool/refusal.hpp"
#include "proxy/pool/upkeep.hpp"

namespace occam::pool {
namespace {

using wire::backend::Status;

Refusal judged(const std::string& code, const std::string& message, const std::string& hint = "") {
  upstream::Failure failure{upstream::FailureKind::refused, {}, {}};
  wire::backend::append_error(failure.error, {"FATAL", code, message, "", hint});
  return judge(failure);
}

TEST_CASE("refusal: what may pass is waited out, what will not is told") {
  const std::vector<std::tuple<std::string, std::string, Refusal>> answers{
      {"53300", "Unable to accept connection, too many open connections.", Refusal::passing},
      {"53400", "Unable to accept connection, rate exceeded.", Refusal::passing},
      {"57P03", "the database system is starting up", Refusal::passing},
      {"08006", "unable to accept connection, waking up cluster, please retry later",
       Refusal::passing},
      {"28000", "unable to accept connection, waking up cluster, please retry later",
       Refusal::passing},
      {"XX000", "server unavailable", Refusal::passing},
      {"57P01", "terminating connection due to administrator command", Refusal::passing},
      {"40001", "change conflicts with another transaction, please retry (OC001)",
       Refusal::passing},
      {"25006", "cannot execute in a read-only transaction", Refusal::passing},
      {"0A000", "cannot set transaction read-write mode during recovery", Refusal::passing},
      {"28000", "unable to accept connection, access denied", Refusal::password},
      {"28P01", "password authentication failed for user \"temporal\"", Refusal::password},
      {"3D000", "database \"nowhere\" does not exist", Refusal::definite},
      {"08P01", "invalid startup packet", Refusal::definite},
      {"0A000", "unsupported frontend protocol", Refusal::definite},
      {"42501", "permission denied", Refusal::definite},
      {"", "nobody knows", Refusal::definite},
  };
  for (const auto& [code, message, refusal] : answers) {
    INFO(code << " " << message);
    CHECK(judged(code, message) == refusal);
  }
  CHECK(judged("08004", "no", "Signature expired: 20260102T030405Z") == Refusal::password);
  CHECK(judge({upstream::FailureKind::unreachable, {}, {}}) == Refusal::passing);
  CHECK(judge({upstream::FailureKind::timeout, {}, {}}) == Refusal::passing);
}

TEST_CASE("refusal: a client that waited in vain is told how long, and for what") {
  const auto told = [](Shortage shortage, Duration waited) {
    return timed_out(shortage, waited, 40, "the upstream sleeps").reason;
  };
  using namespace std::chrono_literals;
  CHECK(told(Shortage::in_use, 5s) ==
        "no upstream connection within 5 s: all 40 of this thread are in use");
  CHECK(told(Shortage::failing, 1500ms) ==
        "no upstream connection within 1.5 s: the upstream sleeps");
  CHECK(told(Shortage::refusing, 250ms) ==
        "no upstream connection within 250 ms: the upstream sleeps");
  CHECK(told(Shortage::connecting, 9999ms) ==
        "no upstream connection within 10 s: more are being opened, at most "
        "pool.connects_per_second");
}

TEST_CASE("upkeep: what a connection may say while nobody has it") {
  const auto heard = [](Question asked, const std::string& bytes) {
    return hear(asked, {bytes[0], bytes});
  };
  std::string parameter;
  wire::backend::append_parameter_status(parameter, {"a", "b"});
  std::string notice;
  wire::backend::append_notice(notice, {"NOTICE", "00000", "hello", "", ""});
  std::string error;
  wire::backend::append_error(error, {"FATAL", "57P01", "goodbye", "", ""});
  std::string empty;
  wire::backend::append_empty(empty, wire::backend::Type::empty_query_response);
  std::string rolled_back;
  wire::backend::append_command_complete(rolled_back, "ROLLBACK");
  const auto ready = [](Status status) {
    std::string bytes;
    wire::backend::append_ready_for_query(bytes, status);
    return bytes;
  };
  for (const auto asked : {Question::none, Question::health, Question::rollback}) {
    CHECK(heard(asked, parameter) == Saying::parameter);
    CHECK(heard(asked, notice) == Saying::idle_talk);
    CHECK(heard(asked, error) == Saying::unfit);
    CHECK(heard(asked, ready(Status::in_transaction)) == Saying::unfit);
    CHECK(heard(asked, ready(Status::failed)) == Saying::unfit);
    CHECK((heard(asked, ready(Status::idle)) == Saying::at_rest) == (asked != Question::none));
    CHECK((heard(asked, empty) == Saying::idle_talk) == (asked == Question::health));
    CHECK((heard(asked, rolled_back) == Saying::idle_talk) == (asked == Question::rollback));
    CHECK(hear(asked, {'D', "D....", true, false}) == Saying::unfit);
  }
}

}  // namespace
}  // namespace occam::pool
