// The settings that a client has made with SET, and those of an upstream connection, so that the
// client can be served by any connection: the one is brought to the other (`restore`). Knows what
// PostgreSQL keeps of a change when its transaction ends; knows no message and no pool. What a
// client sent at its log-in is no part of it: RESET goes back to that.
// Order of calls: each statement's change as its answer comes, the end of each transaction, one
// that is only the group's own too. Values are owned; a ConnectionSettings is immutable and shared.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "rewriter/statement.hpp"

namespace occam::relay {

// What is set on a connection beyond its log-in. Copied for a pointer.
class ConnectionSettings {
 public:
  bool empty() const { return entries_ == nullptr; }
  bool operator==(const ConnectionSettings& other) const {
    return entries_ == other.entries_ ||
           (entries_ && other.entries_ && *entries_ == *other.entries_);
  }

  // Appends the text of one simple Query after which a connection that has `there` has these;
  // nothing if they are equal. The same two give the same text. If the server refuses any of it
  // nothing has changed (one implicit transaction), and the connection is of no use for this
  // client.
  void restore(const ConnectionSettings& there, std::string& sql) const;

 private:
  friend class SessionSettings;
  using Entries = std::map<std::string, std::string, std::less<>>;  // name: what sets it
  std::shared_ptr<const Entries> entries_;                          // null: none
};

class SessionSettings {
 public:
  // A statement succeeded that makes this change.
  void changed(const rewriter::SettingChange& change);
  // First, if at all: what the client asked for at its log-in as it may SET it later.
  void begin_with(const rewriter::SettingChange& setting) {
    changed(setting);
    transaction_ended(true);
  }
  // ROLLBACK TO SAVEPOINT, whose tag is ROLLBACK, succeeded. Which changes it undoes is not kept.
  void rolled_back_to_savepoint();
  // The server's transaction is over, implicit ones included. Not committed: by its ROLLBACK, by a
  // failure outside a transaction block, or because Occam rolls it back to run it again.
  void transaction_ended(bool committed);

  // As they were when the open transaction began, or are now if there is none.
  const ConnectionSettings& settled() const { return settled_; }
  // False: they cannot be told any more, and the client must keep the connection that has them.
  // From the next RESET ALL on they can.
  bool known() const { return known_; }

 private:
  using Entries = ConnectionSettings::Entries;
  struct Open {
    bool known = true;
    bool all_reset = false;
    bool local = false;  // a SET LOCAL was among them
    Entries changes;     // since RESET ALL; empty: reset
  };

  bool may_merge(const rewriter::SettingChange& change) const;

  ConnectionSettings settled_;
  std::unique_ptr<Open> open_;  // null: nothing changed since the transaction began
  bool known_ = true;
};

}  // namespace occam::relay
