#include "tests/support/row_access.hpp"

#include <utility>

namespace occam::rewriter::test {
namespace {

using Kind = RowAccess::Kind;

std::string words(const ValueSource& value) {
  if (value.kind == ValueSource::Kind::literal) return "'" + value.literal + "'";
  return (value.kind == ValueSource::Kind::parameter ? "$" : "#") + std::to_string(value.number);
}

}  // namespace

RewriterOptions rules() {
  RewriterOptions options;
  TableRule& runs = options.rules.tables["runs"];
  runs.update = UpdateRule::version_check;
  runs.key = {"shard", "run"};
  runs.version = "version";
  runs.binary_keys = {"run"};
  TableRule& shards = options.rules.tables["shards"];
  shards.share = ShareRule::auto_;
  shards.update = UpdateRule::version_check;
  shards.key = {"shard"};
  shards.version = "range";
  TableRule& notes = options.rules.tables["notes"];
  notes.key = {"id"};
  options.rules.tables["loose"].share = ShareRule::key_share;
  return options;
}

std::shared_ptr<const Rewrite> rewrite(const std::string& text, RewriterOptions options) {
  Rewriter rewriter(std::move(options));
  return rewriter.rewrite(text);
}

std::string access_of(const std::string& text, RewriterOptions options) {
  const auto done = rewrite(text, std::move(options));
  if (done->refusal) return "refused " + done->refusal->code;
  if (!done->rows) return {};
  const Kind kind = done->rows->kind;
  std::string out = kind == Kind::read ? "read" : kind == Kind::locked ? "locked" : "write";
  for (const RowKey& row : done->rows->rows) {
    out += " " + row.table + "(";
    for (const ValueSource& value : row.key) {
      out += (&value == &row.key.front() ? "" : ", ") + words(value);
    }
    out += ")";
    if (row.version) out += " version " + words(*row.version);
  }
  return out;
}

}  // namespace occam::rewriter::test
