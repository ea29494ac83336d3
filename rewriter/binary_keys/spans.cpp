#include "rewriter/binary_keys/spans.hpp"

#include <algorithm>
#include <array>

#include "rewriter/words.hpp"

namespace occam::rewriter {
namespace {

// Reserved words that end an element of a SELECT, RETURNING or SET list. FROM and GROUP may stand
// in an expression too: IS DISTINCT FROM, WITHIN GROUP.
constexpr auto list_ends = std::to_array<std::string_view>(
    {"from", "into", "where", "group", "having", "window", "union", "intersect", "except", "order",
     "limit", "offset", "fetch", "for", "returning"});

std::size_t location_of(Node node) { return static_cast<std::size_t>(node.number("location")); }

}  // namespace

Spans::Spans(const std::string& text, const std::vector<Token>& tokens) : text_(text) {
  tokens_.reserve(tokens.size());
  std::copy_if(tokens.begin(), tokens.end(), std::back_inserter(tokens_),
               [](const Token& token) { return token.kind != TokenKind::comment; });
}

Spans::Index Spans::at(std::size_t location) const {
  const auto found =
      std::lower_bound(tokens_.begin(), tokens_.end(), location,
                       [](const Token& token, std::size_t place) { return token.begin < place; });
  const bool exact = found != tokens_.end() && found->begin == location;
  return exact ? static_cast<Index>(found - tokens_.begin()) : tokens_.size();
}

std::string_view Spans::word(Index index) const {
  if (index >= tokens_.size()) return {};
  return text_.substr(tokens_[index].begin, tokens_[index].end - tokens_[index].begin);
}

bool Spans::is(Index index, std::string_view lower) const {
  const std::string_view found = word(index);
  return found.size() == lower.size() && same_word(found, lower);
}

// What a token does to the depth: brackets, and CASE to END.
int Spans::deeper(Index index) const {
  const std::string_view found = word(index);
  if (found == "(" || found == "[") return 1;
  if (found == ")" || found == "]") return -1;
  if (tokens_[index].kind != TokenKind::keyword) return 0;
  return is(index, "case") ? 1 : is(index, "end") ? -1 : 0;
}

Spans::Index Spans::closing(Index open) const {
  int depth = 0;
  for (Index i = open; i < tokens_.size(); ++i) {
    depth += deeper(i);
    if (depth == 0) return i;
  }
  return tokens_.size();
}

std::optional<Span> Spans::between(Index first, Index behind) const {
  if (first >= behind || behind > tokens_.size()) return std::nullopt;
  return Span{tokens_[first].begin, tokens_[behind - 1].end};
}

std::optional<Span> Spans::of(Node expression) const {
  const std::string_view type = expression.type();
  if (type == "ColumnRef") return of_column(expression);
  if (type == "TypeCast") return of_cast(expression);
  if (type == "SubLink") {
    const std::string_view kind = expression.text("subLinkType");
    if (kind != "EXPR_SUBLINK" && kind != "ARRAY_SUBLINK") return std::nullopt;
    return bracketed(location_of(expression), kind == "ARRAY_SUBLINK");
  }
  const Index first = at(location_of(expression));
  if (first == tokens_.size()) return std::nullopt;
  if (type == "ParamRef") return between(first, first + 1);
  if (type == "A_Const") {
    const bool string = tokens_[first].kind == TokenKind::string && !is(first + 1, "uescape");
    if (!string && !expression.flag("isnull")) return std::nullopt;
    return between(first, first + 1);
  }
  if (type != "FuncCall" || expression.at("over") || expression.at("agg_filter") ||
      expression.flag("agg_within_group")) {
    return std::nullopt;
  }
  Index open = first + 1;
  while (word(open) == ".") open += 2;
  if (word(open) != "(") return std::nullopt;
  return between(first, closing(open) + 1);
}

std::optional<Span> Spans::of_cast(Node cast) const {
  const Index mark = at(location_of(cast));
  if (is(mark, "cast") && word(mark + 1) == "(") return between(mark, closing(mark + 1) + 1);
  const Node names = cast.at("typeName").at("names");
  const bool plain = names.first() && !names.first().next() && !cast.at("typeName").at("typmods") &&
                     !cast.at("typeName").at("arrayBounds");
  if (word(mark) != "::" || !plain || !is(mark + 1, names.first().text("sval"))) {
    return std::nullopt;
  }
  const auto inner = of(cast.at("arg"));
  if (!inner || at(location_of(cast)) == 0 || tokens_[mark - 1].end != inner->end) {
    return std::nullopt;
  }
  return Span{inner->begin, tokens_[mark + 1].end};
}

std::optional<Span> Spans::bracketed(std::size_t location, bool array) const {
  const Index first = at(location);
  const Index open = array ? first + 1 : first;
  if (word(open) != "(" || (array && !is(first, "array"))) return std::nullopt;
  return between(first, closing(open) + 1);
}

std::optional<Span> Spans::of_column(Node column_ref) const {
  if (column_ref.number("location") < 0) return std::nullopt;
  const Index first = at(location_of(column_ref));
  if (first == tokens_.size()) return std::nullopt;
  Index behind = first + 1;
  for (Node field = column_ref.at("fields").first().next(); field; field = field.next()) {
    if (word(behind) != ".") return std::nullopt;
    behind += 2;
  }
  return between(first, behind);
}

Spans::Index Spans::end_of_list_element(Index first) const {
  int depth = 0;
  for (Index i = first; i < tokens_.size(); ++i) {
    const std::string_view found = word(i);
    if (depth == 0) {
      if (found == "," || found == ";" || found == ")") return i;
      const bool ends = i > first && tokens_[i].kind == TokenKind::keyword &&
                        std::any_of(list_ends.begin(), list_ends.end(),
                                    [&](std::string_view end) { return is(i, end); });
      const bool inside =
          (is(i, "from") && is(i - 1, "distinct")) || (is(i, "group") && is(i - 1, "within"));
      if (ends && !inside && word(i - 1) != "." && !is(i - 1, "as")) return i;
    }
    depth += deeper(i);
  }
  return tokens_.size();
}

std::optional<Span> Spans::of_target(Node target) const {
  if (target.number("location") < 0) return std::nullopt;
  const Index first = at(location_of(target));
  if (first == tokens_.size()) return std::nullopt;
  Index behind = end_of_list_element(first);
  if (target.at("name")) {
    --behind;
    if (behind > first && is(behind - 1, "as")) --behind;
  }
  return between(first, behind);
}

std::optional<Span> Spans::of_assigned(Node target) const {
  const Index first = at(location_of(target));
  if (first == tokens_.size() || word(first + 1) != "=") return std::nullopt;
  return between(first + 2, end_of_list_element(first + 2));
}

std::vector<Span> Spans::split(Index open) const {
  std::vector<Span> found;
  int depth = 0;
  Index first = open + 1;
  for (Index i = open; i < tokens_.size(); ++i) {
    const std::string_view here = word(i);
    if (depth == 1 && (here == "," || here == ")")) {
      if (const auto span = between(first, i)) found.push_back(*span);
      first = i + 1;
    }
    depth += deeper(i);
    if (depth == 0) break;
  }
  return found;
}

std::vector<Span> Spans::elements(std::size_t location) const {
  Index open = at(location);
  if (is(open, "row")) ++open;
  return word(open) == "(" ? split(open) : std::vector<Span>();
}

std::vector<std::vector<Span>> Spans::rows(std::size_t location) const {
  std::vector<std::vector<Span>> found;
  int depth = 0;
  for (Index i = at(location); i < tokens_.size() && depth >= 0; ++i) {
    if (depth == 0 && tokens_[i].kind == TokenKind::keyword && is(i, "values")) {
      for (Index open = i + 1; word(open) == "("; ++open) {
        found.push_back(split(open));
        open = closing(open) + 1;
        if (word(open) != ",") break;
      }
      return found;
    }
    depth += deeper(i);
  }
  return found;
}

}  // namespace occam::rewriter
