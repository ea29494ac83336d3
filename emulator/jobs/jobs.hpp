// Does the jobs of committed transactions, one after another, on a thread and a connection of its
// own. Knows PostgreSQL, no client. Thread-safe.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "emulator/jobs/job.hpp"
#include "emulator/postgres/backend.hpp"

namespace emulator {

class Jobs {
 public:
  Jobs();
  // Ends after the job at hand; those that have not begun stay "submitted".
  ~Jobs();
  Jobs(const Jobs&) = delete;
  Jobs& operator=(const Jobs&) = delete;

  // Makes the schema `sys` in the account's database, once per database. Where that is not allowed
  // there are no jobs, and a line on standard error says so.
  void prepare(const Postgres& account);
  static std::string fresh_id();
  // The job was recorded under this id, and that has been committed.
  void start(const Job& job, const std::string& id, const Postgres& account);

 private:
  struct Started {
    Job job;
    std::string id;
    Postgres account;
  };

  void work();
  static void carry_out(const Started& started);

  std::mutex mutex_;
  std::condition_variable wake_;
  std::set<std::string> prepared_;  // databases
  std::deque<Started> waiting_;
  bool stopping_ = false;
  std::thread worker_;
};

}  // namespace emulator
