// The first byte is the message's type, the rest its body.
#include "proxy/wire/backend.hpp"

#include <cstdint>

using namespace occam::wire;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  using backend::Type;
  try {
    switch (static_cast<Type>(bytes[0])) {
      case Type::ready_for_query:
        backend::decode_ready_for_query(body);
        break;
      case Type::error_response:
      case Type::notice_response:
        backend::decode_error(body);
        break;
      case Type::command_complete:
        backend::decode_command_complete(body);
        break;
      case Type::parameter_status:
        backend::decode_parameter_status(body);
        break;
      default:
        backend::decode_backend_key_data(body);
        break;
    }
  } catch (const ProtocolViolation&) {
    return 0;  // refused is an answer too
  }
  return 0;
}
