#include "proxy/wire/frontend.hpp"

#include <algorithm>

namespace occam::wire::frontend {

namespace {

void skip_formats(Reader& reader) {
  const auto count = reader.i16();
  if (count < 0) throw ProtocolViolation("negative number of format codes");
  reader.take(static_cast<std::size_t>(count) * 2);
}

// The length of the longest; a bytea in text format counts as the bytes it stands for.
std::size_t skip_values(Reader& reader) {
  std::size_t longest = 0;
  // The count is unsigned on the wire: drivers send up to 65,535 parameters.
  const auto count = static_cast<std::uint16_t>(reader.i16());
  for (int i = 0; i < count; ++i) {
    const auto length = reader.i32();
    if (length < -1) throw ProtocolViolation("negative length of a parameter");
    if (length <= 0) continue;
    const auto value = reader.take(static_cast<std::size_t>(length));
    longest = std::max(longest, value.starts_with("\\x") ? value.size() / 2 : value.size());
  }
  return longest;
}

char statement_or_portal(Reader& reader) {
  const auto what = static_cast<char>(reader.u8());
  if (what != 'S' && what != 'P') throw ProtocolViolation("neither a statement nor a portal");
  return what;
}

}  // namespace

bool known(char type) {
  switch (static_cast<Type>(type)) {
    case Type::bind:
    case Type::close:
    case Type::copy_data:
    case Type::copy_done:
    case Type::copy_fail:
    case Type::describe:
    case Type::execute:
    case Type::flush:
    case Type::function_call:
    case Type::parse:
    case Type::password:
    case Type::query:
    case Type::sync:
    case Type::terminate:
      return true;
  }
  return false;
}

Query decode_query(std::string_view body) {
  Reader reader(body);
  const Query query{reader.cstring()};
  reader.expect_end();
  return query;
}

Parse decode_parse(std::string_view body) {
  Reader reader(body);
  Parse parse;
  parse.name = reader.cstring();
  parse.sql = reader.cstring();
  parse.types = reader.rest();
  const auto count = static_cast<std::uint16_t>(reader.i16());
  reader.take(std::size_t{count} * 4);
  reader.expect_end();
  return parse;
}

Bind decode_bind(std::string_view body) {
  Reader reader(body);
  Bind bind;
  bind.portal = reader.cstring();
  bind.statement = reader.cstring();
  bind.rest = reader.rest();
  skip_formats(reader);
  bind.largest_value = skip_values(reader);
  skip_formats(reader);
  reader.expect_end();
  return bind;
}

namespace {

// The `index`th of a list of formats: none is text for all, one is for all.
std::int16_t format_of(std::string_view formats, std::size_t index) {
  Reader reader(formats);
  const auto count = static_cast<std::size_t>(reader.i16());
  if (count == 0) return 0;
  if (count > 1) {
    if (index >= count) return 0;
    reader.take(2 * index);
  }
  return reader.i16();
}

std::string_view take_formats(Reader& reader) {
  const auto before = reader.rest();
  skip_formats(reader);
  return before.substr(0, before.size() - reader.rest().size());
}

void append_value(std::string& out, const BoundValue& bound) {
  append_i32(out, bound.value ? static_cast<std::int32_t>(bound.value->size()) : -1);
  if (bound.value) out.append(*bound.value);
}

}  // namespace

std::optional<BoundValue> bound_parameter(std::string_view rest, std::size_t number) {
  Reader reader(rest);
  const auto formats = take_formats(reader);
  const std::size_t count = static_cast<std::uint16_t>(reader.i16());
  if (number == 0 || number > count) return std::nullopt;
  for (std::size_t i = 1;; ++i) {
    const auto length = reader.i32();
    const auto value = length < 0 ? std::optional<std::string_view>()
                                  : reader.take(static_cast<std::size_t>(length));
    if (i == number) return BoundValue{value, format_of(formats, number - 1)};
  }
}

std::int16_t result_format(std::string_view rest, std::size_t column) {
  Reader reader(rest);
  skip_formats(reader);
  skip_values(reader);
  return format_of(reader.rest(), column);
}

Describe decode_describe(std::string_view body) {
  Reader reader(body);
  Describe describe;
  describe.what = statement_or_portal(reader);
  describe.name = reader.cstring();
  reader.expect_end();
  return describe;
}

Close decode_close(std::string_view body) {
  const auto same = decode_describe(body);
  return {same.what, same.name};
}

Execute decode_execute(std::string_view body) {
  Reader reader(body);
  Execute execute;
  execute.portal = reader.cstring();
  execute.max_rows = reader.i32();
  reader.expect_end();
  return execute;
}

void decode_empty(std::string_view body) { Reader(body).expect_end(); }

void decode_function_call(std::string_view body) {
  Reader reader(body);
  reader.i32();
  skip_formats(reader);
  skip_values(reader);
  reader.i16();
  reader.expect_end();
}

void append_query(std::string& out, std::string_view sql) {
  const Message message(out, 'Q');
  append_cstring(out, sql);
}

void append_parse(std::string& out, const Parse& parse) {
  const Message message(out, 'P');
  append_cstring(out, parse.name);
  append_cstring(out, parse.sql);
  out.append(parse.types);
}

void append_bind(std::string& out, const Bind& bind) {
  const Message message(out, 'B');
  append_cstring(out, bind.portal);
  append_cstring(out, bind.statement);
  out.append(bind.rest);
}

void append_bind(std::string& out, const Bind& bind, const BoundValue& last) {
  Reader reader(bind.rest);
  const auto formats = take_formats(reader);
  const std::size_t count = static_cast<std::uint16_t>(reader.i16());
  const std::size_t given = static_cast<std::uint16_t>(Reader(formats).i16());
  if (given > 1 && given != count) {
    append_bind(out, bind);
    return;
  }
  const auto before = reader.rest();
  for (std::size_t i = 0; i < count; ++i) {
    const auto length = reader.i32();
    if (length > 0) reader.take(static_cast<std::size_t>(length));
  }
  const Message message(out, 'B');
  append_cstring(out, bind.portal);
  append_cstring(out, bind.statement);
  append_i16(out, static_cast<std::int16_t>(count + 1));
  for (std::size_t i = 0; i < count; ++i) append_i16(out, format_of(formats, i));
  append_i16(out, last.format);
  append_i16(out, static_cast<std::int16_t>(count + 1));
  out.append(before.substr(0, before.size() - reader.rest().size()));
  append_value(out, last);
  out.append(reader.rest());
}

void append_bind(std::string& out, std::string_view portal, std::string_view statement,
                 std::span<const BoundValue> values) {
  const Message message(out, 'B');
  append_cstring(out, portal);
  append_cstring(out, statement);
  append_i16(out, static_cast<std::int16_t>(values.size()));
  for (const auto& bound : values) append_i16(out, bound.format);
  append_i16(out, static_cast<std::int16_t>(values.size()));
  for (const auto& bound : values) append_value(out, bound);
  append_i16(out, 0);
}

void append_execute(std::string& out, const Execute& execute) {
  const Message message(out, 'E');
  append_cstring(out, execute.portal);
  append_i32(out, execute.max_rows);
}

void append_close(std::string& out, const Close& close) {
  const Message message(out, 'C');
  out.push_back(close.what);
  append_cstring(out, close.name);
}

void append_describe(std::string& out, const Describe& describe) {
  const Message message(out, 'D');
  out.push_back(describe.what);
  append_cstring(out, describe.name);
}

void append_sync(std::string& out) { const Message message(out, 'S'); }

void append_flush(std::string& out) { const Message message(out, 'H'); }

void append_terminate(std::string& out) { const Message message(out, 'X'); }

void append_startup(std::string& out, const Parameters& parameters) {
  const Message message(out);
  append_i32(out, protocol_3_0);
  for (const auto& parameter : parameters) {
    append_cstring(out, parameter.name);
    append_cstring(out, parameter.value);
  }
  out.push_back('\0');
}

void append_ssl_request(std::string& out) {
  const Message message(out);
  append_i32(out, ssl_request);
}

void append_cancel_request(std::string& out, std::int32_t process_id, std::int32_t secret) {
  const Message message(out);
  append_i32(out, cancel_request);
  append_i32(out, process_id);
  append_i32(out, secret);
}

void append_password(std::string& out, std::string_view password) {
  const Message message(out, 'p');
  append_cstring(out, password);
}

void append_sasl_initial_response(std::string& out, std::string_view mechanism,
                                  std::string_view response) {
  const Message message(out, 'p');
  append_cstring(out, mechanism);
  append_i32(out, static_cast<std::int32_t>(response.size()));
  out.append(response);
}

void append_sasl_response(std::string& out, std::string_view response) {
  const Message message(out, 'p');
  out.append(response);
}

}  // namespace occam::wire::frontend
