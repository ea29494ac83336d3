#include "emulator/postgres/kept.hpp"

namespace emulator {

void Kept::append(Script& script, const std::string& sql, const std::string& types,
                  const std::string& bind) {
  if (bind.empty()) {
    script.run(sql, types, bind);
    return;
  }
  const Key key{sql, types};
  if (const auto known = names_.find(key); known != names_.end()) {
    script.run_kept(known->second, false, sql, types, bind);
    return;
  }
  if (names_.size() >= most) {
    script.run(sql, types, bind);
    return;
  }
  const auto name = "dsql_emulator_kept_" + std::to_string(named_++);
  names_[key] = name;
  prepared_here_.emplace_back(script.sections(), key);
  script.run_kept(name, true, sql, types, bind);
}

void Kept::learn(const std::vector<Answer>& answers) {
  for (const auto& [section, key] : prepared_here_)
    if (answers[section].count('1') == 0) names_.erase(key);
  prepared_here_.clear();
}

}  // namespace emulator
