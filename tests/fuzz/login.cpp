// A stream from a hostile server. The password must never stand in an error or a reason, unless it
// is the server that says it.
#include "proxy/wire/login.hpp"

#include <cstdint>
#include <cstdlib>

using namespace occam::wire;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  constexpr auto password = "correct-horse-battery";
  Login login(LoginRequest{"user", "db", password, {}, "rOprNGfwEbeRWgbNEkqO"});
  Framer framer{FrameLimits{.message = login_limit}};
  std::string sent;
  login.start(sent);
  const auto space = framer.space(size + 1);
  const std::string_view stream(reinterpret_cast<const char*>(bytes), size);
  stream.copy(space.data(), size);
  framer.filled(size);
  auto verdict = Login::Verdict::more;
  try {
    while (const auto frame = framer.next()) {
      if (verdict != Login::Verdict::more) break;
      verdict = login.on_frame(*frame, sent);
    }
  } catch (const ProtocolViolation& violation) {
    verdict = login.on_violation(violation);
  }
  if (verdict == Login::Verdict::refused && login.error().empty()) std::abort();
  if (stream.find(password) != std::string_view::npos) return 0;
  if (login.reason().find(password) != std::string::npos) std::abort();
  if (login.error().find(password) != std::string::npos) std::abort();
  return 0;
}
