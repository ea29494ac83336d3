#include "rewriter/binary_keys/pen.hpp"

#include <algorithm>
#include <utility>

#include "rewriter/binary_keys/names.hpp"

namespace occam::rewriter {
namespace {

constexpr auto decoded = "decode($65536,'hex')";
constexpr auto encoded = "encode($65536,'hex')";
constexpr std::size_t most_noted = 16;  // changes of one rule

}  // namespace

// A word put in at this place would join the one before it.
bool Pen::in_word(std::size_t at) const {
  if (at >= text_.size()) return false;
  const auto c = static_cast<unsigned char>(text_[at]);
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '$' || c == '"' || c == '\'' || c >= 0x80;
}

bool Pen::fresh(Span span, std::string_view words) {
  return done_.emplace(span.begin, span.end, words).second;
}

void Pen::open(Span span, std::string words) {
  if (span.begin > 0 && in_word(span.begin - 1)) words.insert(0, " ");
  bytes_ += words.size();
  marks_.push_back(
      {span.begin, 1, span.end - span.begin, marks_.size(), span.begin, std::move(words)});
}

void Pen::close(Span span, std::string words) {
  if (words.back() != ')' && in_word(span.end)) words += ' ';
  bytes_ += words.size();
  marks_.push_back({span.end, 0, span.end - span.begin, marks_.size(), span.end, std::move(words)});
}

// A text of a hundred rows has some hundred places that say the same.
void Pen::note(const char* rule, std::string before, std::string after, const char* reason) {
  std::size_t& count = noted_[rule];
  if (count < most_noted) {
    const bool known = std::any_of(changes_.begin(), changes_.end(), [&](const Change& change) {
      return change.rule == rule && change.before == before && change.after == after;
    });
    if (known) return;
    changes_.push_back({rule, std::move(before), std::move(after), reason, false});
  } else if (count == most_noted) {
    changes_.push_back({rule, "what follows", "in the same way", reason, false});
  }
  ++count;
}

void Pen::decode(Node node, Span span, std::string_view name) {
  expected_[node.id()] = Substitution::wrap(decoded);
  if (!fresh(span, decoded)) return;
  const std::string before(text_.substr(span.begin, span.end - span.begin));
  open(span, "decode(");
  close(span, ",'hex')");
  std::string after = "decode(" + before + ",'hex')";
  if (!name.empty()) after += " AS " + written(name);
  note("binary_key_out", before, std::move(after),
       "the column is stored as hex text, since DSQL has no bytea in keys; the client gets bytea");
}

void Pen::encode(Node node, Span span) {
  expected_[node.id()] = Substitution::wrap(encoded);
  if (!fresh(span, encoded)) return;
  std::string before(text_.substr(span.begin, span.end - span.begin));
  open(span, "encode(");
  close(span, ",'hex')");
  std::string after = "encode(" + before + ",'hex')";
  note("binary_key_in", std::move(before), std::move(after),
       "it meets a column that is stored as hex text; hex keeps the order of the bytes, so the "
       "column's index is used");
}

void Pen::name(Node target, Span span, std::string_view name) {
  expected_[target.id()] = Substitution::name(std::string(name));
  if (fresh(span, "AS")) close(span, " AS " + written(name));
}

void Pen::qualify(Node field, Span span, std::string_view source) {
  expected_[field.id()] = Substitution::precede(std::string(source));
  if (!fresh(span, ".")) return;
  const std::string before(text_.substr(span.begin, span.end - span.begin));
  const std::string prefix = written_first(source) + ".";
  open(span, prefix);
  note("binary_key_order", before, prefix + before,
       "in this form the order comes from the stored column and its index; it is the same order");
}

void Pen::expand(Node target, Span span, std::string columns, std::size_t count) {
  expected_[target.id()] = Substitution::expand(count);
  if (!fresh(span, "*")) return;
  if (span.begin > 0 && in_word(span.begin - 1)) columns.insert(0, " ");
  if (in_word(span.end)) columns += ' ';
  bytes_ += columns.size();
  note("binary_key_star", std::string(text_.substr(span.begin, span.end - span.begin)), columns,
       "the columns of a table with binary keys, in their order; the condition that is never "
       "evaluated has the server refuse the statement if the table has other columns by now");
  marks_.push_back(
      {span.begin, 2, span.end - span.begin, marks_.size(), span.end, std::move(columns)});
}

Translation Pen::done() {
  std::sort(marks_.begin(), marks_.end(), [](const Mark& a, const Mark& b) {
    if (a.at != b.at) return a.at < b.at;
    if (a.turn != b.turn) return a.turn < b.turn;
    if (a.distance != b.distance) {
      return a.turn == 0 ? a.distance < b.distance : a.distance > b.distance;
    }
    return a.number < b.number;
  });
  Translation translation;
  for (Mark& mark : marks_) translation.edits.replace(mark.at, mark.end, std::move(mark.words));
  translation.changes = std::move(changes_);
  translation.expected = std::move(expected_);
  return translation;
}

}  // namespace occam::rewriter
