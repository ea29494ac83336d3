// What an answer of PostgreSQL's means for the transaction it was given in. Pure.
#pragma once

#include <string>
#include <vector>

#include "emulator/postgres/answer.hpp"
#include "emulator/rules/refusal.hpp"

namespace emulator {

// A row was held by another session's probe or commit for longer than the lock timeout, or the two
// wanted each other's rows: to be tried again, nobody need know.
bool met_a_probe(const Answer& answer);
// The row has changed, or appeared, since the snapshot; or a duplicate is there to be seen.
bool met_a_commit(const Answer& answer);
// At COMMIT every statement has already succeeded once under the same snapshot, so whatever fails
// now was caused by a transaction committed since.
bool lost_at_commit(const Answer& answer);

// The first answer that failed, or the end.
std::vector<Answer>::iterator first_failed(std::vector<Answer>& answers);

// What the answer to a text of trace.hpp names with this letter: all columns of a lock's rows, the
// last one of a change's.
void add_names(const Answer& answer, bool last_only, char letter, std::vector<std::string>& names);

// PostgreSQL's own words for a conflict become DSQL's.
Answer settle(Dialect dialect, Answer answer);
// An answer that is nothing but an error.
Answer refused(const Refusal& refusal, char status);
// What is left for the client of a statement that the emulator ran under its own names.
Answer bare(Answer answer);

}  // namespace emulator
