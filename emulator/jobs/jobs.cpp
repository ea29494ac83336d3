#include "emulator/jobs/jobs.hpp"

#include <iostream>
#include <random>
#include <utility>

#include "proxy/wire/frontend.hpp"

#include "emulator/postgres/names.hpp"

namespace emulator {
namespace {

// A statement at a time: some of them cannot run inside a transaction, which a Query of several is.
Answer run(Backend& backend, std::string_view sql) {
  std::string message;
  occam::wire::frontend::append_query(message, sql);
  return backend.exchange(message);
}

void tell(Backend& backend, const std::string& id, std::string_view status,
          const std::string& details) {
  run(backend, "UPDATE sys.jobs SET status = " + literal(status) + ", details = nullif(" +
                   literal(details) +
                   ", ''), update_time = clock_timestamp() WHERE job_id = " + literal(id));
}

constexpr auto unique_violation = "23505";

// A failed build of a unique index leaves the index behind, invalid (M POC-JA 2026-07), and that is
// what PostgreSQL's CONCURRENTLY does.
void leave_invalid(Backend& backend, const Job& job, std::size_t after_index) {
  auto sql = job.sql;
  sql.insert(after_index, " CONCURRENTLY");
  run(backend, sql);
}

}  // namespace

Jobs::Jobs() : worker_([this] { work(); }) {}

Jobs::~Jobs() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  worker_.join();
}

void Jobs::prepare(const Postgres& account) {
  const std::lock_guard lock(mutex_);
  if (!prepared_.insert(account.database).second) return;
  try {
    Backend backend(account, {}, 0);
    const auto answer = run(backend, sys_schema());
    if (answer.failed) throw Lost(error_message(answer));
  } catch (const Lost& lost) {
    std::cerr << "dsql-emulator: no jobs in database " << account.database
              << ": the schema sys cannot be made there: " << lost.what() << std::endl;
  }
}

std::string Jobs::fresh_id() {
  std::random_device random;
  std::array<std::uint8_t, 16> uuid{};
  for (auto& byte : uuid) byte = static_cast<std::uint8_t>(random());
  return job_id(uuid);
}

void Jobs::start(const Job& job, const std::string& id, const Postgres& account) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back({job, id, account});
  }
  wake_.notify_one();
}

void Jobs::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (stopping_) return;
    const auto started = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    try {
      carry_out(started);
    } catch (const std::exception&) {
      // PostgreSQL went away: the job stays as it was last told.
    }
    lock.lock();
  }
}

void Jobs::carry_out(const Started& started) {
  Backend backend(started.account, {}, 0);
  tell(backend, started.id, "processing", "");
  run(backend,
      "SELECT set_config('search_path', search_path, false) FROM sys.job_sessions WHERE "
      "job_id = " +
          literal(started.id));
  const auto answer = run(backend, started.job.sql);
  if (!answer.failed) return tell(backend, started.id, "completed", "");
  if (answer.code != unique_violation)
    return tell(backend, started.id, "failed", error_message(answer));
  leave_invalid(backend, started.job, started.job.after_index);
  tell(backend, started.id, "failed", "found duplicate key(s) while validating index uniqueness");
}

}  // namespace emulator
