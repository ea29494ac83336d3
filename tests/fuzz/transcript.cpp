// Any bytes as a message come back through their line; any line that is a message comes back too.
#include "proxy/trace/transcript.hpp"

#include <cstdint>
#include <cstdlib>

#include "proxy/wire/bytes.hpp"

using namespace occam;

namespace {

void check_message(char type, std::string_view body, trace::Direction direction) {
  std::string bytes;
  {
    const wire::Message message(bytes, type);
    bytes += body;
  }
  const wire::Frame frame{type, bytes};
  if (trace::parse(trace::render(frame, direction, trace::Show::everything)) != bytes) std::abort();
  trace::render(frame, direction, trace::Show::no_values);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(bytes), size);
  if (trace::parse(trace::render_startup(input)) != input) std::abort();
  if (!input.empty()) {
    check_message(input[0], input.substr(1), trace::Direction::from_client);
    check_message(input[0], input.substr(1), trace::Direction::from_server);
  }
  try {
    const auto message = trace::parse(input);
    if (input.find("Startup") == input.npos && input.find("Request") == input.npos) {
      check_message(message[0], std::string_view(message).substr(5), trace::Direction::from_client);
      check_message(message[0], std::string_view(message).substr(5), trace::Direction::from_server);
    }
  } catch (const trace::BadLine&) {
    return 0;
  }
  return 0;
}
