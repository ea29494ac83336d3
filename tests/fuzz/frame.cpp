// However a stream is chopped, the framer hands out the same bytes, and refuses the same stream.
#include "proxy/wire/frame.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

using namespace occam::wire;

namespace {

// All frames joined by their ends, and whether the stream was refused.
std::string frames(std::string_view stream, std::size_t step) {
  Framer framer{FrameLimits{.message = 4096, .gathered = 16, .streamed = "Dd"}};
  std::string out;
  try {
    while (!stream.empty()) {
      const auto bytes = stream.substr(0, step);
      const auto space = framer.space(bytes.size());
      bytes.copy(space.data(), bytes.size());
      framer.filled(bytes.size());
      stream.remove_prefix(bytes.size());
      while (const auto frame = framer.next()) {
        out += frame->bytes;
        if (frame->ends) out += '|';
      }
    }
  } catch (const ProtocolViolation&) {
    out += "refused";
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view stream(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  const auto whole = frames(stream, std::max(stream.size(), std::size_t{1}));
  const auto chopped = frames(stream, std::size_t{bytes[0]} % 16 + 1);
  // What is missing at the end may have been handed out in part already: only whole frames count.
  const auto ended = [](const std::string& all) { return all.substr(0, all.rfind('|') + 1); };
  if (ended(whole) != ended(chopped)) std::abort();
  if (whole.ends_with("refused") != chopped.ends_with("refused")) std::abort();
  return 0;
}
