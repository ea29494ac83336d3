// Keeps the settings of sessions and connections for tests/property/session_settings_test.py as the
// relay does, from what a real server answered. Each line of standard input is a JSON object, each
// is answered by one:
//   {"session", "texts", "tags", "failed", "idle"}   a group was run: may the session move?
//   {"session", "connection"}                        the SQL that makes the connection the
//   session's
//   {"new": name}                                    the session or connection starts afresh
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "rewriter/rewriter.hpp"

#include "proxy/relay/session_settings.hpp"

namespace occam {
namespace {

struct Session {
  relay::SessionSettings settings;
  bool pinned = false;
};

void answered(Session& session, const rewriter::Statement& statement, const std::string& tag) {
  if (statement.setting) {
    session.settings.changed(*statement.setting);
  } else if (statement.holds_session_state) {
    session.pinned = true;
  }
  if (tag == "DISCARD ALL") session.pinned = false;  // roles too are given up
  if (tag == "COMMIT") session.settings.transaction_ended(true);
  if (tag != "ROLLBACK") return;
  if (statement.kind == rewriter::StatementKind::savepoint) {
    session.settings.rolled_back_to_savepoint();
  } else {
    session.settings.transaction_ended(false);
  }
}

class Player {
 public:
  Player() : rewriter_(options()) {}

  nlohmann::json play(const nlohmann::json& line) {
    if (line.contains("new")) {
      sessions_.erase(line["new"]);
      connections_.erase(line["new"]);
      return nlohmann::json::object();
    }
    auto& session = sessions_[line["session"]];
    if (line.contains("texts")) return group(session, line);
    auto& there = connections_[line["connection"]];
    std::string sql;
    session.settings.settled().restore(there, sql);
    there = session.settings.settled();
    return {{"sql", sql}};
  }

 private:
  static rewriter::RewriterOptions options() {
    rewriter::RewriterOptions options;
    options.server = rewriter::Server::postgresql;
    return options;
  }

  nlohmann::json group(Session& session, const nlohmann::json& line) {
    std::vector<rewriter::Statement> statements;
    for (const std::string text : line["texts"]) {
      const auto rewrite = rewriter_.rewrite(text);
      statements.insert(statements.end(), rewrite->statements.begin(), rewrite->statements.end());
    }
    for (std::size_t i = 0; i < line["tags"].size(); ++i) {
      answered(session, statements.at(i), line["tags"][i]);
    }
    if (line["idle"]) session.settings.transaction_ended(!line["failed"]);
    return {{"may_move", session.settings.known() && !session.pinned}};
  }

  rewriter::Rewriter rewriter_;
  std::map<std::string, Session> sessions_;
  std::map<std::string, relay::ConnectionSettings> connections_;
};

}  // namespace
}  // namespace occam

int main() {
  occam::Player player;
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << player.play(nlohmann::json::parse(line)).dump() << std::endl;
  }
  return 0;
}
