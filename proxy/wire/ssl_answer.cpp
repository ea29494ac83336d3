#include "proxy/wire/ssl_answer.hpp"

#include "proxy/wire/backend.hpp"
#include "proxy/wire/bytes.hpp"

namespace occam::wire {
namespace {

constexpr std::size_t header = 5;  // type and length

std::string error_words(std::string_view bytes) {
  try {
    Reader reader(bytes.substr(1));
    const auto length = static_cast<std::size_t>(reader.i32());
    if (bytes.size() <= header || length != bytes.size() - 1) return "";
    const auto error = backend::decode_error(bytes.substr(header));
    return std::string(error.code) + " " + std::string(error.message);
  } catch (const ProtocolViolation&) {
    return "";
  }
}

}  // namespace

SslAnswer judge_ssl_answer(std::string_view bytes) {
  using Verdict = SslAnswer::Verdict;
  switch (bytes.front()) {
    case 'S':
      // What follows in the clear must never be taken for something that came through TLS.
      if (bytes.size() > 1)
        return {Verdict::refused, "it sent unencrypted bytes behind its answer to SSLRequest", ""};
      return {Verdict::encrypt, "", ""};
    case 'N':
      return {Verdict::plaintext, "it does not offer TLS", ""};
    case 'E':
      return {Verdict::refused, "it answered SSLRequest with an error", error_words(bytes)};
    default:
      return {Verdict::refused, "it does not speak PostgreSQL's protocol", ""};
  }
}

}  // namespace occam::wire
