#include "emulator/statement/statement.hpp"

#include <algorithm>
#include <utility>

#include "rewriter/nesting.hpp"
#include "rewriter/parse_tree.hpp"

#include "emulator/statement/async.hpp"
#include "emulator/statement/definition_reader.hpp"
#include "emulator/statement/locks.hpp"
#include "emulator/statement/statement_tree.hpp"

namespace emulator {
namespace {

using occam::rewriter::ParseTree;
using occam::rewriter::Token;
using occam::rewriter::TokenKind;
using Tokens = std::vector<Token>;

Parsed unparsed(std::string_view text) {
  Parsed parsed{std::string(text), {}};
  parsed.statements.emplace_back();
  parsed.statements.back().length = text.size();
  return parsed;
}

// The tree of the text, with ASYNC blanked if that makes it PostgreSQL's SQL or if it is none
// either way: then the syntax error is DSQL's own, as for a qualified index name (facts/dsql.md
// §3.3). What only parses as it came calls a table or an index "async".
std::optional<ParseTree> parse_tree(std::string& text, std::vector<std::size_t>& async) {
  if (async.empty()) return ParseTree::parse(text);
  auto blanked = text;
  blank_async(async, blanked);
  if (auto tree = ParseTree::parse(blanked)) {
    text = std::move(blanked);
    return tree;
  }
  async.clear();
  auto tree = ParseTree::parse(text);
  if (!tree) text = std::move(blanked);
  return tree;
}

bool holds(const Statement& statement, std::size_t at) {
  return at >= statement.begin && at < statement.begin + statement.length;
}

// Statements and tokens both stand in the order of the text.
void measure_constants(const Tokens& tokens, std::vector<Statement>& statements) {
  auto statement = statements.begin();
  for (const auto& token : tokens) {
    while (statement != statements.end() && token.begin >= statement->begin + statement->length)
      ++statement;
    if (statement == statements.end()) return;
    const bool constant = token.kind == TokenKind::string || token.kind == TokenKind::number;
    if (constant && holds(*statement, token.begin))
      statement->longest_constant = std::max(statement->longest_constant, token.end - token.begin);
  }
}

// What the tree does not tell of CREATE INDEX.
std::shared_ptr<const Definition> with_method(const std::shared_ptr<const Definition>& definition) {
  auto copy = std::make_shared<Definition>(*definition);
  copy->index->method = true;
  return copy;
}

void read_tokens(const Tokens& tokens, Statement& statement, std::string& text) {
  if (!statement.locked.empty()) {
    locate_from(tokens, text, statement);
    locate_for_update(tokens, text, statement);
    blank_wait_policies(tokens, statement, text);
  }
  if (statement.index() != nullptr &&
      names_method(tokens, text, statement.begin, statement.begin + statement.length))
    statement.definition = with_method(statement.definition);
}

}  // namespace

const char* name(Kind kind) {
  switch (kind) {
    case Kind::begin:
      return "begin";
    case Kind::commit:
      return "commit";
    case Kind::rollback:
      return "rollback";
    case Kind::savepoint:
      return "savepoint";
    case Kind::read:
      return "read";
    case Kind::lock:
      return "lock";
    case Kind::write:
      return "write";
    case Kind::session:
      return "session";
    case Kind::ddl:
      return "ddl";
    case Kind::copy:
      return "copy";
    case Kind::other:
      return "other";
    case Kind::unparsed:
      return "unparsed";
  }
  return "";
}

bool Statement::names(std::string_view table) const {
  return std::any_of(tables.begin(), tables.end(), [table](const std::string& named) {
    return named == table || (named.size() > table.size() && named.ends_with(table) &&
                              named[named.size() - table.size() - 1] == '.');
  });
}

const IndexDefinition* Statement::index() const {
  return definition && definition->index ? &*definition->index : nullptr;
}

std::string_view Parsed::piece(const Statement& statement) const {
  return std::string_view(text).substr(statement.begin, statement.length);
}

Parsed parse(std::string_view text) {
  if (text.size() > longest_parsed) return unparsed(text);
  Parsed parsed{std::string(text), {}};
  const auto tokens = occam::rewriter::scan(parsed.text);
  if (!tokens || occam::rewriter::depth_bound(text, *tokens) > occam::rewriter::deepest_parsed)
    return unparsed(text);
  auto async = async_words(*tokens, parsed.text);
  const auto tree = parse_tree(parsed.text, async);
  if (!tree) return unparsed(parsed.text);
  for (std::size_t i = 0; i < tree->statements().size(); ++i) {
    auto statement = read_statement(tree->statements()[i]);
    const auto extent = tree->extents()[i];
    statement.begin = extent.begin;
    statement.length = extent.end - extent.begin;
    const auto word = std::find_if(async.begin(), async.end(),
                                   [&statement](auto at) { return holds(statement, at); });
    statement.async = word != async.end();
    if (statement.async) statement.async_at = *word;
    read_tokens(*tokens, statement, parsed.text);
    parsed.statements.push_back(std::move(statement));
  }
  measure_constants(*tokens, parsed.statements);
  return parsed;
}

}  // namespace emulator
