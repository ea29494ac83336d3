// What a server answers an SSLRequest: one byte, or an ErrorResponse. Sans I/O. Nobody has proved
// who he is yet, so no more than that byte is believed.
// Source: PostgreSQL manual, "SSL Session Encryption"; CVE-2021-23222, CVE-2024-10977.
#pragma once

#include <string>
#include <string_view>

namespace occam::wire {

// What PostgreSQL is called where TLS settles on a protocol (ALPN).
inline constexpr const char* alpn_protocol = "postgresql";

struct SslAnswer {
  enum class Verdict {
    encrypt,    // begin the handshake
    plaintext,  // it does not offer TLS
    refused,    // reason says what came instead
  };
  Verdict verdict = Verdict::refused;
  std::string reason;  // what the server did, as in "it closed the connection"
  std::string words;   // of an ErrorResponse, for the log only: anybody may have written them
};

// `bytes`, at least one, are everything that came with the first read behind the request.
SslAnswer judge_ssl_answer(std::string_view bytes);

}  // namespace occam::wire
