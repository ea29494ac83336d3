// The first byte chooses the options, the rest is what a stranger sends, at once and byte by byte.
#include "proxy/wire/greeting.hpp"

#include <cstdint>
#include <cstdlib>

using namespace occam::wire;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view stream(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  const GreetingOptions options{.tls = (bytes[0] & 1) != 0,
                                .tls_required = (bytes[0] & 2) != 0,
                                .encrypted = (bytes[0] & 4) != 0};
  Greeting whole(options);
  std::string answer;
  auto verdict = whole.on_bytes(stream, answer);

  Greeting chopped(options);
  std::string same_answer;
  auto same_verdict = Greeting::Verdict::more;
  for (std::size_t i = 0; i < stream.size() && same_verdict == Greeting::Verdict::more; ++i) {
    same_verdict = chopped.on_bytes(stream.substr(i, 1), same_answer);
  }
  // With TLS, bytes behind SSLRequest are refused if they came with it and encrypted otherwise.
  if (same_verdict == Greeting::Verdict::wants_tls) return 0;
  if (verdict != same_verdict || answer != same_answer) std::abort();
  if (whole.startup().parameters != chopped.startup().parameters) std::abort();
  return 0;
}
