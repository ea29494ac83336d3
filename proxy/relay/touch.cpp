#include "proxy/relay/touch.hpp"

#include <algorithm>

namespace occam::relay {

using rewriter::StatementKind;

namespace {

Touch touch(const rewriter::Statement& statement, std::string_view table) {
  switch (statement.kind) {
    case StatementKind::begin:
    case StatementKind::rollback:
    case StatementKind::savepoint:
    case StatementKind::read:
    case StatementKind::deallocate:
    case StatementKind::deallocate_all:
    case StatementKind::sql_prepare:
    case StatementKind::listen:
      return Touch::none;
    case StatementKind::cursor:
      if (statement.tables.empty()) return Touch::writes;  // FETCH, of what DECLARE named
      [[fallthrough]];
    case StatementKind::write:
    case StatementKind::ddl:
    case StatementKind::copy:
      if (statement.calls) return Touch::writes;
      return std::find(statement.tables.begin(), statement.tables.end(), table) !=
                     statement.tables.end()
                 ? Touch::writes
                 : Touch::none;
    case StatementKind::commit:
    case StatementKind::prepared_transaction:
    case StatementKind::discard:
    case StatementKind::sql_execute:
    case StatementKind::procedure:
    case StatementKind::maintenance:
    case StatementKind::unknown:
    case StatementKind::set:  // of search_path, TimeZone ...: the row's texts may say another row
      return Touch::ends;
  }
  return Touch::ends;
}

}  // namespace

Touch touch(const rewriter::Rewrite* rewrite, std::string_view table) {
  if (rewrite == nullptr || !rewrite->parsed) return Touch::ends;
  Touch most = Touch::none;
  for (const auto& statement : rewrite->statements) {
    most = std::max(most, touch(statement, table));
  }
  return most;
}

bool goes_on_after_end(const rewriter::Rewrite& rewrite) {
  if (!rewrite.parsed) {  // one statement, unless something follows a semicolon
    const auto semicolon = rewrite.text.find(';');
    return semicolon != std::string::npos &&
           rewrite.text.find_first_not_of("; \t\r\n", semicolon) != std::string::npos;
  }
  const auto& statements = rewrite.statements;
  return !statements.empty() &&
         std::any_of(statements.begin(), statements.end() - 1, [](const auto& statement) {
           return statement.kind == StatementKind::rollback ||
                  (statement.kind != StatementKind::set && touch(statement, "") == Touch::ends);
         });
}

}  // namespace occam::relay
