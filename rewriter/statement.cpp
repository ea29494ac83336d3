#include "rewriter/statement.hpp"

namespace occam::rewriter {

const char* name(StatementKind kind) {
  switch (kind) {
    case StatementKind::begin:
      return "begin";
    case StatementKind::commit:
      return "commit";
    case StatementKind::rollback:
      return "rollback";
    case StatementKind::savepoint:
      return "savepoint";
    case StatementKind::prepared_transaction:
      return "prepared_transaction";
    case StatementKind::read:
      return "read";
    case StatementKind::write:
      return "write";
    case StatementKind::ddl:
      return "ddl";
    case StatementKind::set:
      return "set";
    case StatementKind::deallocate:
      return "deallocate";
    case StatementKind::deallocate_all:
      return "deallocate_all";
    case StatementKind::discard:
      return "discard";
    case StatementKind::sql_prepare:
      return "sql_prepare";
    case StatementKind::sql_execute:
      return "sql_execute";
    case StatementKind::cursor:
      return "cursor";
    case StatementKind::copy:
      return "copy";
    case StatementKind::procedure:
      return "procedure";
    case StatementKind::listen:
      return "listen";
    case StatementKind::maintenance:
      return "maintenance";
    case StatementKind::unknown:
      return "unknown";
  }
  return "unknown";
}

}  // namespace occam::rewriter
