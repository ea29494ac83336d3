// Messages from a client to a server: decode and append. Views live as long as the frame they came
// from. Decoders take the body (Frame::body()) and throw ProtocolViolation when it is malformed.
// Source: PostgreSQL manual, "Message Formats", protocol 3.0.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "proxy/wire/bytes.hpp"
#include "proxy/wire/parameter.hpp"

namespace occam::wire::frontend {

enum class Type : char {
  bind = 'B',
  close = 'C',
  copy_data = 'd',
  copy_done = 'c',
  copy_fail = 'f',
  describe = 'D',
  execute = 'E',
  flush = 'H',
  function_call = 'F',
  parse = 'P',
  password = 'p',  // also SASLInitialResponse, SASLResponse, GSSResponse
  query = 'Q',
  sync = 'S',
  terminate = 'X',
};

bool known(char type);

// The word behind a startup packet's length: a protocol version, or a request in its place.
inline constexpr std::int32_t protocol_3_0 = 3 << 16;
inline constexpr std::int32_t cancel_request = (1234 << 16) | 5678;
inline constexpr std::int32_t ssl_request = (1234 << 16) | 5679;
inline constexpr std::int32_t gss_request = (1234 << 16) | 5680;

struct Query {
  std::string_view sql;
};
struct Parse {
  std::string_view name;
  std::string_view sql;
  std::string_view types;  // Int16 count and the Int32 type OIDs, as on the wire
};
struct Bind {
  std::string_view portal;
  std::string_view statement;
  std::string_view rest;  // parameter formats, values and result formats, checked but not decoded
  // Bytes of the longest parameter; half of them where it is bytea as hex text.
  std::size_t largest_value = 0;
};
// A parameter as a Bind carries it; no value: NULL.
struct BoundValue {
  std::optional<std::string_view> value;
  std::int16_t format = 0;  // 0 text, 1 binary
};
// 'S' for a prepared statement, 'P' for a portal.
struct Describe {
  char what = 0;
  std::string_view name;
};
struct Close {
  char what = 0;
  std::string_view name;
};
struct Execute {
  std::string_view portal;
  std::int32_t max_rows = 0;  // 0: all
};

Query decode_query(std::string_view body);
Parse decode_parse(std::string_view body);
Bind decode_bind(std::string_view body);
// Of a Bind's `rest`, as decode_bind gave it. Parameter `number`, from 1; nothing if there are
// fewer.
std::optional<BoundValue> bound_parameter(std::string_view rest, std::size_t number);
// The format in which column `column` of the answer is asked for, from 0.
std::int16_t result_format(std::string_view rest, std::size_t column);
Describe decode_describe(std::string_view body);
Close decode_close(std::string_view body);
Execute decode_execute(std::string_view body);
// Sync, Flush, CopyDone and Terminate have no body.
void decode_empty(std::string_view body);
// FunctionCall is passed on as it is; this only checks its shape.
void decode_function_call(std::string_view body);

void append_query(std::string& out, std::string_view sql);
void append_parse(std::string& out, const Parse& parse);
void append_bind(std::string& out, const Bind& bind);
// The Bind with one more parameter, the last; as it is where its formats do not fit its parameters,
// which is an error, and the server's to tell.
void append_bind(std::string& out, const Bind& bind, const BoundValue& last);
// With these parameters alone; results in text format.
void append_bind(std::string& out, std::string_view portal, std::string_view statement,
                 std::span<const BoundValue> values);
void append_execute(std::string& out, const Execute& execute);
void append_describe(std::string& out, const Describe& describe);
void append_close(std::string& out, const Close& close);
void append_sync(std::string& out);
void append_flush(std::string& out);
void append_terminate(std::string& out);

// Before the first message with a type byte. Protocol 3.0.
void append_startup(std::string& out, const Parameters& parameters);
void append_ssl_request(std::string& out);
void append_cancel_request(std::string& out, std::int32_t process_id, std::int32_t secret);
// While logging in; all three are of type 'p'.
void append_password(std::string& out, std::string_view password);
void append_sasl_initial_response(std::string& out, std::string_view mechanism,
                                  std::string_view response);
void append_sasl_response(std::string& out, std::string_view response);

}  // namespace occam::wire::frontend
