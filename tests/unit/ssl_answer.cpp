#include "proxy/wire/ssl_answer.hpp"

#include <catch2/catch.hpp>

#include "proxy/wire/backend.hpp"

using namespace occam::wire;
using namespace std::string_literals;
using Verdict = SslAnswer::Verdict;

TEST_CASE("ssl answer: one byte decides") {
  CHECK(judge_ssl_answer("S").verdict == Verdict::encrypt);
  CHECK(judge_ssl_answer("N").verdict == Verdict::plaintext);
  CHECK(judge_ssl_answer("N").reason == "it does not offer TLS");
  for (const auto& other : {"s"s, "n"s, "H"s, "\x15\x03\x01"s, "\0"s}) {
    CHECK(judge_ssl_answer(other).verdict == Verdict::refused);
    CHECK(judge_ssl_answer(other).reason == "it does not speak PostgreSQL's protocol");
  }
}

TEST_CASE("ssl answer: nothing may follow in the clear") {
  const auto answer = judge_ssl_answer("SR");
  CHECK(answer.verdict == Verdict::refused);
  CHECK(answer.reason == "it sent unencrypted bytes behind its answer to SSLRequest");
}

TEST_CASE("ssl answer: what an error says stays apart, for nobody has proved who he is") {
  std::string error;
  backend::append_error(error, {"FATAL", "53300", "too many", "", ""});
  const auto answer = judge_ssl_answer(error);
  CHECK(answer.verdict == Verdict::refused);
  CHECK(answer.reason == "it answered SSLRequest with an error");
  CHECK(answer.words == "53300 too many");
  for (std::size_t size = 1; size < error.size(); ++size) {  // not all of it came
    const auto part = judge_ssl_answer(std::string_view(error).substr(0, size));
    CHECK(part.reason == answer.reason);
    CHECK(part.words.empty());
  }
  CHECK(judge_ssl_answer("Esomething old\n\0"s).words.empty());  // protocol 2
  CHECK(judge_ssl_answer("E\0\0\0\5\xff"s).words.empty());
}
