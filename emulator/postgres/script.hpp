// Messages for the backend, in sections that each end in one ReadyForQuery, so that a whole probe
// travels in one write. Everything here uses named statements and portals of the emulator's own:
// a simple Query would destroy the client's unnamed statement and portal. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace emulator {

// Prepared once at the start of every session.
enum class Call {
  begin,
  commit,
  rollback,
  base,         // a savepoint before everything the transaction does
  to_base,      // undoes all of it: no lock outlives it
  savepoint,    // opens the probe
  rollback_to,  // closes it: no lock and no change outlives it
  wait_long,    // a commit waits for another session's probe, not for one that never ends
  fail,         // puts the transaction into the failed state
};

class Script {
 public:
  // Prepares every Call; one section.
  void prepare_calls();
  void call(Call call);
  // One statement by the extended protocol, parsed afresh. `bind` is what follows the names in
  // Bind: parameter formats, values, result formats; empty for no parameters.
  void run(std::string_view sql, std::string_view types = {}, std::string_view bind = {});
  // The same for a statement that is kept under `name`; the first time it is prepared too.
  void run_kept(std::string_view name, bool first, std::string_view sql, std::string_view types,
                std::string_view bind);
  // The client's own messages, a Sync behind them.
  void synced(std::string_view messages);
  // The client's own Query message, whole.
  void query(std::string_view message);

  const std::string& bytes() const { return bytes_; }
  std::size_t sections() const { return sections_; }

 private:
  std::string bytes_;
  std::size_t sections_ = 0;
};

}  // namespace emulator
