// The extended protocol: gathers messages to Sync or Flush, keeps the client's prepared statements
// and portals, and runs the group whole outside a transaction, statement by statement inside one.
// No I/O; owns what it remembers.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/client/transactor.hpp"

namespace emulator {

class ExtendedQuery {
 public:
  ExtendedQuery(Transactor& transactor, Reader& reader)
      : transactor_(transactor), reader_(reader) {}

  // One whole Parse, Bind, Describe, Execute or Close message.
  void gather(char type, std::string_view message);
  // The group so far. Sync ends it, Flush does not. Appends all that is to be told but
  // ReadyForQuery.
  void sync(std::string& to_client);
  void flush(std::string& to_client);
  // A simple Query destroys the unnamed statement and portal.
  void forget_unnamed();
  // DEALLOCATE ALL.
  void forget_statements() { statements_.clear(); }

 private:
  struct Prepared {
    std::shared_ptr<const Parsed> parsed;
    std::string sql;  // what is run: the text, or what records the job it asks for
    std::string types;
  };
  struct Portal {
    std::string name;
    Prepared prepared;
    std::string bind;     // behind the names
    std::string message;  // the whole Bind
    std::string later;    // rows that a row limit has kept back
  };
  struct Step {
    char type = 0;
    std::string message;
    Prepared prepared;   // Parse
    bool added = false;  // Parse: its name was not known before
  };

  static const Statement& only(const Parsed& parsed);
  static Entry entry_of(const Portal& portal);
  Step read_step(char type, std::string_view message);
  std::optional<Objection> objection(const Statement& statement);
  const Statement& statement_of(std::string_view name) const;
  bool may_run_whole();
  void run_whole(std::string& to_client);
  void run_steps(std::string& to_client);
  bool run_parse(Step& step, std::string& to_client);
  bool run_execute(Step& step, std::string& to_client);
  bool run_limited(Portal& portal, Step& step, std::int32_t max_rows, std::string& to_client);
  bool send_pending(std::string& to_client);
  bool tell(const Answer& answer, std::string& to_client);
  Unit unit_of(const Portal& portal, const Step& execute) const;
  // Follows what a step does to statements and portals; undone for what the server did not do:
  // all Parses after the first `prepared`.
  void learn(Step& step);
  void unlearn(const std::vector<Step>& steps, std::size_t prepared);
  std::string closing() const;

  Transactor& transactor_;
  Reader& reader_;
  std::vector<Step> group_;
  std::vector<Step> pending_;  // not sent yet, to go with the next Execute
  bool skipping_ = false;      // after an error, to the next Sync
  std::map<std::string, Prepared, std::less<>> statements_;
  std::map<std::string, Portal, std::less<>> portals_;
};

}  // namespace emulator
