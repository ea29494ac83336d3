#include "proxy/wire/login.hpp"

#include <utility>

#include "proxy/wire/frontend.hpp"

namespace occam::wire {

namespace {

constexpr auto no_password = "the server asks for a password and none is configured";

using backend::Method;
using enum backend::Method;

std::string name_of(Method method) {
  switch (method) {
    case kerberos_v5:
      return "Kerberos V5";
    case scm_credential:
      return "SCM credentials";
    case gss:
    case gss_continue:
      return "GSSAPI";
    case sspi:
      return "SSPI";
    default:
      return "method " + std::to_string(static_cast<std::int32_t>(method));
  }
}

}  // namespace

Login::Login(LoginRequest request) {
  std::swap(request_, request);
  wipe(request.password);  // a short text is copied by a swap, and stays behind
}

Login::~Login() { wipe_password(); }

void Login::wipe_password() { wipe(request_.password); }

void Login::start(std::string& to_server) {
  Parameters all{{"user", request_.user}, {"database", request_.database}};
  for (const auto& parameter : request_.parameters) {
    if (parameter.name != "user" && parameter.name != "database") all.push_back(parameter);
  }
  frontend::append_startup(to_server, all);
}

Login::Verdict Login::on_frame(const Frame& frame, std::string& to_server) {
  received_ += frame.bytes.size();
  if (received_ > login_limit) return refuse("08P01", "the server sent too much during login");
  try {
    if (!frame.whole()) throw ProtocolViolation("message too long");
    return on_message(frame, to_server);
  } catch (const ProtocolViolation& violation) {
    return on_violation(violation);
  } catch (const ScramFailure& failure) {
    return refuse("28000", failure.what());
  }
}

Login::Verdict Login::on_violation(const ProtocolViolation& violation) {
  return refuse("08P01",
                std::string("the server broke the protocol during login: ") + violation.what());
}

Login::Verdict Login::on_message(const Frame& frame, std::string& to_server) {
  switch (static_cast<backend::Type>(frame.type)) {
    case backend::Type::error_response: {
      const auto error = backend::decode_error(frame.body());
      reason_ = std::string(error.code) + " " + std::string(error.message);
      error_ = frame.bytes;
      phase_ = Phase::over;
      wipe_password();
      return Verdict::refused;
    }
    case backend::Type::notice_response:
      backend::decode_error(frame.body());
      notices_.append(frame.bytes);
      return Verdict::more;
    default:
      break;
  }
  switch (phase_) {
    case Phase::method:
      // Harmless: it only says which minor version and options are not spoken, and none were asked.
      if (frame.type == static_cast<char>(backend::Type::negotiate_protocol_version)) {
        return Verdict::more;
      }
      return on_authentication(frame, to_server);
    case Phase::password_check:
    case Phase::sasl_continue:
    case Phase::sasl_final:
    case Phase::sasl_ok:
      return on_authentication(frame, to_server);
    case Phase::ready:
      return on_session_start(frame);
    case Phase::over:
      break;
  }
  throw ProtocolViolation("message after the end of login");
}

Login::Verdict Login::on_authentication(const Frame& frame, std::string& to_server) {
  if (frame.type != static_cast<char>(backend::Type::authentication)) {
    throw ProtocolViolation("expected an authentication message");
  }
  Reader reader(frame.body());
  const auto method = static_cast<Method>(reader.i32());
  const auto expect = [method](Method wanted) {
    if (method != wanted) throw ProtocolViolation("authentication message out of order");
  };
  switch (phase_) {
    case Phase::method:
      return on_method(method, reader, to_server);
    case Phase::sasl_continue:
      expect(sasl_continue);
      frontend::append_sasl_response(to_server,
                                     scram_->client_final(request_.password, reader.rest()));
      wipe_password();
      phase_ = Phase::sasl_final;
      return Verdict::more;
    case Phase::sasl_final:
      // AuthenticationOk here would come from a server that never proved it knows the password.
      expect(sasl_final);
      scram_->verify(reader.rest());
      phase_ = Phase::sasl_ok;
      return Verdict::more;
    case Phase::password_check:
    case Phase::sasl_ok:
      expect(ok);
      reader.expect_end();
      phase_ = Phase::ready;
      return Verdict::more;
    case Phase::ready:
    case Phase::over:
      break;
  }
  throw ProtocolViolation("authentication message out of order");
}

Login::Verdict Login::on_method(Method method, Reader& reader, std::string& to_server) {
  switch (method) {
    case ok:
      reader.expect_end();
      wipe_password();
      phase_ = Phase::ready;
      return Verdict::more;
    case cleartext_password:
      reader.expect_end();
      if (request_.password.empty()) return refuse("28P01", no_password);
      frontend::append_password(to_server, request_.password);
      wipe_password();
      phase_ = Phase::password_check;
      return Verdict::more;
    case sasl:
      if (request_.password.empty()) return refuse("28P01", no_password);
      return on_mechanisms(reader, to_server);
    case md5_password:
      return refuse("28000",
                    "the server asks for an MD5 password, which is not supported: use "
                    "scram-sha-256 there (password_encryption and pg_hba.conf)");
    case sasl_continue:
    case sasl_final:
      throw ProtocolViolation("authentication message out of order");
    default:
      return refuse("28000", "the server asks for authentication by " + name_of(method) +
                                 ", which is not supported: use scram-sha-256 there");
  }
}

Login::Verdict Login::on_mechanisms(Reader& reader, std::string& to_server) {
  bool offered = false;
  std::string others;
  for (auto name = reader.cstring(); !name.empty(); name = reader.cstring()) {
    offered = offered || name == scram_mechanism;
    others.append(" ").append(name);
  }
  reader.expect_end();
  if (!offered) {
    return refuse("28000", "the server offers no SCRAM-SHA-256, only:" + others);
  }
  scram_.emplace("", request_.nonce);
  frontend::append_sasl_initial_response(to_server, scram_mechanism, scram_->client_first());
  phase_ = Phase::sasl_continue;
  return Verdict::more;
}

Login::Verdict Login::on_session_start(const Frame& frame) {
  switch (static_cast<backend::Type>(frame.type)) {
    case backend::Type::parameter_status: {
      const auto status = backend::decode_parameter_status(frame.body());
      parameters_.push_back({std::string(status.name), std::string(status.value)});
      return Verdict::more;
    }
    case backend::Type::backend_key_data:
      key_ = backend::decode_backend_key_data(frame.body());
      return Verdict::more;
    case backend::Type::ready_for_query:
      if (backend::decode_ready_for_query(frame.body()) != backend::Status::idle) {
        throw ProtocolViolation("a new session is not idle");
      }
      phase_ = Phase::over;
      return Verdict::logged_in;
    default:
      throw ProtocolViolation("unexpected message before ReadyForQuery");
  }
}

Login::Verdict Login::refuse(std::string_view code, std::string message) {
  phase_ = Phase::over;
  wipe_password();
  error_.clear();
  backend::append_error(error_, {"FATAL", code, message, {}, {}});
  reason_ = std::move(message);
  return Verdict::refused;
}

}  // namespace occam::wire
