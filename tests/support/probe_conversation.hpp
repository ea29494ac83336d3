// One upstream for LockingProbe's tests: both of its sessions, answering as a test wants, and what
// the probe has said to them.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "proxy/upstream/locking_probe.hpp"
#include "proxy/wire/backend.hpp"

namespace occam::upstream::probing {

using rewriter::Dialect;
using rewriter::Server;
using Session = LockingProbe::Session;

inline constexpr auto data_conflict = "change conflicts with another transaction (OC000)";
inline constexpr auto catalog_conflict = "schema has been updated by another transaction (OC001)";

struct Answer {
  std::string code{};
  std::string message{};
};

// One upstream that answers both sessions as `behaves` says, and as asked where it says nothing.
class Conversation {
 public:
  // From "holder: COMMIT" and how often this has been said, this time included, to an error; or
  // nothing.
  using Behaviour = std::function<std::optional<Answer>(const std::string&, int)>;

  explicit Conversation(Behaviour behaves, Server server = Server::aurora_dsql)
      : behaves_(std::move(behaves)), probe(server, "k7") {}

  LockingFinding run() {
    LockingProbe::ToServers out;
    probe.start(out);
    while (next(out)) {
    }
    return probe.finding();
  }

  // One question and its answer; false once over.
  bool next(LockingProbe::ToServers& out) {
    for (const auto session : {Session::holder, Session::challenger}) {
      auto bytes = std::exchange(out[static_cast<std::size_t>(session)], "");
      if (bytes.empty() || bytes[0] == 'X') continue;
      REQUIRE(bytes[0] == 'Q');
      const auto sql = bytes.substr(5, bytes.size() - 6);
      return feed(session, answer(session, sql), out) == LockingProbe::Verdict::more;
    }
    FAIL("nobody was asked, and it is not over");
    return false;
  }

  LockingProbe::Verdict feed(Session session, const std::string& bytes,
                             LockingProbe::ToServers& out) {
    wire::Framer framer{wire::FrameLimits{}};
    const auto room = framer.space(bytes.size());
    bytes.copy(room.data(), bytes.size());
    framer.filled(bytes.size());
    auto verdict = LockingProbe::Verdict::more;
    while (const auto frame = framer.next()) verdict = probe.on_frame(session, *frame, out);
    return verdict;
  }

  std::vector<std::string> said;

 private:
  std::string answer(Session session, const std::string& sql) {
    const auto line = std::string(session == Session::holder ? "holder: " : "challenger: ") + sql;
    said.push_back(line);
    auto& status = status_[session];
    const auto error = behaves_(line, ++times_[line]);
    std::string bytes;
    if (error) {
      status = status == 'I' || sql == "COMMIT" ? 'I' : 'E';
      wire::backend::append_error(bytes, {"ERROR", error->code, error->message, "", ""});
    } else {
      good(sql, status, bytes);
    }
    wire::backend::append_ready_for_query(bytes, static_cast<wire::backend::Status>(status));
    return bytes;
  }

  static void good(const std::string& sql, char& status, std::string& bytes) {
    if (sql.starts_with("BEGIN")) status = 'T';
    if (sql == "COMMIT" || sql == "ROLLBACK") status = 'I';
    std::string tag = sql.substr(0, sql.find(' '));
    if (tag == "SELECT" && status == 'T') bytes += std::string("D\0\0\0\6\0\0", 7);
    if (tag == "UPDATE") tag = "UPDATE 1";
    if (tag == "INSERT") tag = "INSERT 0 2";
    wire::backend::append_command_complete(bytes, tag);
  }

  Behaviour behaves_;
  std::map<Session, char> status_{{Session::holder, 'I'}, {Session::challenger, 'I'}};
  std::map<std::string, int> times_;

 public:
  LockingProbe probe;
};

inline bool ends_with(const std::string& text, std::string_view end) { return text.ends_with(end); }

// A DSQL whose FOR KEY SHARE fences: the holder's second and third COMMIT are refused.
inline std::optional<Answer> fences(const std::string& line, int time) {
  if (line == "holder: COMMIT" && time > 1) return Answer{"40001", data_conflict};
  return std::nullopt;
}

// The same, but for what `odd` says.
inline Conversation::Behaviour except(Conversation::Behaviour odd) {
  return [odd = std::move(odd)](const std::string& line, int time) {
    const auto answer = odd(line, time);
    return answer ? answer : fences(line, time);
  };
}

inline Conversation::Behaviour error_at(std::string end, int time, Answer error) {
  return except([=](const std::string& line, int now) -> std::optional<Answer> {
    if (ends_with(line, end) && now == time) return error;
    return std::nullopt;
  });
}

inline const std::string look =
    "holder: SELECT v FROM public.occam_probe WHERE id = 'k7.fence' FOR KEY SHARE";
inline const std::string create =
    "holder: CREATE TABLE public.occam_probe (id text PRIMARY KEY, v bigint)";
inline const std::string insert =
    "holder: INSERT INTO public.occam_probe VALUES ('k7.fence', 0), ('k7.other', 0)";
inline const std::string hold = look;
inline const std::string challenge =
    "challenger: SELECT v FROM public.occam_probe WHERE id = 'k7.fence' FOR UPDATE";
inline const std::string hold_write =
    "holder: UPDATE public.occam_probe SET v = v + 1 WHERE id = 'k7.other'";
inline const std::string challenge_write =
    "challenger: UPDATE public.occam_probe SET v = v + 1 WHERE id = 'k7.fence'";
inline const std::string remove_rows =
    "holder: DELETE FROM public.occam_probe WHERE id IN ('k7.fence', 'k7.other')";

}  // namespace occam::upstream::probing
