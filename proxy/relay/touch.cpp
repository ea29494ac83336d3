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
    case StatementKind::write:
      if (statement.tables.empty()) return Touch::writes;  // by a function
      [[fallthrough]];
    case StatementKind::ddl:
    case StatementKind::cursor:
    case StatementKind::copy:
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
      return Touch::ends;
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

}  // namespace occam::relay
