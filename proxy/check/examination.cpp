#include "proxy/check/examination.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include "proxy/check/access.hpp"
#include "proxy/check/assumptions.hpp"
#include "proxy/check/configuration.hpp"
#include "proxy/check/locks.hpp"
#include "proxy/check/server.hpp"
#include "proxy/check/tables.hpp"
#include "proxy/iam/credential_chain.hpp"
#include "proxy/locking_inquiry.hpp"
#include "proxy/settings.hpp"
#include "proxy/tls_roles.hpp"
#include "proxy/upstream_identity.hpp"
#include "proxy/upstream_login.hpp"

namespace occam::check {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr auto patience = 10s;                                // for one answer
constexpr std::size_t longest_answer = std::size_t{1} << 20;  // one row, an error
constexpr int most_wakings = 5;
constexpr auto waking_pause = 1s;
constexpr int round_trip_count = 20;

iam::Instant now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

std::chrono::microseconds since(steady_clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - start);
}

// The sentences of tls_roles, without the listener that the report has named already.
std::string without_listener(std::string sentence, const std::string& listener) {
  const auto prefix = "listener " + listener + ": ";
  return sentence.starts_with(prefix) ? sentence.substr(prefix.size()) : sentence;
}

}  // namespace

void Examination::run() {
  note(Step::configuration, judge_configuration(config_, chosen_));
  certificates();
  name();
  credentials();
  connect();
  ask(Step::server, [this] { server(); });
  ask(Step::clock, [this] { clock(); });
  ask(Step::locks, [this] { locks(); });
  ask(Step::schema, [this] { schema(); });
  ask(Step::assumptions, [this] { assume(); });
  ask(Step::round_trip, [this] { round_trips(); });
  line_.reset();
  if (listener_ && listener_->tokens) listener_->tokens->stop();
}

bool Examination::skipped(Step step) {
  if (!blocked_.empty()) note(step, skip(blocked_));
  return !blocked_.empty();
}

void Examination::note(Step step, const Finding& finding) { report_.note(step, finding); }

void Examination::note(Step step, const Findings& findings) {
  for (const auto& finding : findings) note(step, finding);
}

void Examination::certificates() {
  if (auto read = roles()) {
    if (read->towards_clients)
      note(Step::certificates, judge_certificate("tls", read->towards_clients->shown(), now()));
    const auto& role = read->towards_upstream.role;
    if (const auto shown = role ? role->shown() : std::nullopt)
      note(Step::certificates, judge_certificate("upstream.tls", *shown, now()));
    else if (chosen_.tls.mode == config::ClientTlsMode::off)
      note(Step::certificates, ok("none is shown to anybody"));
    listener_.emplace(0, chosen_, nullptr, std::move(*read));
  } else if (blocked_.empty()) {
    blocked_ = "the files of upstream.tls cannot be used";
  }
}

// Those towards clients first; the upstream can be looked at without them.
std::optional<TlsRoles> Examination::roles() {
  auto towards_upstream = chosen_;
  towards_upstream.tls = {};
  auto towards_clients = chosen_;
  towards_clients.upstream.tls.mode = config::UpstreamTlsMode::disable;
  TlsRoles all;
  try {
    all = tls_roles(towards_clients);
  } catch (const WrongSettings& wrong) {
    note(Step::certificates, fail(without_listener(wrong.what(), chosen_.name), ""));
  }
  try {
    all.towards_upstream = tls_roles(towards_upstream).towards_upstream;
    return all;
  } catch (const WrongSettings& wrong) {
    note(Step::certificates, fail(without_listener(wrong.what(), chosen_.name), ""));
    return std::nullopt;
  }
}

void Examination::name() {
  if (skipped(Step::name)) return;
  const auto& upstream = chosen_.upstream;
  net::asio::io_context io;
  net::asio::ip::tcp::resolver resolver(io);
  net::Error error;
  const auto found = resolver.resolve(upstream.host, std::to_string(upstream.port), error);
  if (error) {
    note(Step::name, fail(upstream.host + " does not resolve: " + error.message(),
                          "check upstream.host, and this machine's DNS"));
    blocked_ = "the name of the upstream does not resolve";
    return;
  }
  std::vector<std::string> addresses;
  for (const auto& entry : found) addresses.push_back(entry.endpoint().address().to_string());
  note(Step::name, judge_addresses(upstream.host, addresses));
}

void Examination::credentials() {
  if (skipped(Step::credentials)) return;
  const auto& upstream = chosen_.upstream;
  if (upstream.user.empty()) {
    note(Step::credentials, fail("there is nobody to log in as: without upstream.user each client "
                                 "is its own",
                                 "name one of them with --user"));
    blocked_ = "there is nobody to log in as";
    return;
  }
  if (upstream.authentication == config::UpstreamAuthentication::iam) return find_credentials();
  password_ = iam::Secret(upstream.password);
  note(Step::credentials, judge_password(upstream));
}

void Examination::find_credentials() {
  const auto settings = iam_settings(chosen_.upstream);
  try {
    if (const auto mistake = iam::mistake_in(settings)) throw iam::NoCredentials(*mistake);
    const iam::CredentialChain chain(aws_environment(), settings.profile, iam::region_of(settings));
    const auto found = chain.find();
    auto token = iam::make_token(settings, found.credentials, now());
    password_ = std::move(token.text);
    note(Step::credentials, judge_credentials(settings, found.place, found.credentials.expires,
                                              token.expires - token.issued, found.advice));
  } catch (const iam::NoCredentials& reason) {
    note(Step::credentials,
         fail(reason.what(), "give this process credentials where AWS's tools find them"));
    blocked_ = "there are no AWS credentials";
  }
}

void Examination::connect() {
  if (skipped(Step::connection)) {
    skipped(Step::encryption);
    skipped(Step::log_in);
    return;
  }
  if (const auto failure = connect_awake()) refused(*failure);
}

// A cluster that nobody uses sleeps, and wakes up for whoever connects.
std::optional<upstream::Failure> Examination::connect_awake() {
  for (int refusals = 0;; ++refusals) {
    const auto start = steady_clock::now();
    line_.emplace(patience);
    auto failure = connect(*line_, "postgres");
    if (!failure) logged_in(since(start), refusals);
    if (!failure || !is_waking(*failure) || refusals == most_wakings) return failure;
    std::this_thread::sleep_for(waking_pause);
  }
}

std::optional<upstream::Failure> Examination::connect(upstream::Line& line,
                                                      const std::string& database) {
  wire::Startup startup;
  startup.database = database;
  startup.parameters = {{"application_name", "occam"}};
  auto target = upstream_target(*listener_, startup);
  target.frames = {};
  target.frames.message = longest_answer;
  auto request = login_request(listener_->config, startup);
  request.password = password_.reveal();
  return line.connect(target, std::move(request));
}

void Examination::refused(const upstream::Failure& failure) {
  line_.reset();
  const auto step = failed_step(failure);
  const auto finding = judge_failure(failure, chosen_.upstream, now());
  if (step != Step::connection) note(Step::connection, ok("the server answers"));
  if (step == Step::log_in) note(Step::encryption, judge_encryption_unseen(chosen_.upstream.tls));
  note(step, finding);
  blocked_ = "there is no connection";
  if (step == Step::connection) skipped(Step::encryption);
  if (step != Step::log_in) skipped(Step::log_in);
}

void Examination::logged_in(std::chrono::microseconds took, int refusals) {
  note(Step::connection, ok("to " + line_->address()));
  note(Step::encryption, judge_encryption(line_->agreement(), chosen_.upstream.tls));
  std::string version = "unknown";
  for (const auto& [name, value] : line_->parameters())
    if (name == "server_version") version = value;
  auto text = "as " + chosen_.upstream.user + ", server_version " + version + ", " +
              milliseconds_text(took) + " from connect to ready";
  if (refusals > 0) text += "; it slept, and woke up at try " + std::to_string(refusals + 1);
  note(Step::log_in, ok(std::move(text)));
}

void Examination::ask(Step step, const std::function<void()>& questions) {
  if (skipped(step)) return;
  try {
    questions();
  } catch (const upstream::LineLost& lost) {
    note(step, fail(std::string("the connection was lost: ") + lost.what(), "check again"));
    blocked_ = "the connection was lost";
  }
}

void Examination::server() {
  const auto finding = judge_kind(line_->ask(kind_question), chosen_.upstream.server);
  another_kind_ = finding.verdict == Verdict::fail;
  note(Step::server, finding);
}

void Examination::clock() {
  const auto before = std::chrono::system_clock::now();
  const auto answer = line_->ask(clock_question);
  const auto here = before + (std::chrono::system_clock::now() - before) / 2;
  note(Step::clock, judge_clock_answer(answer, here, chosen_.upstream.authentication));
}

void Examination::locks() {
  if (another_kind_) return note(Step::locks, skip("the server is another than was expected"));
  const auto& chosen = chosen_.rewriter;
  if (!chosen.enabled || !depends_on_upstream(chosen, rules_))
    return note(Step::locks, skip("nothing depends on what locks the upstream has"));
  note(Step::locks, judge_locks(LockingInquiry(*listener_).ask(), chosen.dialect, rules_));
}

void Examination::schema() {
  const auto database = database_to_look_in(wishes_.database, rules_);
  if (rules_.tables.empty()) return note(Step::schema, skip("there are no table rules"));
  if (database.empty()) return note(Step::schema, skip("no database is named; use --database"));
  look_at_tables(database);
}

// That of the client's database, as a client would come to it.
void Examination::look_at_tables(const std::string& database) {
  upstream::Line line(patience);
  if (const auto failure = connect(line, database)) {
    if (is_no_database(*failure)) return note(Step::schema, no_database(database, failure->reason));
    return note(Step::schema, judge_failure(*failure, chosen_.upstream, now()));
  }
  const auto answer = line.ask(columns_question);
  if (answer.failed()) return note(Step::schema, fail(answer.error(), ""));
  note(Step::schema, judge_tables(tables_of(answer), rules_, database, chosen_.upstream.server));
}

void Examination::assume() {
  if (chosen_.upstream.server != rewriter::Server::aurora_dsql || another_kind_)
    return note(Step::assumptions, skip("of Aurora DSQL only"));
  Findings found{judge_search_path(line_->ask(search_path_question), "public")};
  for (const auto& assumption : assumptions())
    found.push_back(judge_assumption(assumption, line_->ask(assumption.query)));
  note(Step::assumptions, wishes_.verbose ? found : in_short(std::move(found)));
  if (wishes_.verbose) note(Step::assumptions, unproven());
}

void Examination::round_trips() {
  std::vector<std::chrono::microseconds> times;
  for (int i = 0; i < round_trip_count; ++i) {
    const auto start = steady_clock::now();
    line_->ask("");
    times.push_back(since(start));
  }
  note(Step::round_trip, judge_round_trips(std::move(times)));
}

}  // namespace occam::check
