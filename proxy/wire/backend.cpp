#include "proxy/wire/backend.hpp"

namespace occam::wire::backend {

bool known(char type) {
  switch (static_cast<Type>(type)) {
    case Type::authentication:
    case Type::backend_key_data:
    case Type::bind_complete:
    case Type::close_complete:
    case Type::command_complete:
    case Type::copy_both_response:
    case Type::copy_data:
    case Type::copy_done:
    case Type::copy_in_response:
    case Type::copy_out_response:
    case Type::data_row:
    case Type::empty_query_response:
    case Type::error_response:
    case Type::function_call_response:
    case Type::negotiate_protocol_version:
    case Type::no_data:
    case Type::notice_response:
    case Type::notification_response:
    case Type::parameter_description:
    case Type::parameter_status:
    case Type::parse_complete:
    case Type::portal_suspended:
    case Type::ready_for_query:
    case Type::row_description:
      return true;
  }
  return false;
}

Status decode_ready_for_query(std::string_view body) {
  Reader reader(body);
  const auto status = static_cast<char>(reader.u8());
  reader.expect_end();
  if (status != 'I' && status != 'T' && status != 'E') {
    throw ProtocolViolation("unknown transaction status");
  }
  return static_cast<Status>(status);
}

Error decode_error(std::string_view body) {
  Reader reader(body);
  Error error;
  while (const auto field = reader.u8()) {
    const auto value = reader.cstring();
    switch (field) {
      case 'S':
        if (error.severity.empty()) error.severity = value;
        break;
      case 'V':
        error.severity = value;
        break;
      case 'C':
        error.code = value;
        break;
      case 'M':
        error.message = value;
        break;
      case 'D':
        error.detail = value;
        break;
      case 'H':
        error.hint = value;
        break;
      case 'n':
        error.constraint = value;
        break;
      default:
        break;
    }
  }
  reader.expect_end();
  return error;
}

std::vector<std::optional<std::string_view>> decode_data_row(std::string_view body) {
  Reader reader(body);
  const auto count = reader.i16();
  if (count < 0) throw ProtocolViolation("negative number of columns");
  std::vector<std::optional<std::string_view>> values(static_cast<std::size_t>(count));
  for (auto& value : values) {
    const auto length = reader.i32();
    if (length >= 0) value = reader.take(static_cast<std::size_t>(length));
  }
  reader.expect_end();
  return values;
}

std::string_view decode_command_complete(std::string_view body) {
  Reader reader(body);
  const auto tag = reader.cstring();
  reader.expect_end();
  return tag;
}

ParameterStatus decode_parameter_status(std::string_view body) {
  Reader reader(body);
  ParameterStatus status;
  status.name = reader.cstring();
  status.value = reader.cstring();
  reader.expect_end();
  return status;
}

BackendKeyData decode_backend_key_data(std::string_view body) {
  Reader reader(body);
  BackendKeyData key;
  key.process_id = reader.i32();
  key.secret = reader.i32();
  reader.expect_end();
  return key;
}

void append_ready_for_query(std::string& out, Status status) {
  const Message message(out, 'Z');
  out.push_back(static_cast<char>(status));
}

namespace {

void append_fields(std::string& out, const Error& error) {
  const auto field = [&out](char code, std::string_view value) {
    if (value.empty()) return;
    out.push_back(code);
    append_cstring(out, value);
  };
  field('S', error.severity);
  field('V', error.severity);
  field('C', error.code);
  field('M', error.message);
  field('D', error.detail);
  field('H', error.hint);
  field('n', error.constraint);
  out.push_back('\0');
}

}  // namespace

void append_error(std::string& out, const Error& error) {
  const Message message(out, 'E');
  append_fields(out, error);
}

void append_notice(std::string& out, const Error& notice) {
  const Message message(out, 'N');
  append_fields(out, notice);
}

void append_command_complete(std::string& out, std::string_view tag) {
  const Message message(out, 'C');
  append_cstring(out, tag);
}

void append_parameter_status(std::string& out, const ParameterStatus& status) {
  const Message message(out, 'S');
  append_cstring(out, status.name);
  append_cstring(out, status.value);
}

void append_backend_key_data(std::string& out, const BackendKeyData& key) {
  const Message message(out, 'K');
  append_i32(out, key.process_id);
  append_i32(out, key.secret);
}

namespace {

void append_authentication(std::string& out, Method method, std::string_view rest) {
  const Message message(out, 'R');
  append_i32(out, static_cast<std::int32_t>(method));
  out.append(rest);
}

}  // namespace

void append_authentication_ok(std::string& out) { append_authentication(out, Method::ok, ""); }

void append_authentication_sasl(std::string& out, std::string_view mechanism) {
  std::string list;  // of one, and the empty name that ends it
  append_cstring(list, mechanism);
  append_cstring(list, "");
  append_authentication(out, Method::sasl, list);
}

void append_authentication_sasl_continue(std::string& out, std::string_view text) {
  append_authentication(out, Method::sasl_continue, text);
}

void append_authentication_sasl_final(std::string& out, std::string_view text) {
  append_authentication(out, Method::sasl_final, text);
}

void append_negotiate_protocol_version(std::string& out, std::int32_t version,
                                       std::span<const std::string_view> options) {
  const Message message(out, 'v');
  append_i32(out, version);
  append_i32(out, static_cast<std::int32_t>(options.size()));
  for (const auto option : options) append_cstring(out, option);
}

void append_no_parameters(std::string& out) {
  const Message message(out, 't');
  append_i16(out, 0);
}

void append_empty(std::string& out, Type type) {
  const Message message(out, static_cast<char>(type));
}

}  // namespace occam::wire::backend
