#include "proxy/upstream/database_schema.hpp"

#include "proxy/wire/backend.hpp"
#include "proxy/wire/frontend.hpp"

namespace occam::upstream {
namespace {

// A conflict is cleared by the first repetition (facts/dsql.md §1.4).
constexpr std::uint32_t most_asked = 5;

std::string doubled(std::string_view text, char quote) {
  std::string out;
  for (const char c : text) {
    out += c;
    if (c == quote) out += c;
  }
  return out;
}

// For E'': the text is converted from the session's client_encoding, these escapes are not.
std::string bytes_of(std::string_view name) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= ' ' && byte < 0x7f && c != '\'' && c != '\\') {
      out += c;
    } else {
      out += "\\x";
      out += digits[byte >> 4U];
      out += digits[byte & 0xfU];
    }
  }
  return out;
}

}  // namespace

std::string search_path_option(std::string_view database) {
  std::string option = "-c search_path=";
  // libpq's "options": white space and backslashes are quoted by a backslash.
  for (const char c : '"' + doubled(database, '"') + '"') {
    const bool special = c == '\\' || c == ' ' || (c >= '\t' && c <= '\r');
    if (special) option += '\\';
    option += c;
  }
  return option;
}

void DatabaseSchema::ask(std::string& to_server) const {
  wire::frontend::append_query(
      to_server, "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = E'" + bytes_of(database_) +
                     "' AND nspname NOT IN ('public', 'sys', 'information_schema') AND "
                     "left(nspname, 3) <> 'pg_'");
}

DatabaseSchema::Verdict DatabaseSchema::on_frame(const wire::Frame& frame, std::string& to_server) {
  using Backend = wire::backend::Type;
  switch (static_cast<Backend>(frame.type)) {
    case Backend::data_row:
      there_ = true;
      return Verdict::more;
    case Backend::error_response: {
      const auto error = wire::backend::decode_error(frame.body());
      again_ = error.code == "40001" && asked_ < most_asked;
      if (!again_) refuse(error.code, std::string(error.message));
      return Verdict::more;
    }
    case Backend::ready_for_query:
      break;
    default:
      return Verdict::more;
  }
  if (again_) {
    again_ = false;
    ++asked_;
    ask(to_server);
    return Verdict::more;
  }
  if (there_) return Verdict::there;
  if (error_.empty()) refuse("3D000", "database \"" + database_ + "\" does not exist");
  return Verdict::refused;
}

void DatabaseSchema::refuse(std::string_view code, const std::string& message) {
  reason_ = message;
  wire::backend::append_error(error_, {"FATAL", code, message, {}, {}});
}

}  // namespace occam::upstream
