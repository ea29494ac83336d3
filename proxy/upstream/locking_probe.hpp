// Asks an upstream what its row locks do, over two sessions and a scratch table: whether FOR KEY
// SHARE is known at all, which tells the dialect, and whether it fences against a FOR UPDATE whose
// transaction then changes no key; nobody has recorded that pair (facts/dsql.md §1.2, §1.3). Frames
// in, bytes out; sans I/O, no clock, no randomness; never throws. Order of calls: start, then
// on_frame for whatever either session says, until the verdict is over.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "rewriter/dialect.hpp"

#include "proxy/wire/frame.hpp"

namespace occam::upstream {

struct LockingFinding {
  std::optional<rewriter::Dialect> dialect;  // nothing: it could not be told
  bool key_share_proven = false;
  bool again = false;             // what stood in the way may pass by itself
  std::uint32_t conflicts = 0;    // 40001 that were provoked or met on the way,
  std::uint32_t unavailable = 0;  // and XX000 "server unavailable" (facts/dsql.md §1.8)
  std::string reason;             // one line for the log; what to do, where something can be done
};

class LockingProbe {
 public:
  // The holder takes FOR KEY SHARE, as a writer of history does with its shard; the challenger FOR
  // UPDATE, as the shard's next owner does.
  enum class Session { holder, challenger };
  enum class Verdict { more, over };
  using ToServers = std::array<std::string, 2>;  // by session

  // `row` must differ from that of every other probe, in letters and digits: rows of others, and
  // those a probe left that died, are then never touched.
  LockingProbe(rewriter::Server server, std::string row);

  void start(ToServers& out);
  // Takes one whole frame. After over it does nothing.
  Verdict on_frame(Session from, const wire::Frame& frame, ToServers& out);
  // A session ended, broke the protocol, or did not answer in time; the reason says which.
  void on_loss(const std::string& reason);

  // Holds once over.
  const LockingFinding& finding() const { return finding_; }

 private:
  enum class Task { look, create, insert, begin, lock, write, commit, roll_back, remove };
  enum class Round { control, holder_first, challenger_first };
  struct Step {
    Session session;
    Task task;
  };
  // All that was answered to one query.
  struct Reply {
    std::string code;  // SQLSTATE; empty: no error
    std::string message;
    std::string tag;
    std::uint32_t rows = 0;
  };

  static std::span<const Step> steps_of(Round round);
  void ask(Step step, ToServers& out);
  std::string text(Step step) const;
  bool take(const wire::Frame& frame);  // true: the answer is whole
  void stray(const wire::Frame& frame);

  void on_reply(ToServers& out);
  void on_look(ToServers& out);
  void on_create(ToServers& out);
  void on_insert(ToServers& out);
  void on_step(ToServers& out);
  bool fits() const;
  bool fenced() const;
  bool catalog_changed() const;

  void round_done(ToServers& out);
  void wind_down(ToServers& out);
  void repeat(Step step, ToServers& out);
  void unfit(ToServers& out);
  void settle(std::string reason, bool again);
  void end(ToServers& out);

  const rewriter::Server server_;
  const std::string row_;
  Step asked_{Session::holder, Task::look};
  Reply reply_;
  std::array<char, 2> status_{'I', 'I'};
  Round round_ = Round::control;
  std::size_t place_ = 0;          // in the round
  std::uint32_t repetitions_ = 0;  // of all kinds together
  bool inserted_ = false;
  bool settled_ = false;  // the finding holds; what is left is to clean up
  bool over_ = false;
  LockingFinding finding_;
};

}  // namespace occam::upstream
