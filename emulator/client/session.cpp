#include "emulator/client/session.hpp"

#include <algorithm>
#include <limits>

#include <sys/socket.h>

#include "proxy/wire/backend.hpp"
#include "proxy/wire/bytes.hpp"
#include "proxy/wire/frontend.hpp"

#include "emulator/client/surface.hpp"

namespace emulator {
namespace {

namespace wire = occam::wire;
namespace frontend = occam::wire::frontend;

const std::string& all_types() {
  static const std::string types = [] {
    std::string all;
    for (int type = 0; type < 256; ++type) all += static_cast<char>(type);
    return all;
  }();
  return types;
}

// A message above the limit comes in pieces, so that it is known as such before all of it is here.
wire::FrameLimits limits(const Shared& shared) {
  return {.message = std::numeric_limits<std::size_t>::max(),
          .gathered = shared.entrance.rules.message_bytes + 1,
          .streamed = all_types()};
}

// While the client is awaited, other sessions may have the judge undo what it keeps.
class Unheld {
 public:
  explicit Unheld(Judge* judge) : judge_(judge) {
    if (judge_ != nullptr) judge_->end_turn();
  }
  ~Unheld() {
    if (judge_ != nullptr) judge_->take_turn();
  }
  Unheld(const Unheld&) = delete;
  Unheld& operator=(const Unheld&) = delete;

 private:
  Judge* judge_;
};

void append_fatal(std::string& out, std::string_view code, std::string_view message) {
  wire::backend::append_error(out, {"FATAL", code, message, "", ""});
}

}  // namespace

Session::Session(Shared& shared, Socket client)
    : shared_(shared),
      client_(std::move(client)),
      admission_(shared, client_),
      framer_(limits(shared)) {}

void Session::stop() {
  client_.shutdown();
  if (const int descriptor = backend_descriptor_; descriptor >= 0)
    ::shutdown(descriptor, SHUT_RDWR);
}

void Session::run() {
  try {
    if (const auto startup = admission_.admit()) start(*startup);
  } catch (const Dropped&) {
    client_.shutdown();
  } catch (const wire::ProtocolViolation& violation) {
    append_fatal(out_, "08P01", violation.what());
    if (!backend_) shared_.counters.refuse_connection("protocol");
  } catch (const LoginRefused& refused) {
    shared_.counters.refuse_connection("postgres");
    out_ += refused.error();
  } catch (const std::exception& lost) {
    if (backend_) out_ += backend_->last_words();
    if (out_.empty()) append_fatal(out_, "08006", lost.what());
  }
  try {
    send();
    client_.finish();
  } catch (const Lost&) {
    // The client went first: nobody is left to be told.
  }
}

// facts/dsql.md §3.7: a parameter that may not be set ends the session before it begins.
bool Session::refuses(const wire::Startup& startup) {
  for (const auto& parameter : startup.parameters) {
    const auto refusal = refuse_startup(parameter.name, parameter.value, shared_.dialect);
    if (!refusal) continue;
    shared_.counters.refusal(*refusal);
    append_fatal(out_, refusal->code, refusal->message);
    return true;
  }
  return false;
}

void Session::start(const wire::Startup& startup) {
  if (refuses(startup)) return;
  backend_.emplace(shared_.postgres, with_defaults(startup.parameters), shared_.lock_timeout_ms);
  backend_descriptor_ = backend_->descriptor();
  shared_.jobs.prepare(backend_->account());
  judge_.emplace(*backend_, shared_.docket, shared_.limits);
  judge_->take_turn();
  transactor_.emplace(shared_, *judge_, backend_->account());
  simple_.emplace(*transactor_, shared_.reader);
  extended_.emplace(*transactor_, shared_.reader);
  {
    wire::Message authentication_ok(out_, 'R');
    wire::append_i32(out_, 0);
  }
  for (const auto& parameter : backend_->parameters())
    wire::backend::append_parameter_status(out_, {parameter.name, told(parameter)});
  wire::backend::append_backend_key_data(out_, backend_->key());
  ready();
  serve(admission_.leftovers());
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
    if (auto frame = framer_.next()) {
      // The length on the wire does not count the type (facts/dsql.md §2, M: end of the stream and
      // no error; that the limit is meant so, I).
      if (frame->whole() && frame->bytes.size() <= shared_.entrance.rules.message_bytes + 1)
        return frame;
      shared_.counters.cut("message");
      throw Dropped{};
    }
    const Unheld others_may_ask(&*judge_);
    const auto count = client_.read(framer_.space());
    if (count == 0) return std::nullopt;
    framer_.filled(count);
  }
}

bool Session::on_frame(const wire::Frame& frame) {
  if (!frontend::known(frame.type)) throw wire::ProtocolViolation("unknown message type");
  switch (frame.type) {
    case 'Q':
      round_trip([&] { on_query(frontend::decode_query(frame.body()).sql); });
      return true;
    case 'P':
      on_parse(frame);
      return true;
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
      round_trip([&] { extended_->sync(out_); });
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
  const auto own = in_its_place(sql);
  Answer answer;
  const bool copies = simple_->run(own ? own->sql : sql, answer.frames);
  if (own) replace_tag(answer, own->tag);
  out_ += answer.frames;
  if (copies) carry_copy();
}

void Session::on_parse(const wire::Frame& frame) {
  const auto parse = frontend::decode_parse(frame.body());
  const auto sql = in_its_place(parse.sql);
  if (!sql) return extended_->gather(frame.type, frame.bytes);
  std::string replaced;
  frontend::append_parse(replaced, {parse.name, sql->sql, parse.types});
  extended_->gather(frame.type, replaced);
}

template <class Run>
void Session::round_trip(Run run) {
  const auto fate = shared_.injections.at_round_trip();
  if (fate.cut) {
    shared_.counters.cut("cut");
    throw Dropped{};
  }
  run();
  if (transactor_->take_deallocated()) extended_->forget_statements();
  if (fate.delay.count() > 0) {
    shared_.counters.delayed();
    const Unheld others_may_ask(&*judge_);
    client_.pause(fate.delay);
  }
  ready();
  if (transactor_->status() == 'I' && shared_.injections.at_idle()) {
    shared_.counters.cut("cut");
    throw Dropped{};
  }
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
  const Unheld others_may_ask(judge_ ? &*judge_ : nullptr);  // it may not read
  client_.write(out_);
  out_.clear();
}

}  // namespace emulator
