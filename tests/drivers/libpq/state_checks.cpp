#include <array>

#include "tests/drivers/libpq/checks.hpp"
#include "tests/drivers/libpq/connection.hpp"

namespace occam::drivers {

namespace {

constexpr std::array zones{"Asia/Tokyo", "America/New_York", "Europe/Paris", "UTC"};
constexpr const char* all_settings =
    "SELECT concat_ws('|', current_setting('TimeZone'), current_setting('DateStyle'), "
    "current_setting('application_name'), current_setting('search_path'))";

struct Marked {
  Connection session;
  std::string zone;
  std::string want;
};

Marked marked(std::size_t number) {
  const std::string zone = zones.at(number % zones.size());
  const std::string style = number % 2 ? "ISO, DMY" : "ISO, MDY";
  const std::string digit = std::to_string(number);
  Marked made{Connection(), zone, zone + "|" + style + "|session " + digit + "|s" + digit};
  made.session.simple(number % 3 ? "SET TIME ZONE '" + zone + "'"
                                 : "SELECT set_config('TimeZone', '" + zone + "', false)");
  made.session.simple("SET DateStyle = '" + style + "'");
  made.session.simple("SET application_name = 'session " + digit + "'");
  made.session.simple("SET search_path TO s" + digit);
  return made;
}

void seen(Marked& one) {
  equal(one.session.value(all_settings), one.want);
  equal(one.session.parameter("TimeZone"), one.zone);
}

void settings_stay_while_others_work() {
  std::vector<Marked> sessions;
  for (std::size_t number = 0; number < 8; ++number) sessions.push_back(marked(number));
  for (std::size_t held = 0; held < 5; ++held) {  // so many others keep what serves them
    for (std::size_t number = 0; number < held; ++number) {
      sessions[number].session.simple("BEGIN");
      sessions[number].session.simple("SELECT 1");
    }
    for (std::size_t number = held; number < sessions.size(); ++number) seen(sessions[number]);
    for (std::size_t number = 0; number < held; ++number) sessions[number].session.simple("COMMIT");
    for (Marked& one : sessions) seen(one);
  }
  sessions[0].session.simple("RESET ALL");
  equal(sessions[0].session.value("SHOW timezone"), Connection().value("SHOW timezone"));
  for (std::size_t number = 1; number < sessions.size(); ++number) seen(sessions[number]);
}

// Runs `ask` while another session is in a transaction, so that a shared connection is another one
// now.
template <typename Ask>
std::string elsewhere(Connection& other, Ask ask) {
  other.simple("BEGIN");
  other.simple("SELECT 1");
  std::string got = ask();
  other.simple("COMMIT");
  return got;
}

void settings_of_a_transaction_end_with_it() {
  Connection session;
  Connection other;
  session.simple("SET TIME ZONE 'Asia/Tokyo'");
  for (const std::string set : {"SET", "SET LOCAL"}) {
    for (const std::string end : {"ROLLBACK", "COMMIT"}) {
      session.simple("BEGIN");
      session.simple(set + " TIME ZONE 'Europe/Paris'");
      equal(session.value("SHOW timezone"), "Europe/Paris");
      session.simple(end);
      const bool kept = set == "SET" && end == "COMMIT";
      const std::string want = kept ? "Europe/Paris" : "Asia/Tokyo";
      equal(elsewhere(other, [&] { return session.value("SHOW timezone"); }), want);
      equal(session.value("SHOW timezone"), want);
      equal(session.parameter("TimeZone"), want);
      session.simple("SET TIME ZONE 'Asia/Tokyo'");
    }
  }
}

void startup_settings() {
  Connection tokyo(Connection::Words{{"options", "-c TimeZone=Asia/Tokyo"}});
  Connection latin(Connection::Words{{"client_encoding", "LATIN1"}});
  Connection plain;
  const std::string usual = plain.value("SHOW timezone");
  for (int round = 0; round < 3; ++round) {
    equal(tokyo.value("SHOW timezone"), "Asia/Tokyo");
    equal(latin.value("SELECT chr(252)"), "\xfc");
    equal(plain.value("SELECT chr(252)"), "\u00fc");
    equal(elsewhere(plain, [&] { return latin.value("SELECT chr(252)"); }), "\xfc");
    equal(elsewhere(latin, [&] { return tokyo.value("SHOW timezone"); }), "Asia/Tokyo");
    equal(elsewhere(tokyo, [&] { return plain.value("SHOW timezone"); }), usual);
  }
  tokyo.simple("SET TIME ZONE 'Europe/Paris'");
  tokyo.simple("RESET timezone");  // to what the session began with
  equal(elsewhere(plain, [&] { return tokyo.value("SHOW timezone"); }), "Asia/Tokyo");
}

// The SQLSTATE that a prepared statement is refused with, or its value.
std::string asked(Connection& session, const char* name) {
  try {
    return cell(session.prepared(name, {"1"}));
  } catch (const Refused& refused) {
    return refused.state;
  }
}

void given_back_all() {
  Connection session;
  Connection other;
  for (const std::string text : {"DEALLOCATE ALL", "DISCARD ALL"}) {
    if (on_dsql() && text == "DISCARD ALL") continue;
    for (Connection* each : {&session, &other}) each->prepare("p", "SELECT $1::int + 1");
    session.simple("SET TIME ZONE 'Asia/Tokyo'");
    session.simple(text);
    equal(asked(session, "p"), "26000");
    equal(elsewhere(session, [&] { return asked(other, "p"); }), "2");
    const bool reset = text == "DISCARD ALL";
    equal(session.value("SHOW timezone"), reset ? other.value("SHOW timezone") : "Asia/Tokyo");
    session.prepare("p", "SELECT $1::int + 5");
    equal(asked(session, "p"), "6");
    for (Connection* each : {&session, &other}) each->simple("DEALLOCATE ALL");
  }
}

// Statements of PREPARE and of the protocol have one namespace.
void sql_prepare() {
  if (on_dsql()) throw Skipped{"Aurora DSQL has no PREPARE"};
  Connection session;
  Connection other;
  session.simple("PREPARE p (int) AS SELECT $1 + 1");
  other.simple("PREPARE p (int) AS SELECT $1 + 2");
  for (int round = 0; round < 3; ++round) {
    equal(session.value("EXECUTE p(1)"), "2");
    equal(elsewhere(session, [&] { return other.value("EXECUTE p(1)"); }), "3");
    equal(elsewhere(other, [&] { return asked(session, "p"); }), "2");
  }
  session.simple("DEALLOCATE p");
  equal(session.refusal("EXECUTE p(1)"), "26000");
  equal(other.value("EXECUTE p(1)"), "3");
  session.prepare("q", "SELECT $1::int * 7");
  equal(session.value("EXECUTE q(6)"), "42");
  session.simple("DEALLOCATE q");
  equal(asked(session, "q"), "26000");
}

// What no other connection can be given: the session must be served by the one that has it.
void temporary_tables() {
  if (on_dsql()) throw Skipped{"Aurora DSQL has no temporary tables"};
  std::vector<Connection> sessions(4);
  for (std::size_t number = 0; number < sessions.size(); ++number) {
    sessions[number].simple("CREATE TEMP TABLE own AS SELECT " + std::to_string(number) + " AS n");
  }
  for (int round = 0; round < 5; ++round) {
    for (std::size_t number = 0; number < sessions.size(); ++number) {
      equal(sessions[number].value("SELECT n FROM own"), std::to_string(number));
    }
  }
  equal(Connection().refusal("SELECT n FROM own"), "42P01");
}

}  // namespace

std::vector<Check> state_checks() {
  return {{"settings_stay_while_others_work", settings_stay_while_others_work},
          {"settings_of_a_transaction_end_with_it", settings_of_a_transaction_end_with_it},
          {"startup_settings", startup_settings},
          {"given_back_all", given_back_all},
          {"sql_prepare", sql_prepare},
          {"temporary_tables", temporary_tables}};
}

}  // namespace occam::drivers
