#include "emulator/judge/conflicts.hpp"

#include <algorithm>
#include <string_view>

namespace emulator {

// A lock timeout that fires in the moment the lock is granted is told by PostgreSQL as a cancel
// "due to user request" (57014), with the tuple that was waited for in its context; and a savepoint
// that is just being undone can make it take two sessions for writers of one row (XX000). Both seen
// under contention.
bool met_a_probe(const Answer& answer) {
  if (!answer.failed) return false;
  const auto says = [&answer](const char* words) {
    return answer.frames.find(words, answer.error_at) != std::string::npos;
  };
  const bool late_timeout = answer.code == "57014" && says("tuple (");
  const bool half_undone = answer.code == "XX000" && says("multixact");
  return answer.code == "55P03" || answer.code == "40P01" || late_timeout || half_undone;
}

bool met_a_commit(const Answer& answer) {
  return answer.failed && (answer.code == "40001" || answer.code == "23505");
}

bool lost_at_commit(const Answer& answer) {
  return answer.failed &&
         (answer.code.starts_with("40") || answer.code.starts_with("23") || met_a_probe(answer));
}

Answer bare(Answer answer) {
  std::string kept;
  for (const auto& message : messages(answer.frames)) {
    if (std::string_view("123ntT").find(message.type) != std::string_view::npos) continue;
    if (message.type == 'E') answer.error_at = kept.size();
    kept.append(message.bytes);
  }
  answer.frames = std::move(kept);
  return answer;
}

Answer refused(const Refusal& refusal, char status) {
  Answer answer;
  answer.failed = true;
  answer.code = refusal.code;
  answer.rule = refusal.rule;
  answer.status = status;
  append_error(answer.frames, refusal);
  return answer;
}

Answer settle(Dialect dialect, Answer answer) {
  if (answer.failed && (answer.code == "40001" || met_a_probe(answer)))
    replace_error(answer, data_conflict(dialect));
  return answer;
}

void add_names(const Answer& answer, bool last_only, char letter, std::vector<std::string>& names) {
  for (const auto& row : rows(answer))
    for (std::size_t i = last_only ? row.size() - 1 : 0; i < row.size(); ++i)
      if (row[i].starts_with(letter)) names.push_back(row[i].substr(1));
}

std::vector<Answer>::iterator first_failed(std::vector<Answer>& answers) {
  return std::find_if(answers.begin(), answers.end(),
                      [](const Answer& answer) { return answer.failed; });
}

}  // namespace emulator
