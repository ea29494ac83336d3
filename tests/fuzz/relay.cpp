// A relay between two peers that say anything in any order. Whatever they do, it keeps its books,
// or refuses one of them with a ProtocolViolation: it never crashes, and never sends half a
// message. Each byte of the input chooses an event; the text of a message follows it.
#include "proxy/relay/relay.hpp"

#include <array>
#include <cstdint>
#include <cstdlib>

#include "proxy/wire/frame.hpp"

using namespace occam;

namespace {

// Bodies that make sense for a type, so that the deep states are within reach.
constexpr std::array<std::string_view, 17> texts{
    "BEGIN",
    "COMMIT",
    "ROLLBACK",
    "SELECT 1",
    "SELECT * FROM t WHERE a = $1 FOR SHARE",
    "UPDATE t SET a = 1 WHERE b = $1",
    "COPY t FROM STDIN",
    "SELECT 1; SELECT 2",
    "LOCK TABLE t",
    "DEALLOCATE ALL",
    "SAVEPOINT s",
    "",
    "CREATE UNIQUE INDEX i ON t (a)",
    "ALTER TABLE t ADD c int NOT NULL DEFAULT 1",
    "ALTER TABLE t ALTER a TYPE text",
    "CREATE DATABASE d",
    "DELETE FROM t WHERE a = $1",
};

class Input {
 public:
  Input(const std::uint8_t* bytes, std::size_t size) : bytes_(bytes), size_(size) {}
  bool empty() const { return size_ == 0; }
  std::uint8_t u8() {
    if (size_ == 0) return 0;
    --size_;
    return *bytes_++;
  }
  std::string_view text() { return texts[u8() % texts.size()]; }
  std::string_view name() { return (u8() & 1) != 0 ? "a" : ""; }
  std::string_view raw() {
    const auto length = std::min<std::size_t>(u8() % 32, size_);
    const std::string_view out(reinterpret_cast<const char*>(bytes_), length);
    bytes_ += length;
    size_ -= length;
    return out;
  }

 private:
  const std::uint8_t* bytes_;
  std::size_t size_;
};

std::string client_message(Input& input) {
  constexpr std::string_view types = "QPBDECSHdcfFXpz";
  const auto type = types[input.u8() % types.size()];
  std::string out;
  const wire::Message message(out, type);
  const auto what = input.u8();
  if (what > 250) {
    out += input.raw();
    return out;
  }
  switch (type) {
    case 'Q':
      wire::append_cstring(out, input.text());
      break;
    case 'P':
      wire::append_cstring(out, input.name());
      wire::append_cstring(out, input.text());
      wire::append_i16(out, 0);
      break;
    case 'B':
      wire::append_cstring(out, input.name());
      wire::append_cstring(out, input.name());
      for (int i = 0; i < 3; ++i) wire::append_i16(out, 0);
      break;
    case 'D':
    case 'C':
      out.push_back((what & 1) != 0 ? 'S' : 'P');
      wire::append_cstring(out, input.name());
      break;
    case 'E':
      wire::append_cstring(out, input.name());
      wire::append_i32(out, 0);
      break;
    case 'F':
      wire::append_i32(out, 7);
      for (int i = 0; i < 3; ++i) wire::append_i16(out, 0);
      break;
    case 'f':
      wire::append_cstring(out, "no");
      break;
    default:
      break;
  }
  return out;
}

std::string server_message(Input& input) {
  constexpr std::string_view types = "12CDEGHIKNSTZcdnstAz";
  const auto type = types[input.u8() % types.size()];
  const auto what = input.u8();
  std::string out;
  using namespace wire::backend;
  if (type == 'E' || type == 'N') {
    constexpr std::array<std::string_view, 6> codes{"40001", "23505", "25006",
                                                    "57P03", "0A000", "08006"};
    const Error error{"ERROR", codes[what % codes.size()], "change conflicts", {}, {}};
    type == 'E' ? append_error(out, error) : append_notice(out, error);
    return out;
  }
  const wire::Message message(out, type);
  if (what > 250) {
    out += input.raw();
  } else if (type == 'Z') {
    out.push_back("ITE"[what % 3]);
  } else if (type == 'C') {
    wire::append_cstring(out, input.text());
  } else if (type == 'S') {
    wire::append_cstring(out, "TimeZone");
    wire::append_cstring(out, input.name());
  } else if (type == 'D' || type == 'T' || type == 't') {
    wire::append_i16(out, 0);
  } else if (type == 'G' || type == 'H') {
    out.push_back('\0');
    wire::append_i16(out, 0);
  }
  return out;
}

wire::Framer framed(const std::string& bytes) {
  wire::Framer framer{wire::FrameLimits{}};
  const auto space = framer.space(bytes.size() + 1);
  bytes.copy(space.data(), bytes.size());
  framer.filled(bytes.size());
  return framer;
}

// A server that answers what it was asked, with an error now and then, so that transactions,
// conflicts and replays are reached and not only refusals.
class HonestServer {
 public:
  void take(const std::string& bytes) {
    auto framer = framed(bytes);
    while (const auto frame = framer.next()) {
      if (frame->type == 'P') parsed_ = frame->body();
      asked_.push_back({frame->type, std::string(frame->type == 'Q' ? frame->body() : parsed_)});
    }
    if (framer.pending() != 0) std::abort();  // what leaves the relay is whole messages
  }

  // The messages that answer the oldest request.
  std::string answer(Input& input) {
    using namespace wire::backend;
    std::string out;
    if (asked_.empty()) return out;
    const auto [type, sql] = asked_.front();
    asked_.erase(asked_.begin());
    const auto luck = input.u8();
    if (luck < 40 && std::string_view("QPBDE").find(type) != std::string_view::npos) {
      const char* code = luck < 25 ? "40001" : luck < 32 ? "54000" : "23505";
      append_error(out, {"ERROR", code, "change conflicts, transaction row limit", {}, {}});
      if (status_ == Status::in_transaction) status_ = Status::failed;
      while (type != 'Q' && !asked_.empty() && asked_.front().first != 'S') {
        asked_.erase(asked_.begin());
      }
      if (type == 'Q') append_ready_for_query(out, status_);
      return out;
    }
    switch (type) {
      case 'P':
        append_empty(out, Type::parse_complete);
        break;
      case 'B':
        append_empty(out, Type::bind_complete);
        break;
      case 'C':
        append_empty(out, Type::close_complete);
        break;
      case 'D':
        append_empty(out, Type::no_data);
        break;
      case 'S':
        append_ready_for_query(out, status_);
        break;
      case 'E':
      case 'Q':
        if (sql.find("BEGIN") != std::string::npos) status_ = Status::in_transaction;
        if (sql.find("COMMIT") != std::string::npos || sql.find("ROLLBACK") != std::string::npos) {
          status_ = Status::idle;
        }
        if (sql.find("pg_catalog") != std::string::npos && luck < 160) row_of(luck % 8, out);
        append_command_complete(out, sql.find("LIMIT 2000") != std::string::npos ? "DELETE 2000"
                                     : status_ == Status::idle                   ? "COMMIT"
                                                                                 : "SELECT 1");
        if (type == 'Q') append_ready_for_query(out, status_);
        break;
      default:
        break;
    }
    return out;
  }

 private:
  // What a step reads of the catalog.
  static void row_of(int values, std::string& out) {
    const wire::Message message(out, 'D');
    wire::append_i16(out, static_cast<std::int16_t>(values));
    for (int i = 0; i < values; ++i) {
      wire::append_i32(out, i % 3 == 2 ? -1 : 1);
      if (i % 3 != 2) out.push_back(i % 2 == 0 ? 't' : 'f');
    }
  }

  std::vector<std::pair<char, std::string>> asked_;
  std::string parsed_;
  wire::backend::Status status_ = wire::backend::Status::idle;
};

// The peers may say anything, but only while they are there.
struct World {
  HonestServer honest;
  relay::UpstreamSession upstream;
  bool client = true;
  bool server = true;
  bool connecting = false;
  bool timer = false;
};

void event(Input& input, World& world, relay::Relay& relay, relay::TimePoint now,
           relay::Output& out) {
  const auto choice = input.u8() % 16;
  if (choice < 6 && world.client) {
    const auto message = client_message(input);
    relay.on_client({message[0], message}, now, out);
  } else if (choice == 6 && world.server) {
    const auto message = server_message(input);
    relay.on_server({message[0], message}, now, out);
  } else if (choice < 13 && world.server) {
    auto answers = framed(world.honest.answer(input));
    while (const auto frame = answers.next()) {
      relay.on_server(*frame, now, out);
      if (out.lease || out.close) break;
    }
  } else if (world.connecting) {
    world.connecting = false;
    world.server = (input.u8() & 3) != 0;
    if (world.server) {
      world.upstream = {};
      relay.on_server_ready(world.upstream, now, out);
    } else {
      relay.on_server_refused({"ERROR", "53300", "refused", {}, {}}, now, out);
    }
  } else if (choice == 13 && world.timer) {
    world.timer = false;
    relay.on_timer(now, out);
  } else if (choice == 14 && world.server) {
    world.server = false;
    relay.on_server_lost(now, out);
  } else if (choice == 15 && world.client && (input.u8() & 3) == 0) {
    world.client = false;
    relay.on_client_gone(now, out);
  } else {
    relay.on_cancel(now, out);
  }
}

void obey(const relay::Output& out, World& world) {
  auto told = framed(out.to_client);
  while (told.next()) continue;
  if (told.pending() != 0) std::abort();
  if (!out.to_server.empty() && !world.server && !out.lease) std::abort();
  world.honest.take(out.to_server);
  if (out.wait) world.timer = true;
  if (!out.lease) return;
  world.server = false;
  world.connecting = true;
  world.honest = {};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static rewriter::Rewriter rewriter{[] {
    rewriter::RewriterOptions with_slices;
    with_slices.rules.tables["t"].split = {"a"};
    return with_slices;
  }()};
  relay::Budget budget(1 << 16);
  Input input(bytes, size);
  relay::Settings settings;
  const auto options = input.u8();
  settings.retry.attempts = 1 + options % 4;
  settings.held_bytes = (options & 16) != 0 ? 32 : 4096;
  settings.group_bytes = (options & 32) != 0 ? 48 : 4096;
  settings.journal_bytes = (options & 64) != 0 ? 64 : 4096;
  relay::ClientSession client{&rewriter,
                              relay::ReportedParameters(wire::Parameters{{"TimeZone", "UTC"}})};
  relay::Relay relay(settings, budget, 1, client);
  relay::Output out;
  relay::TimePoint now{};
  World world;
  relay.on_server_ready(world.upstream, now, out);
  try {
    while (!input.empty() && !out.close) {
      out.clear();
      now += std::chrono::milliseconds(1);
      event(input, world, relay, now, out);
      obey(out, world);
    }
  } catch (const wire::ProtocolViolation&) {
    return 0;  // the session answers and closes
  }
  return 0;
}
