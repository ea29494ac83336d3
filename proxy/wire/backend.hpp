// Messages from a server to a client: decode what the proxy looks into, append what it says by
// itself. Everything else is forwarded as bytes. Views live as long as the frame they came from.
// Source: PostgreSQL manual, "Message Formats" and "Error and Notice Message Fields".
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/wire/bytes.hpp"

namespace occam::wire::backend {

enum class Type : char {
  authentication = 'R',
  backend_key_data = 'K',
  bind_complete = '2',
  close_complete = '3',
  command_complete = 'C',
  copy_both_response = 'W',
  copy_data = 'd',
  copy_done = 'c',
  copy_in_response = 'G',
  copy_out_response = 'H',
  data_row = 'D',
  empty_query_response = 'I',
  error_response = 'E',
  function_call_response = 'V',
  negotiate_protocol_version = 'v',
  no_data = 'n',
  notice_response = 'N',
  notification_response = 'A',
  parameter_description = 't',
  parameter_status = 'S',
  parse_complete = '1',
  portal_suspended = 's',
  ready_for_query = 'Z',
  row_description = 'T',
};

bool known(char type);

// The transaction state that ReadyForQuery reports.
enum class Status : char { idle = 'I', in_transaction = 'T', failed = 'E' };

// What an Authentication message asks for or says: its first word.
enum class Method : std::int32_t {
  ok = 0,
  kerberos_v5 = 2,
  cleartext_password = 3,
  md5_password = 5,
  scm_credential = 6,
  gss = 7,
  gss_continue = 8,
  sspi = 9,
  sasl = 10,
  sasl_continue = 11,
  sasl_final = 12,
};

// ErrorResponse and NoticeResponse. Absent fields are empty; unknown ones are skipped, not refused.
struct Error {
  std::string_view severity;  // 'V' if present (never translated), else 'S'
  std::string_view code;      // SQLSTATE
  std::string_view message;
  std::string_view detail;
  std::string_view hint;
  std::string_view constraint{};
};

struct ParameterStatus {
  std::string_view name;
  std::string_view value;
};

struct BackendKeyData {
  std::int32_t process_id = 0;
  std::int32_t secret = 0;
};

Status decode_ready_for_query(std::string_view body);
Error decode_error(std::string_view body);
std::string_view decode_command_complete(std::string_view body);  // the tag
// The values of a row in their order; nothing: NULL.
std::vector<std::optional<std::string_view>> decode_data_row(std::string_view body);
ParameterStatus decode_parameter_status(std::string_view body);
BackendKeyData decode_backend_key_data(std::string_view body);

void append_ready_for_query(std::string& out, Status status);
// Writes S, V, C, M and, where not empty, D, H and n.
void append_error(std::string& out, const Error& error);
void append_notice(std::string& out, const Error& notice);
void append_command_complete(std::string& out, std::string_view tag);
void append_parameter_status(std::string& out, const ParameterStatus& status);
void append_backend_key_data(std::string& out, const BackendKeyData& key);
void append_authentication_ok(std::string& out);
void append_authentication_sasl(std::string& out, std::string_view mechanism);
void append_authentication_sasl_continue(std::string& out, std::string_view text);
void append_authentication_sasl_final(std::string& out, std::string_view text);
// `version` is the newest one spoken, `options` are those of the client's that are unknown.
void append_negotiate_protocol_version(std::string& out, std::int32_t version,
                                       std::span<const std::string_view> options);
// ParameterDescription of a statement without parameters.
void append_no_parameters(std::string& out);
// Messages that are a head and nothing else: 1 2 3 n I s.
void append_empty(std::string& out, Type type);

}  // namespace occam::wire::backend
