// An in-memory server with optimistic concurrency, for the simulation: snapshot reads, conflicts
// decided at COMMIT, first committer wins, FOR UPDATE adjudicated as a write (facts/dsql.md §1.2).
// Speaks protocol 3.0 in whole frames. Knows six statements on two tables, t(k, v) and log(id);
// refuses FOR SHARE as DSQL does. Deterministic by its random source.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/wire/backend.hpp"
#include "proxy/wire/frame.hpp"

namespace occam::simulation {

using Random = std::mt19937_64;

// Chances per thousand.
struct Faults {
  unsigned at_statement = 0;  // 40001 OC000 or OC001 on a statement
  unsigned at_commit = 0;     // 40001 OC000 on a COMMIT that would have succeeded
  unsigned unavailable =
      0;  // XX000 server unavailable on a statement, or on a COMMIT whether applied or not
};

struct Database {
  struct Row {
    std::vector<std::pair<std::uint64_t, std::int64_t>> versions;  // commit number, value
    std::uint64_t locked = 0;  // commit number of the last FOR UPDATE
  };
  std::map<std::string, Row> rows;
  std::uint64_t commits = 0;
  std::uint64_t conflicts = 0;  // 40001 told, injected ones included
  std::optional<std::int64_t> at(const std::string& key, std::uint64_t snapshot) const;
};

class Connection {
 public:
  Connection(Database& database, const Faults& faults, Random& random)
      : database_(database), faults_(faults), random_(random) {}

  // Takes one message; answers are appended to `out`.
  void receive(const wire::Frame& frame, std::string& out);

 private:
  struct Result {
    std::string error_code;  // empty: success
    std::string error_text;
    std::string tag;
    std::optional<std::string> value;  // one row with one column
    bool rows = false;
  };

  void simple(std::string_view sql, std::string& out);
  void fail(const std::string& code, const std::string& text, std::string& out);
  void finish_implicit(std::string& out, bool& failed);
  void ready(std::string& out);
  Result run(std::string sql);
  Result statement(const std::string& sql);
  Result commit();
  Result conflict(const std::string& text);
  void start();
  bool chance(unsigned per_thousand) { return random_() % 1000 < per_thousand; }

  Database& database_;
  const Faults& faults_;
  Random& random_;
  std::map<std::string, std::string> prepared_;
  std::map<std::string, std::string> portals_;  // the statement with its parameters filled in
  bool open_ = false;                           // a transaction, explicit or implicit
  bool explicit_ = false;
  bool failed_ = false;
  bool skipping_ = false;  // after an error, until Sync
  std::uint64_t snapshot_ = 0;
  std::map<std::string, std::int64_t> writes_;
  std::set<std::string> locks_;
  int setting_ = 0;                // extra_float_digits, outside a transaction
  std::optional<int> set_inside_;  // by the open transaction
};

}  // namespace occam::simulation
