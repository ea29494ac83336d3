#include "rewriter/definitions/index_definition.hpp"

#include <string>
#include <utility>

#include "rewriter/definitions/index_build.hpp"
#include "rewriter/definitions/questions.hpp"

namespace occam::rewriter {
namespace {

constexpr auto waits =
    "DSQL builds indexes behind its answer: Occam waits for the job and answers with its outcome";

class IndexTranslation {
 public:
  IndexTranslation(Node statement, const SourceWords& words, const TableRule* rule)
      : statement_(statement),
        words_(words),
        table_(statement.at("relation").text("relname")),
        rule_(rule),
        name_(statement.text("idxname")) {}

  Refused refusal() const {
    if (statement_.text("accessMethod") != "btree") {
      return refused("access method \"" + std::string(statement_.text("accessMethod")) +
                         "\" cannot be had on Aurora DSQL",
                     "Its indexes are B-trees. Leave the index out, or write it USING btree over "
                     "what a B-tree can order.");
    }
    for (const char* list : {"indexParams", "indexIncludingParams"}) {
      for (Node part = statement_.at(list).first(); part; part = part.next()) {
        if (part.at("opclass")) {
          return refused("operator classes cannot be given on Aurora DSQL",
                         "Its collation is C, so the default class serves LIKE 'x%' as well: leave "
                         "the class out.");
        }
        if (names_binary_key(rule_, part.at("expr"))) return refused_expression(table_);
      }
    }
    if (names_binary_key(rule_, statement_.at("whereClause"))) return refused_expression(table_);
    return nullptr;
  }

  // Without ASYNC, which PostgreSQL's parser would not take, for the proof.
  Edits edits(Substitutions& expected) {
    cut_words_before_name(expected);
    if (name_.empty()) name_it(expected);
    cut_method();
    cut_order(expected);
    return std::move(edits_);
  }

  // Where ASYNC is put.
  std::size_t async_at() const { return async_at_; }
  const std::string& name() const { return name_; }
  bool ordered() const { return ordered_; }

 private:
  void cut(std::size_t first, std::size_t last) {
    edits_.replace(words_.tokens()[first].begin, words_.tokens()[last + 1].begin, "");
  }

  // CREATE [UNIQUE] INDEX [CONCURRENTLY] [IF NOT EXISTS] name
  void cut_words_before_name(Substitutions& expected) {
    std::size_t token = 0;
    while (!words_.is(token, "index")) ++token;
    async_at_ = words_.tokens()[token].end;
    if (words_.is(token + 1, "concurrently")) {
      cut(token + 1, token + 1);
      ++token;
    }
    if (words_.is(token + 1, "if")) cut(token + 1, token + 3);
    for (const char* field : {"concurrent", "if_not_exists"}) {
      if (const Node node = statement_.at(field)) expected[node.id()] = Substitution::cut();
    }
    while (words_.is(token + 1, "if") || words_.is(token + 1, "not") ||
           words_.is(token + 1, "exists")) {
      ++token;
    }
    name_at_ = words_.tokens()[token + 1].begin;
  }

  // As PostgreSQL would; the plan must know what to look for.
  void name_it(Substitutions& expected) {
    std::vector<std::string> parts;
    for (Node part = statement_.at("indexParams").first(); part; part = part.next()) {
      parts.emplace_back(part.at("name") ? part.text("name") : "expr");
    }
    name_ = object_name(table_, joined(parts, "_"), "idx");
    edits_.replace(name_at_, name_at_, quote_ident(name_) + " ");
    expected[statement_.id()] = Substitution::trust();
  }

  // Behind the table's name, before the columns.
  void cut_method() {
    std::size_t token = words_.token_at(location_of(statement_.at("relation")));
    while (token < words_.tokens().size() && words_.word(token) != "(") {
      if (words_.is(token, "using")) {
        cut(token, token + 1);
        return;
      }
      ++token;
    }
  }

  // ASC, DESC and NULLS FIRST or LAST stand at depth one, in the brackets of the key.
  void cut_order(Substitutions& expected) {
    std::size_t token = words_.token_at(location_of(statement_.at("relation")));
    while (words_.word(token) != "(") ++token;
    int depth = 0;
    for (; token < words_.tokens().size(); ++token) {
      const auto word = words_.word(token);
      if (word == "(") ++depth;
      if (word == ")" && --depth == 0) break;
      if (depth != 1 || words_.tokens()[token].kind != TokenKind::keyword) continue;
      const bool nulls = words_.is(token, "nulls");
      if (!nulls && !words_.is(token, "asc") && !words_.is(token, "desc")) continue;
      cut(token, token + (nulls ? 1 : 0));
      ordered_ = true;
    }
    for (Node part = statement_.at("indexParams").first(); part; part = part.next()) {
      expected[part.at("ordering").id()] = Substitution::word("SORTBY_DEFAULT");
      expected[part.at("nulls_ordering").id()] = Substitution::word("SORTBY_NULLS_DEFAULT");
    }
  }

  Node statement_;
  const SourceWords& words_;
  std::string_view table_;
  const TableRule* rule_;
  std::string name_;
  Edits edits_;
  std::size_t async_at_ = 0;
  std::size_t name_at_ = 0;
  bool ordered_ = false;
};

}  // namespace

void translate_index(Node statement, const SourceWords& words, const Reading& reading,
                     const RewriterOptions& options, Translation& translation) {
  IndexTranslation index(statement, words, rule_for(options.rules, statement.at("relation")));
  translation.refusal = index.refusal();
  if (translation.refusal) return;
  Substitutions expected;
  Edits edits = index.edits(expected);
  const auto after = ParseTree::parse(edits.apply(reading.text));
  if (!after || !same_tree(reading.tree, *after, expected)) {
    translation.refusal = refused("this index definition cannot be translated for Aurora DSQL",
                                  "Write it as CREATE INDEX name ON table (columns).");
    return;
  }
  edits.replace(index.async_at(), index.async_at(), " ASYNC");
  std::string text = edits.apply(reading.text);
  text.erase(text.find_last_not_of("; \t\r\n") + 1);
  translation.changes.push_back(
      {"index_async", words.text({words.tokens().front().begin, words.end()}), text,
       std::string(waits) + (index.ordered()
                                 ? "; its indexes have one order, and are read in both directions"
                                 : "")});
  translation.plan = index_build({Relation(statement.at("relation")),
                                  index.name(),
                                  std::move(text),
                                  statement.flag("if_not_exists"),
                                  {}});
}

void translate_index_drop(Node statement, const SourceWords& words, Translation& translation) {
  const Node concurrent = statement.at("concurrent");
  if (!concurrent) return;
  std::size_t token = 0;
  while (token < words.tokens().size() && !words.is(token, "concurrently")) ++token;
  if (token + 1 >= words.tokens().size()) return;
  translation.edits.replace(words.tokens()[token].begin, words.tokens()[token + 1].begin, "");
  translation.changes.push_back(
      {"index_drop", std::string(words.word(token)), "",
       "DSQL drops no index CONCURRENTLY, and nothing waits there anyway"});
  translation.expected[concurrent.id()] = Substitution::cut();
}

}  // namespace occam::rewriter
