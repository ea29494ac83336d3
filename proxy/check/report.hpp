// What `occam check` prints: a line per finding as it comes, aligned; or at the end one JSON
// object. Knows no step by itself. What strangers said is made printable here.
#pragma once

#include <map>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "proxy/check/finding.hpp"

namespace occam::check {

class Report {
 public:
  enum class Form { text, json };

  // `out` outlives this object.
  Report(std::ostream& out, Form form) : out_(out), form_(form) {}

  // What is noted from here on is of this listener; `where` says from whom to whom it leads.
  void begin(const std::string& listener, const std::string& where);
  void note(Step step, const Finding& finding);
  // Says the sum. Once, last.
  void end();

  bool failed() const { return count(Verdict::fail) > 0; }

 private:
  struct Listener {
    std::string name;
    std::string where;
    std::vector<std::pair<Step, Finding>> findings;
  };

  std::size_t count(Verdict verdict) const;
  void print_json() const;

  std::ostream& out_;
  const Form form_;
  std::vector<Listener> listeners_;
};

}  // namespace occam::check
