#include "proxy/wire/authentication.hpp"

#include <utility>

#include "proxy/wire/frontend.hpp"

namespace occam::wire {

namespace {

constexpr std::int32_t no_response = -1;

}  // namespace

Authentication::Authentication(std::string user, Credential credential, std::string_view nonce)
    : user_(std::move(user)),
      genuine_(credential.genuine),
      scram_(std::move(credential.verifier), nonce) {}

void Authentication::start(std::string& to_client) {
  backend::append_authentication_sasl(to_client, scram_mechanism);
}

Authentication::Verdict Authentication::on_frame(const Frame& frame, std::string& to_client) {
  try {
    if (frame.type != static_cast<char>(frontend::Type::password))
      throw ProtocolViolation("expected SASL response, got message type " +
                              std::to_string(static_cast<unsigned char>(frame.type)));
    if (!frame.whole()) throw ProtocolViolation("message too long");
    return on_message(frame, to_client);
  } catch (const ProtocolViolation& violation) {
    return on_violation(violation);
  } catch (const ScramUnsupported& failure) {
    return break_off({"FATAL", "0A000", failure.what(), {}, {}});
  } catch (const ScramFailure& failure) {
    return break_off({"FATAL", "08P01", failure.what(), {}, {}});
  }
}

Authentication::Verdict Authentication::on_violation(const ProtocolViolation& violation) {
  return break_off({"FATAL", "08P01", violation.what(), {}, {}});
}

Authentication::Verdict Authentication::on_message(const Frame& frame, std::string& to_client) {
  switch (phase_) {
    case Phase::mechanism:
      return on_mechanism(frame.body(), to_client);
    case Phase::client_first:
      return on_client_first(frame.body(), to_client);
    case Phase::client_final:
      return on_client_final(frame.body(), to_client);
    case Phase::over:
      break;
  }
  throw ProtocolViolation("message after the end of authentication");
}

// A client that knows only cleartext or MD5 sends its password here: it must not be repeated.
Authentication::Verdict Authentication::on_mechanism(std::string_view body,
                                                     std::string& to_client) {
  Reader reader(body);
  if (reader.cstring() != scram_mechanism)
    return break_off({"FATAL",
                      "08P01",
                      "client selected an invalid SASL authentication mechanism",
                      {},
                      "Passwords are checked by SCRAM-SHA-256 alone: use a driver that has it."});
  const auto length = reader.i32();
  if (length == no_response) {
    reader.expect_end();
    backend::append_authentication_sasl_continue(to_client, "");
    phase_ = Phase::client_first;
    return Verdict::more;
  }
  if (length < 0) throw ProtocolViolation("message too short");
  const auto text = reader.take(static_cast<std::size_t>(length));
  reader.expect_end();
  return on_client_first(text, to_client);
}

Authentication::Verdict Authentication::on_client_first(std::string_view text,
                                                        std::string& to_client) {
  backend::append_authentication_sasl_continue(to_client, scram_.server_first(text));
  phase_ = Phase::client_final;
  return Verdict::more;
}

Authentication::Verdict Authentication::on_client_final(std::string_view text,
                                                        std::string& to_client) {
  const auto answer = scram_.server_final(text);
  if (!answer || !genuine_) return refuse();
  backend::append_authentication_sasl_final(to_client, *answer);
  phase_ = Phase::over;
  return Verdict::authenticated;
}

Authentication::Verdict Authentication::refuse() {
  break_off(
      {"FATAL", "28P01", "password authentication failed for user \"" + user_ + "\"", {}, {}});
  reason_ += genuine_ ? ": the password is wrong" : ": there is no such user";
  return Verdict::refused;
}

Authentication::Verdict Authentication::break_off(const backend::Error& error) {
  phase_ = Phase::over;
  error_.clear();
  backend::append_error(error_, error);
  reason_ = error.message;
  return Verdict::broken;
}

}  // namespace occam::wire
