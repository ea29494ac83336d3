// A hostile client: the first byte says whether its name is a user's, the rest is what it sends, at
// once and byte by byte. It is let in with the one right proof only, and never as nobody.
#include "proxy/wire/authentication.hpp"

#include <cstdint>
#include <cstdlib>

using namespace occam::wire;

namespace {

// RFC 7677's example.
constexpr std::string_view salt =
    "\x5b\x6d\x99\x68\x9d\x12\x35\x8e\xec\xa0\x4b\x14\x12\x36\xfa\x81";
constexpr auto nonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";

// Of every conversation in the corpus that ends well: over other texts nobody can make one.
constexpr auto right_proofs = {
    "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", "qvT2SWdEH5Q06albL+hjSYuUhCG7VndFyzIb7CK4n9k=",
    "VpuC5DGQa5ro9tXE9MnKs69NH1nxnuregZZcclqIGfM=", "JahJupMaTixVV5uxIDlzV0c52JlC0spdjuR5d7radIM="};

struct Dialogue {
  Authentication authentication;
  Framer framer{FrameLimits{.message = authentication_message_limit}};
  std::string sent;
  Authentication::Verdict verdict = Authentication::Verdict::more;

  Dialogue(const ScramVerifier& verifier, bool genuine)
      : authentication("user", {verifier, genuine}, nonce) {
    authentication.start(sent);
  }

  void hear(std::string_view bytes) {
    bytes.copy(framer.space(bytes.size() + 1).data(), bytes.size());
    framer.filled(bytes.size());
    try {
      while (verdict == Authentication::Verdict::more) {
        const auto frame = framer.next();
        if (!frame) return;
        verdict = authentication.on_frame(*frame, sent);
      }
    } catch (const ProtocolViolation& violation) {
      verdict = authentication.on_violation(violation);
    }
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  static const auto verifier = make_verifier("pencil", std::string(salt));
  const bool genuine = (bytes[0] & 1) != 0;
  const std::string_view stream(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  Dialogue whole(verifier, genuine);
  whole.hear(stream);
  Dialogue chopped(verifier, genuine);
  for (std::size_t i = 0; i < stream.size(); ++i) chopped.hear(stream.substr(i, 1));
  if (whole.verdict != chopped.verdict || whole.sent != chopped.sent) std::abort();

  const bool authenticated = whole.verdict == Authentication::Verdict::authenticated;
  const bool open = whole.verdict == Authentication::Verdict::more || authenticated;
  if (whole.authentication.error().empty() != open) std::abort();
  if (!authenticated) return 0;
  if (!genuine) std::abort();
  for (const auto* proof : right_proofs)
    if (stream.find(proof) != std::string_view::npos) return 0;
  std::abort();
}
