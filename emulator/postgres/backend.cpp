#include "emulator/postgres/backend.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include <sys/random.h>

#include "proxy/wire/bytes.hpp"
#include "proxy/wire/login.hpp"

namespace emulator {
namespace {

namespace wire = occam::wire;

// SCRAM wants it fresh and printable.
std::string fresh_nonce() {
  std::array<unsigned char, 24> bytes{};
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    throw Lost("no randomness for a nonce");
  std::string nonce;
  for (const auto byte : bytes) nonce.push_back("0123456789abcdef"[byte % 16]);
  return nonce;
}

std::string value_of(const wire::Parameters& parameters, std::string_view name) {
  std::string value;
  for (const auto& parameter : parameters)
    if (parameter.name == name) value = parameter.value;
  return value;
}

wire::LoginRequest request(const Postgres& postgres, const wire::Parameters& client,
                           int lock_timeout_ms) {
  wire::LoginRequest login;
  login.user = postgres.user.empty() ? value_of(client, "user") : postgres.user;
  login.password = postgres.password;
  login.database = !postgres.database.empty() ? postgres.database : value_of(client, "database");
  if (login.database.empty()) login.database = value_of(client, "user");
  login.nonce = fresh_nonce();
  for (const auto& parameter : client)
    if (parameter.name != "user" && parameter.name != "database" && parameter.name != "options")
      login.parameters.push_back(parameter);
  login.parameters.push_back(
      {"options", value_of(client, "options") +
                      " -c default_transaction_isolation=repeatable\\ read -c lock_timeout=" +
                      std::to_string(lock_timeout_ms)});
  return login;
}

}  // namespace

Backend::Backend(const Postgres& postgres, const wire::Parameters& client, int lock_timeout_ms)
    : socket_(Socket::connect(postgres.address)), framer_(wire::FrameLimits{}) {
  log_in(postgres, client, lock_timeout_ms);
  Script script;
  script.prepare_calls();
  exchange(script);
}

void Backend::log_in(const Postgres& postgres, const wire::Parameters& client,
                     int lock_timeout_ms) {
  auto asked = request(postgres, client, lock_timeout_ms);
  account_ = {postgres.address, asked.user, asked.password, asked.database};
  wire::Login login(std::move(asked));
  std::string out;
  login.start(out);
  socket_.write(out);
  auto verdict = wire::Login::Verdict::more;
  while (verdict == wire::Login::Verdict::more) {
    const auto frame = framer_.next();
    if (!frame) {
      fill();
      continue;
    }
    out.clear();
    verdict = login.on_frame(*frame, out);
    socket_.write(out);
  }
  if (verdict == wire::Login::Verdict::refused) throw LoginRefused(login.reason(), login.error());
  parameters_ = login.parameters();
  key_ = login.key().value_or(wire::backend::BackendKeyData{});
}

void Backend::fill() {
  const auto count = socket_.read(framer_.space());
  if (count == 0) throw Lost("PostgreSQL closed the connection");
  framer_.filled(count);
}

bool Backend::take(std::vector<Answer>& answers, std::size_t wanted) {
  while (answers.size() < wanted) {
    const auto frame = framer_.next();
    if (!frame) return false;
    if (growing_.add(frame->type, frame->bytes)) {
      answers.push_back(std::move(growing_));
      growing_ = {};
    }
  }
  return true;
}

std::vector<Answer> Backend::gather(std::string_view bytes, std::size_t wanted) {
  std::vector<Answer> answers;
  try {
    while (!bytes.empty()) {
      const auto written = socket_.write_or_wait(bytes);
      bytes.remove_prefix(written);
      if (written == 0) {
        fill();
        take(answers, wanted);
      }
    }
    while (!take(answers, wanted)) fill();
  } catch (const Lost&) {
    last_words_ = std::move(growing_.frames);
    throw;
  }
  return answers;
}

std::vector<Answer> Backend::exchange(const Script& script) {
  return gather(script.bytes(), script.sections());
}

Answer Backend::exchange(std::string_view bytes) { return std::move(gather(bytes, 1).front()); }

void Backend::send(std::string_view bytes) { socket_.write(bytes); }

void Backend::cancel(const Address& address, wire::backend::BackendKeyData key) {
  std::string out;
  {
    wire::Message message(out);
    wire::append_i32(out, 80877102);
    wire::append_i32(out, key.process_id);
    wire::append_i32(out, key.secret);
  }
  const auto socket = Socket::connect(address);
  socket.write(out);
  std::array<char, 1> nothing{};
  socket.read(nothing);  // PostgreSQL closes once the signal is on its way
}

}  // namespace emulator
