#include "emulator/client/admission.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "proxy/wire/backend.hpp"
#include "proxy/wire/bytes.hpp"
#include "proxy/wire/frame.hpp"

namespace emulator {
namespace {

namespace wire = occam::wire;

constexpr char tls_handshake = 0x16;
constexpr std::int32_t cleartext_password = 3;

}  // namespace

Admission::~Admission() {
  if (counted_) shared_.entrance.quota.release();
}

std::optional<wire::Startup> Admission::admit() {
  auto startup = greet();
  if (!startup) return std::nullopt;
  const auto fatal = objection(*startup);
  if (!fatal) return startup;
  refuse(*fatal);
  return std::nullopt;
}

std::optional<wire::Startup> Admission::greet() {
  const auto first = client_.peek();
  if (!first) return std::nullopt;
  if (*first == tls_handshake && shared_.entrance.certificate && !start_tls(true))
    return std::nullopt;
  wire::Greeting greeting({.tls = shared_.entrance.certificate && !client_.encrypted()});
  std::array<char, 4096> bytes{};
  while (true) {
    const auto count = client_.read(bytes);
    if (count == 0) return std::nullopt;
    const auto verdict = greeting.on_bytes({bytes.data(), count}, out_);
    send();
    switch (verdict) {
      case wire::Greeting::Verdict::more:
        break;
      case wire::Greeting::Verdict::wants_tls:
        if (!start_tls(false)) return std::nullopt;
        break;
      case wire::Greeting::Verdict::started:
        ahead_ = greeting.leftovers();
        return greeting.startup();
      case wire::Greeting::Verdict::cancel:
        Backend::cancel(shared_.postgres.address, greeting.cancel_key());
        return std::nullopt;
      case wire::Greeting::Verdict::refused:
        shared_.counters.refuse_connection("protocol");
        return std::nullopt;
    }
  }
}

// A TLS handshake without SSLRequest must have settled on the protocol by ALPN, as in PostgreSQL
// 17; a connection without TLS has no words for what went wrong with it.
bool Admission::start_tls(bool direct) {
  try {
    client_.start_tls(*shared_.entrance.certificate);
    if (!direct || client_.agreed_on_protocol()) return true;
  } catch (const Lost&) {
    client_.shutdown();
  }
  shared_.counters.refuse_connection("tls");
  return false;
}

// In which order DSQL looks at these is unrecorded (I).
std::optional<Fatal> Admission::objection(const wire::Startup& startup) {
  const auto& rules = shared_.entrance.rules;
  if (shared_.entrance.certificate) {
    if (!client_.encrypted() && rules.tls_required) return not_encrypted();
    if (client_.encrypted() && client_.server_name().empty()) return no_server_name();
  }
  auto& quota = shared_.entrance.quota;
  const auto full = quota.admit(std::chrono::steady_clock::now());
  shared_.counters.connect(quota.most_in_a_second());
  if (full) return full;
  counted_ = true;
  if (shared_.injections.at_connect()) return waking_up();
  if (rules.iam.asked_for())
    if (auto fatal = identify(startup.user)) return fatal;
  if (!rules.any_database && startup.database != "postgres") return no_database(startup.database);
  return std::nullopt;
}

std::optional<Fatal> Admission::identify(const std::string& user) {
  {
    wire::Message request(out_, 'R');
    wire::append_i32(out_, cleartext_password);
  }
  send();
  const auto password = read_password();
  auto iam = shared_.entrance.rules.iam;
  if (iam.host.empty()) iam.host = client_.server_name();
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  return judge_token(password, iam, user, now);
}

// Reads no byte beyond it: what follows belongs to the session.
std::string Admission::read_password() {
  const auto head = take(wire::header_bytes);
  if (head[0] != 'p') throw wire::ProtocolViolation("expected password response");
  const auto length = wire::Reader(std::string_view(head).substr(1)).i32();
  if (length < 5 || static_cast<std::size_t>(length) > password_bytes)
    throw wire::ProtocolViolation("invalid password packet size");
  const auto body = take(static_cast<std::size_t>(length) - 4);
  wire::Reader reader(body);
  const auto password = reader.cstring();
  reader.expect_end();
  return std::string(password);
}

std::string Admission::take(std::size_t count) {
  while (ahead_.size() < count) {
    std::array<char, 4096> bytes{};
    const auto got = client_.read({bytes.data(), std::min(bytes.size(), count - ahead_.size())});
    // As psql does, which asks its user then.
    if (got == 0) throw Lost("the client left at the password");
    ahead_.append(bytes.data(), got);
  }
  auto taken = ahead_.substr(0, count);
  ahead_.erase(0, count);
  return taken;
}

void Admission::refuse(const Fatal& fatal) {
  shared_.counters.refuse_connection(fatal.reason);
  wire::backend::append_error(out_, {"FATAL", fatal.code, fatal.message, "", fatal.hint});
  send();
}

void Admission::send() {
  client_.write(out_);
  out_.clear();
}

}  // namespace emulator
