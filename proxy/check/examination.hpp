// One listener's steps against its upstream, in order. Does what must be waited for and hands the
// facts to those who judge; decides only what can no longer be looked at. Creates nothing but what
// LockingInquiry does. Runs once.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "rewriter/table_rules.hpp"

#include "config/config.hpp"

#include "proxy/check/report.hpp"
#include "proxy/iam/secret.hpp"
#include "proxy/listener.hpp"
#include "proxy/upstream/line.hpp"

namespace occam::check {

class Examination {
 public:
  struct Wishes {
    std::string database;
    bool verbose = false;
  };

  // What is given by reference outlives this object.
  Examination(const config::Config& config, config::Listener chosen,
              const rewriter::TableRules& rules, Wishes wishes, Report& report)
      : config_(config),
        chosen_(std::move(chosen)),
        rules_(rules),
        wishes_(std::move(wishes)),
        report_(report) {}

  void run();

 private:
  // True: noted why it is not looked at.
  bool skipped(Step step);
  void note(Step step, const Finding& finding);
  void note(Step step, const Findings& findings);

  void certificates();
  std::optional<TlsRoles> roles();
  void name();
  void credentials();
  void find_credentials();
  void connect();
  std::optional<upstream::Failure> connect_awake();
  std::optional<upstream::Failure> connect(upstream::Line& line, const std::string& database);
  void refused(const upstream::Failure& failure);
  void logged_in(std::chrono::microseconds took, int refusals);
  // A step that asks: skipped where it must be, and failed if the connection is lost meanwhile.
  void ask(Step step, const std::function<void()>& questions);
  void server();
  void clock();
  void locks();
  void schema();
  void look_at_tables(const std::string& database);
  void assume();
  void round_trips();

  const config::Config& config_;
  const config::Listener chosen_;
  const rewriter::TableRules& rules_;
  const Wishes wishes_;
  Report& report_;
  std::string blocked_;        // why nothing that follows can be looked at; empty: it can
  bool another_kind_ = false;  // of server than the configuration says
  iam::Secret password_;       // or a token
  std::optional<Listener> listener_;
  std::optional<upstream::Line> line_;
};

}  // namespace occam::check
