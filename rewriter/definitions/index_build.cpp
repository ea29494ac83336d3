#include "rewriter/definitions/index_build.hpp"

#include <utility>

#include "rewriter/definitions/async_job.hpp"

namespace occam::rewriter {
namespace {

constexpr auto tag = "CREATE INDEX";

// Valid; unique; its key columns; the job that builds it; of this table.
std::string look_text(const IndexBuild& build) {
  const std::string name = quote_literal(build.name);
  return "SELECT i.indisvalid, i.indisunique AND i.indpred IS NULL, (SELECT string_agg(a.attname, "
         "',' ORDER BY a.attnum) FROM pg_catalog.pg_attribute a "
         "WHERE a.attrelid = i.indexrelid AND a.attnum <= i.indnkeyatts), (SELECT max(j.job_id) "
         "FROM sys.jobs j WHERE j.job_type = 'INDEX_BUILD' AND j.status IN ('submitted', "
         "'processing') AND j.object_name IN (" +
         name + ", n.nspname || '.' || " + name + ")), i.indrelid = " + build.table.regclass() +
         " FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN "
         "pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relname = " +
         name + " AND c.relnamespace = (SELECT t.relnamespace FROM pg_catalog.pg_class t WHERE " +
         "t.oid = " + build.table.regclass() + ")";
}

class IndexBuildSteps : public Steps {
 public:
  explicit IndexBuildSteps(IndexBuild build) : build_(std::move(build)), job_(build_.text) {}

  // What is there before is told from what this run makes: its answer may be lost, and the run of
  // it repeated.
  Order begin() override { return look(State::looking_first); }

  Order next(const Outcome& outcome) override {
    switch (state_) {
      case State::looking_first:
        return outcome.failed() ? Order::fail(outcome) : after_looking_first(outcome);
      case State::building:
        if (auto order = job_.next(outcome)) return *std::move(order);
        return after_building();
      case State::looking_at_own:
        return outcome.failed() ? Order::fail(outcome) : after_looking(outcome);
      case State::looking_at_failed:
        return outcome.failed() ? Order::fail(outcome) : after_looking_at_failed(outcome);
      case State::dropping_invalid:
        return outcome.failed() ? Order::fail(outcome) : build();
      case State::dropping_failed:
        return Order::fail(error_);
    }
    return Order::fail(error_);
  }

  static std::vector<std::string> texts(const IndexBuild& build) {
    return {build.text, AsyncJob::waiting_text("<job_id>")};
  }

 private:
  enum class State {
    looking_first,
    building,
    looking_at_own,  // the server says that there is one, or began no job
    dropping_invalid,
    looking_at_failed,
    dropping_failed
  };

  Order build() {
    state_ = State::building;
    return job_.begin();
  }

  Order look(State state) {
    state_ = state;
    return Order::run(look_text(build_));
  }

  Order drop(State state) {
    state_ = state;
    return Order::run("DROP INDEX IF EXISTS " + build_.table.sibling(build_.name));
  }

  Order after_building() {
    switch (job_.end()) {
      case AsyncJob::End::succeeded:
        return Order::complete(tag);
      case AsyncJob::End::not_begun:
        error_ = job_.error();
        if (error_.code != "42P07") return Order::fail(told());
        return look(State::looking_at_own);
      case AsyncJob::End::no_job:
        error_ =
            Outcome::error("XX000", "the server began no job for index \"" + build_.name + "\"");
        return look(State::looking_at_own);
      case AsyncJob::End::failed:
        if (job_.error().failed()) return Order::fail(job_.error());
        return look(State::looking_at_failed);
    }
    return Order::fail(error_);
  }

  Outcome told() const {
    Outcome error = error_;
    if (error.hint.empty() && error.message.find("in a key") != std::string::npos) {
      error.hint =
          "A column of type bytea can be part of a key if it is listed under binary_keys in "
          "Occam's table rules before the table is created.";
    }
    return error;
  }

  using Row = std::vector<std::optional<std::string>>;

  static const Row* row_of(const Outcome& found) {
    return found.rows.empty() || found.rows.front().size() != 5 ? nullptr : &found.rows.front();
  }

  Order after_looking_first(const Outcome& found) {
    const Row* row = row_of(found);
    if (row == nullptr) return build();
    const bool ours = row->at(4) == "t";
    if (ours && row->front() != "t") return finish_or_drop(*row);
    const bool adopted = ours && !build_.adopted_keys.empty() && row->at(1) == "t" &&
                         row->at(2).value_or("") == joined(build_.adopted_keys, ",");
    if (build_.if_not_exists || adopted) return Order::complete(tag);
    return Order::fail(Outcome::error("42P07", "relation \"" + build_.name + "\" already exists"));
  }

  // error_ is what the server said to the definition.
  Order after_looking(const Outcome& found) {
    const Row* row = row_of(found);
    if (row == nullptr) return Order::fail(error_);
    if (row->at(4) != "t") return Order::fail(error_);  // another table's has the name
    return row->front() == "t" ? Order::complete(tag) : finish_or_drop(*row);
  }

  // Not valid: being built, or left of a build that failed.
  Order finish_or_drop(const Row& row) {
    if (!row[3]) return drop(State::dropping_invalid);
    state_ = State::building;
    return job_.await(*row[3]);
  }

  Order after_looking_at_failed(const Outcome& found) {
    const bool duplicates = job_.details().find("duplicate key") != std::string::npos;
    error_ = duplicates
                 ? Outcome::error("23505", "could not create unique index \"" + build_.name + "\"")
                 : Outcome::error("XX000", "index \"" + build_.name + "\" was not built");
    error_.detail = job_.details();
    const Row* row = row_of(found);
    if (row == nullptr || row->at(4) != "t") return Order::fail(error_);
    // Of two jobs for one index, by a repeated run, one fails.
    return row->front() == "t" ? Order::complete(tag) : drop(State::dropping_failed);
  }

  IndexBuild build_;
  AsyncJob job_;
  State state_ = State::looking_first;
  Outcome error_;
};

}  // namespace

std::unique_ptr<const StepPlan> index_build(IndexBuild build) {
  return std::make_unique<PlanOf<IndexBuildSteps, IndexBuild>>(std::move(build));
}

}  // namespace occam::rewriter
