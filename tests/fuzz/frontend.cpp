// The first byte is the message's type, the rest its body.
#include "proxy/wire/frontend.hpp"

#include <cstdint>

using namespace occam::wire;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  using frontend::Type;
  try {
    switch (static_cast<Type>(bytes[0])) {
      case Type::query:
        frontend::decode_query(body);
        break;
      case Type::parse:
        frontend::decode_parse(body);
        break;
      case Type::bind:
        frontend::decode_bind(body);
        break;
      case Type::describe:
        frontend::decode_describe(body);
        break;
      case Type::close:
        frontend::decode_close(body);
        break;
      case Type::execute:
        frontend::decode_execute(body);
        break;
      case Type::function_call:
        frontend::decode_function_call(body);
        break;
      default:
        frontend::decode_empty(body);
        break;
    }
  } catch (const ProtocolViolation&) {
    return 0;  // refused is an answer too
  }
  return 0;
}
