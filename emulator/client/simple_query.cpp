#include "emulator/client/simple_query.hpp"

#include <algorithm>
#include <cstdint>

#include "proxy/wire/frontend.hpp"

namespace emulator {
namespace {

Unit unit_of(const std::shared_ptr<const Parsed>& text, const Statement& statement,
             std::string sql) {
  Unit unit;
  if (const auto job = job_asked_for(*text, statement)) sql = recording_text(*job);
  unit.entry = {text, &statement, sql, {}, {}, {}};
  unit.query = true;
  occam::wire::frontend::append_query(unit.messages, sql);
  return unit;
}

}  // namespace

bool SimpleQuery::run(std::string_view sql, std::string& to_client) {
  const auto text = reader_.read(sql);
  const auto& statements = text->statements;
  if (statements.empty()) {
    static const Statement nothing;
    to_client += transactor_.pass(unit_of(text, nothing, std::string(sql))).frames;
    return false;
  }
  const auto may_go_whole = [this](const Statement& statement) {
    return !controls(statement.kind) && statement.kind != Kind::savepoint &&
           !transactor_.answers(statement) && transactor_.light(statement, statement.length);
  };
  std::int64_t rows = 0;
  for (const auto& statement : statements)
    rows += std::max<std::int64_t>(statement.inserted_rows, 1);
  if (!transactor_.open() && transactor_.within_limits(rows, sql.size()) &&
      std::all_of(statements.begin(), statements.end(), may_go_whole))
    return run_whole(text, to_client);
  return run_pieces(text, to_client);
}

bool SimpleQuery::run_whole(const Text& text, std::string& to_client) {
  const auto& statements = text->statements;
  // A later statement's refusal comes after the answers of those before it.
  if (statements.size() > 1 && std::any_of(statements.begin(), statements.end(), [this](auto& s) {
        return transactor_.refused(s).has_value();
      }))
    return run_pieces(text, to_client);
  std::vector<Entry> entries;
  for (const auto& statement : statements) {
    if (const auto objection = transactor_.objection(statement)) {
      to_client += transactor_.object(*objection).frames;
      return false;
    }
    entries.push_back({text, &statement, std::string(text->piece(statement)), {}, {}, {}});
  }
  const auto unit = unit_of(text, statements.front(), text->text);
  const auto answer = transactor_.autocommit(unit, entries, "");
  to_client += answer.frames;
  return answer.copy_in;
}

bool SimpleQuery::run_pieces(const Text& text, std::string& to_client) {
  std::string told;
  bool failed = false;
  bool copies = false;
  for (const auto& statement : text->statements) {
    const auto answer = run_piece(text, statement);
    told += answer.frames;
    failed = answer.failed;
    copies = answer.copy_in;
    if (failed || copies) break;
  }
  if (const auto error = transactor_.close_implicit(failed)) put_error(told, *error);
  to_client += told;
  return copies;
}

Answer SimpleQuery::run_piece(const Text& text, const Statement& statement) {
  const auto sql = text->piece(statement);
  if (const auto objection = transactor_.objection(statement))
    return transactor_.object(*objection);
  // The rest of the text would have to wait for the data.
  if (statement.kind == Kind::copy && text->statements.size() > 1)
    return transactor_.object(
        {{"copy_extended", "0A000", "COPY is not supported together with other statements"}});
  if (controls(statement.kind)) return transactor_.control(statement, sql);
  if (transactor_.answers(statement) && !transactor_.failed()) return transactor_.set(statement);
  if (!transactor_.failed()) transactor_.open_implicit();
  return transactor_.run(unit_of(text, statement, std::string(sql)));
}

}  // namespace emulator
