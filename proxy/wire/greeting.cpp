#include "proxy/wire/greeting.hpp"

#include <utility>
#include <vector>

#include "proxy/wire/frontend.hpp"

namespace occam::wire {

namespace {

constexpr std::string_view option_prefix = "_pq_.";

// Says what a stranger at the door seems to speak: these four bytes were read as a length.
std::string_view guess(std::string_view start) {
  if (start[0] == '\x16' && start[1] == '\x03') {
    return "a TLS handshake began without an SSLRequest";
  }
  for (const std::string_view verb : {"GET ", "POST", "HEAD", "PUT ", "OPTI", "PRI "}) {
    if (start == verb) return "this looks like HTTP; the port speaks the PostgreSQL protocol";
  }
  return "invalid length of startup packet";
}

std::string version_text(std::int32_t version) {
  const auto v = static_cast<std::uint32_t>(version);
  return std::to_string(v >> 16) + "." + std::to_string(v & 0xffff);
}

}  // namespace

Greeting::Verdict Greeting::on_bytes(std::string_view bytes, std::string& to_client) {
  pending_.append(bytes);
  while (pending_.size() >= 4) {
    const auto length = Reader(pending_).i32();
    if (length < 8 || static_cast<std::size_t>(length) > startup_packet_limit) {
      return refuse("08P01", std::string(guess(std::string_view(pending_).substr(0, 4))),
                    to_client);
    }
    const auto total = static_cast<std::size_t>(length);
    if (pending_.size() < total) return Verdict::more;
    const std::string packet = pending_.substr(0, total);
    pending_.erase(0, total);
    Verdict verdict{};
    try {
      verdict = on_packet(std::string_view(packet).substr(4), to_client);
    } catch (const ProtocolViolation&) {
      return refuse("08P01", "invalid startup packet layout", to_client);
    }
    if (verdict != Verdict::more) return verdict;
  }
  return Verdict::more;
}

Greeting::Verdict Greeting::on_packet(std::string_view body, std::string& to_client) {
  const auto code = Reader(body).i32();
  body.remove_prefix(4);
  switch (code) {
    case frontend::ssl_request:
      return on_encryption_request(ssl_requested_, body, "SSLRequest", to_client);
    case frontend::gss_request:
      return on_encryption_request(gss_requested_, body, "GSSENCRequest", to_client);
    case frontend::cancel_request:
      return on_cancel_request(body);
    default:
      return on_startup(code, body, to_client);
  }
}

Greeting::Verdict Greeting::on_encryption_request(bool& seen, std::string_view body,
                                                  std::string_view name, std::string& to_client) {
  Reader(body).expect_end();
  // Each at most once, or a client could keep the door busy for ever.
  if (seen) return refuse("08P01", std::string(name) + " was repeated", to_client);
  seen = true;
  if (&seen == &gss_requested_ || !options_.tls) {
    to_client.push_back('N');
    return Verdict::more;
  }
  // What came behind the request was sent in the clear and must never be taken for something that
  // came through TLS (CVE-2021-23214).
  if (!pending_.empty()) {
    return refuse("08P01", "received unencrypted data after SSLRequest", to_client);
  }
  to_client.push_back('S');
  encrypted_ = true;
  return Verdict::wants_tls;
}

Greeting::Verdict Greeting::on_cancel_request(std::string_view body) {
  cancel_key_ = backend::decode_backend_key_data(body);
  return Verdict::cancel;  // in plaintext too, as in PostgreSQL: libpq before 17 knows no other
}

Greeting::Verdict Greeting::on_startup(std::int32_t version, std::string_view body,
                                       std::string& to_client) {
  if (version >> 16 != 3) {
    return refuse(
        "0A000",
        "unsupported frontend protocol " + version_text(version) + ": server supports 3.0 to 3.0",
        to_client);
  }
  if (in_plaintext_though_forbidden()) {
    return refuse("28000", "connection requires TLS", to_client,
                  "Connect with sslmode=require, or stronger.");
  }
  std::vector<std::string_view> unknown;
  Reader reader(body);
  while (true) {
    const auto name = reader.cstring();
    if (name.empty()) break;
    const auto value = reader.cstring();
    if (name.starts_with(option_prefix)) {
      unknown.push_back(name);
      continue;
    }
    if (name == "user") startup_.user = value;
    if (name == "database") startup_.database = value;
    startup_.parameters.push_back({std::string(name), std::string(value)});
  }
  reader.expect_end();
  if (startup_.user.empty()) {
    return refuse("28000", "no PostgreSQL user name specified in startup packet", to_client);
  }
  if (startup_.database.empty()) startup_.database = startup_.user;
  if (version != frontend::protocol_3_0 || !unknown.empty()) {
    backend::append_negotiate_protocol_version(to_client, frontend::protocol_3_0, unknown);
  }
  return Verdict::started;
}

Greeting::Verdict Greeting::refuse(std::string_view code, std::string message,
                                   std::string& to_client, std::string_view hint) {
  backend::append_error(to_client, {"FATAL", code, message, {}, hint});
  reason_ = std::move(message);
  pending_.clear();
  return Verdict::refused;
}

}  // namespace occam::wire
