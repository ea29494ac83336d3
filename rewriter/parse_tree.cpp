// The tree is read from the parser's JSON, not its protobuf: six times cheaper, linear where
// packing is quadratic in depth (facts/peers.md C1, C3), and needs no header that Debian packs
// elsewhere. One flaw of that form in 15-4.0.0: negative integer constants lose their value, so a
// proof must compare tokens too (rewriter/proof.hpp).
#include "rewriter/parse_tree.hpp"

#include <algorithm>
#include <memory>
#include <mutex>

#include <pg_query.h>

#include "rewriter/tree_builder.hpp"

namespace occam::rewriter {
namespace {

// The first parse of a thread writes a plain static of the library: one thread at a time
// (facts/peers.md C3). What a thread sets up stays until it ends; pg_query_exit is never called.
void enter_parser() {
  thread_local bool entered = false;
  if (entered) return;
  static std::mutex one_at_a_time;
  const std::lock_guard lock(one_at_a_time);
  pg_query_free_parse_result(pg_query_parse(""));
  entered = true;
}

TokenKind kind_of(std::uint64_t token, std::uint64_t keyword) {
  // Numbers as in pg_query.proto, enum Token; below 256 the token is the character itself.
  if (keyword != 0) return TokenKind::keyword;
  switch (token) {
    case 258:  // IDENT
    case 259:  // UIDENT
      return TokenKind::name;
    case 260:  // FCONST
    case 266:  // ICONST
      return TokenKind::number;
    case 261:  // SCONST
    case 262:  // USCONST
    case 263:  // BCONST
    case 264:  // XCONST
      return TokenKind::string;
    case 267:  // PARAM
      return TokenKind::parameter;
    case 275:  // SQL_COMMENT
    case 276:  // C_COMMENT
      return TokenKind::comment;
    default:
      return TokenKind::symbol;
  }
}

// The scanner answers in protobuf only; its two messages are varints, read here (pg_query.proto).
class Wire {
 public:
  explicit Wire(std::string_view bytes) : rest_(bytes) {}
  bool done() const { return rest_.empty(); }
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; !rest_.empty() && shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
      if ((byte & 0x80U) == 0) break;
    }
    return value;
  }
  std::string_view bytes() {
    const std::size_t size = std::min<std::size_t>(varint(), rest_.size());
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

 private:
  std::string_view rest_;
};

// 15-4.0.0 gives U&'...' and U&"..." no length: theirs ends with the quote that closes it. A
// doubled quote does not, nor does one that a string on a later line goes on from.
std::size_t end_of_unicode(std::string_view text, std::size_t begin) {
  if (begin + 2 >= text.size()) return text.size();
  const char quote = text[begin + 2];
  std::size_t at = begin + 3;
  while (true) {
    at = text.find(quote, at);
    if (at == std::string_view::npos) return text.size();
    const std::size_t after = at + 1;
    const std::size_t next = text.find_first_not_of(" \t\r\n\f", after);
    if (next == std::string_view::npos || text[next] != quote) return after;
    const bool goes_on =
        next == after || (quote == '\'' && text.substr(after, next - after).find_first_of("\r\n") !=
                                               std::string_view::npos);
    if (!goes_on) return after;
    at = next + 1;
  }
}

Token read_token(std::string_view text, std::string_view message) {
  Token token;
  std::uint64_t number = 0;
  std::uint64_t keyword = 0;
  for (Wire wire(message); !wire.done();) {
    switch (wire.varint() >> 3U) {
      case 1:
        token.begin = wire.varint();
        break;
      case 2:
        token.end = wire.varint();
        break;
      case 4:
        number = wire.varint();
        break;
      default:
        keyword = wire.varint();
        break;
    }
  }
  token.kind = kind_of(number, keyword);
  if (number == 259 || number == 262) token.end = end_of_unicode(text, token.begin);
  return token;
}

bool holds_nul(const std::string& text) { return text.find('\0') != std::string::npos; }

}  // namespace

std::optional<std::vector<Token>> scan(const std::string& text) {
  if (holds_nul(text)) return std::nullopt;
  enter_parser();
  PgQueryScanResult result = pg_query_scan(text.c_str());
  const std::unique_ptr<PgQueryScanResult, void (*)(PgQueryScanResult*)> owner(
      &result, [](PgQueryScanResult* r) { pg_query_free_scan_result(*r); });
  if (result.error != nullptr) return std::nullopt;
  std::vector<Token> tokens;
  for (Wire wire({result.pbuf.data, result.pbuf.len}); !wire.done();) {
    if (wire.varint() >> 3U == 2) {
      tokens.push_back(read_token(text, wire.bytes()));
    } else {
      wire.varint();
    }
  }
  return tokens;
}

std::optional<ParseTree> ParseTree::parse(const std::string& text) {
  if (holds_nul(text)) return std::nullopt;
  enter_parser();
  PgQueryParseResult result = pg_query_parse(text.c_str());
  const std::unique_ptr<PgQueryParseResult, void (*)(PgQueryParseResult*)> owner(
      &result, [](PgQueryParseResult* r) { pg_query_free_parse_result(*r); });
  if (result.error != nullptr) return std::nullopt;
  ParseTree tree;
  if (!build_cells(result.parse_tree, tree.cells_, tree.words_)) return std::nullopt;
  const Node list = Node(tree.cells_.data(), 0).at("stmts");
  for (Node raw = list.first(); raw; raw = raw.next()) {
    const Node statement = raw.at("stmt");
    if (!statement) continue;
    tree.statements_.push_back(statement);
    const auto begin = static_cast<std::size_t>(raw.number("stmt_location"));
    const auto length = static_cast<std::size_t>(raw.number("stmt_len"));
    tree.extents_.push_back({begin, length == 0 ? text.size() : begin + length});
  }
  return tree;
}

std::string_view Node::text(std::string_view field) const { return at(field).text(); }
std::int64_t Node::number(std::string_view field) const { return at(field).number(); }
bool Node::flag(std::string_view field) const { return at(field).number() != 0; }

}  // namespace occam::rewriter
