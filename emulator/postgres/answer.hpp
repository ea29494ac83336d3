// What the server said to one section of a script, up to its ReadyForQuery, and how to change it
// before the client sees it. Pure; owns its bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/rules/refusal.hpp"

namespace emulator {

struct Answer {
  std::string frames;  // whole messages, without ReadyForQuery
  char status = 'I';   // of its ReadyForQuery
  bool failed = false;
  std::string code;          // SQLSTATE of the ErrorResponse
  std::size_t error_at = 0;  // where in frames it begins
  std::string rule;          // of the emulator's own error (Refusal::rule); empty: PostgreSQL's
  bool copy_in = false;      // no ReadyForQuery yet: the server waits for CopyData

  // Takes in one whole message; true once the answer is complete.
  bool add(char type, std::string_view message);
  std::size_t count(char type) const;
  // Of the last CommandComplete; empty if there is none.
  std::string_view tag() const;
};

// The type and bytes of each message in frames.
struct Message {
  char type;
  std::string_view bytes;
};
std::vector<Message> messages(std::string_view frames);

// What one Execute with a row limit tells of a portal's frames, and what is left for the next. As
// in PostgreSQL the portal is suspended at the limit even if nothing follows, and SELECT's tag
// counts the rows of the last slice only.
struct Slice {
  std::string now;
  std::string later;  // empty once the portal has ended
};
Slice slice(std::string_view frames, std::int32_t max_rows);

void append_error(std::string& out, const Refusal& refusal);
// Puts the refusal where the error stands; what came before it stays.
void replace_error(Answer& answer, const Refusal& refusal);
// The same with the error that another answer consists of.
void put_error(std::string& frames, const Answer& error);
// What was answered well is refused after all: the last CommandComplete becomes the error.
void take_back(Answer& answer, const Refusal& refusal);
// The statement's tag, where the one that was run in its place has another.
void replace_tag(Answer& answer, std::string_view tag);
// The error's message; empty if there is none.
std::string error_message(const Answer& answer);
// For the commit of an implicit transaction: the last CommandComplete becomes the error.
void replace_last_tag(std::string& frames, const Refusal& refusal);
// A column of a table, by the numbers a RowDescription gives.
using Origin = std::pair<std::int32_t, std::int16_t>;
// Every column described as one of the first is described as that of the second.
void replace_origins(std::string& frames, const std::map<Origin, Origin>& origins);
// The columns of each DataRow, NULL as an empty text.
std::vector<std::vector<std::string>> rows(const Answer& answer);

}  // namespace emulator
