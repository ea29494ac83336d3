#include "emulator/session.hpp"

#include <algorithm>
#include <array>

#include <sys/socket.h>

#include "proxy/wire/backend.hpp"
#include "proxy/wire/bytes.hpp"
#include "proxy/wire/frontend.hpp"

namespace emulator {
namespace {

namespace wire = occam::wire;
namespace frontend = occam::wire::frontend;

// facts/dsql.md §4.
constexpr std::string_view dsql_version = "16.15";

void append_fatal(std::string& out, std::string_view code, std::string_view message) {
  wire::backend::append_error(out, {"FATAL", code, message, "", ""});
}

}  // namespace

Session::Session(Shared& shared, Socket client)
    : shared_(shared), client_(std::move(client)), framer_(wire::FrameLimits{}) {}

void Session::stop() {
  client_.shutdown();
  if (const int descriptor = backend_descriptor_; descriptor >= 0)
    ::shutdown(descriptor, SHUT_RDWR);
}

void Session::run() {
  try {
    wire::Greeting greeting({});
    if (!greet(greeting)) return;
    start(greeting.startup(), greeting.leftovers());
  } catch (const Dropped&) {
    client_.shutdown();
  } catch (const wire::ProtocolViolation& violation) {
    append_fatal(out_, "08P01", violation.what());
  } catch (const LoginRefused& refused) {
    out_ += refused.error();
  } catch (const std::exception& lost) {
    if (backend_) out_ += backend_->last_words();
    if (out_.empty()) append_fatal(out_, "08006", lost.what());
  }
  try {
    send();
  } catch (const Lost&) {
    // The client went first: nobody is left to be told.
  }
}

bool Session::greet(wire::Greeting& greeting) {
  std::array<char, 4096> bytes{};
  while (true) {
    const auto count = client_.read(bytes);
    if (count == 0) return false;
    const auto verdict = greeting.on_bytes({bytes.data(), count}, out_);
    send();
    if (verdict == wire::Greeting::Verdict::started) return true;
    if (verdict == wire::Greeting::Verdict::cancel) {
      Backend::cancel(shared_.postgres.address, greeting.cancel_key());
      return false;
    }
    if (verdict == wire::Greeting::Verdict::refused) return false;
  }
}

void Session::start(const wire::Startup& startup, std::string_view leftovers) {
  backend_.emplace(shared_.postgres, startup.parameters, shared_.lock_timeout_ms);
  backend_descriptor_ = backend_->descriptor();
  judge_.emplace(*backend_, shared_.docket);
  transactor_.emplace(shared_, *judge_);
  simple_.emplace(*transactor_, shared_.reader);
  extended_.emplace(*transactor_, shared_.reader);
  {
    wire::Message authentication_ok(out_, 'R');
    wire::append_i32(out_, 0);
  }
  for (const auto& parameter : backend_->parameters())
    wire::backend::append_parameter_status(
        out_,
        {parameter.name, parameter.name == "server_version" ? dsql_version : parameter.value});
  wire::backend::append_backend_key_data(out_, backend_->key());
  ready();
  serve(leftovers);
}

void Session::serve(std::string_view leftovers) {
  if (!leftovers.empty()) {
    const auto space = framer_.space(leftovers.size());
    std::copy(leftovers.begin(), leftovers.end(), space.begin());
    framer_.filled(leftovers.size());
  }
  while (const auto frame = next_frame())
    if (!on_frame(*frame)) return;
}

std::optional<wire::Frame> Session::next_frame() {
  while (true) {
    if (auto frame = framer_.next()) return frame;
    const auto count = client_.read(framer_.space());
    if (count == 0) return std::nullopt;
    framer_.filled(count);
  }
}

bool Session::on_frame(const wire::Frame& frame) {
  if (!frontend::known(frame.type)) throw wire::ProtocolViolation("unknown message type");
  switch (frame.type) {
    case 'Q':
      on_query(frontend::decode_query(frame.body()).sql);
      return true;
    case 'P':
    case 'B':
    case 'D':
    case 'E':
    case 'C':
      extended_->gather(frame.type, frame.bytes);
      return true;
    case 'H':
      extended_->flush(out_);
      send();
      return true;
    case 'S':
      extended_->sync(out_);
      ready();
      return true;
    case 'F':
      append_error(out_, {"function_call", "0A000", "function call protocol is not supported"});
      judge_->fail();
      ready();
      return true;
    case 'X':
      return false;
    default:
      return true;  // COPY data after an error: PostgreSQL ignores it too
  }
}

void Session::on_query(std::string_view sql) {
  extended_->forget_unnamed();
  if (simple_->run(sql, out_)) carry_copy();
  ready();
}

void Session::carry_copy() {
  send();
  while (const auto frame = next_frame()) {
    if (frame->type == 'd') {
      backend_->send(frame->bytes);
    } else if (frame->type == 'c' || frame->type == 'f') {
      out_ += transactor_->end_copy(frame->bytes).frames;
      return;
    } else if (frame->type != 'H' && frame->type != 'S') {
      throw wire::ProtocolViolation("unexpected message during COPY");
    }
  }
  throw Lost("the client left during COPY");
}

void Session::ready() {
  wire::backend::append_ready_for_query(out_,
                                        static_cast<wire::backend::Status>(transactor_->status()));
  send();
}

void Session::send() {
  client_.write(out_);
  out_.clear();
}

}  // namespace emulator
