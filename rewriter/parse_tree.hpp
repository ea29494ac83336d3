// PostgreSQL's own parser as values: a text becomes tokens, or a tree of named nodes.
// parse_tree.cpp is the only file that names pg_query. Knows nothing of what we want of the tree.
// A Token holds offsets into the caller's text. A Node is a view into its ParseTree and lives as
// long as that; moving the ParseTree does not disturb its nodes.
// Of the copies that the parser makes of the right side of SET (a, b) = (...), the first stands.
// Walks recurse: call them on texts within nesting.hpp's cap, on a stack of 8 MiB or more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace occam::rewriter {

enum class TokenKind { keyword, name, number, string, parameter, symbol, comment };

struct Token {
  std::size_t begin = 0;
  std::size_t end = 0;
  TokenKind kind = TokenKind::symbol;
};

// Comments included. Nothing if the text holds what is no token, such as an unclosed quote.
std::optional<std::vector<Token>> scan(const std::string& text);

// One cell of the tree as the parser printed it; only Node reads it.
struct Cell {
  enum class Shape { object, list, string, number, flag };
  std::string_view field;  // the parent's name for it; empty in a list
  std::string_view type;   // "SelectStmt"; empty where the field's C type is fixed, RangeVar and
                           // SelectStmt excepted
  std::string_view text;
  std::int64_t number = 0;
  std::uint32_t child = 0;  // 0: none, since cell 0 is the root
  std::uint32_t next = 0;
  Shape shape = Shape::object;
};

class Node {
 public:
  Node() = default;
  Node(const Cell* cells, std::uint32_t index) : cells_(cells), index_(index) {}

  explicit operator bool() const { return cells_ != nullptr; }
  bool operator==(const Node&) const = default;

  // A node's type as in the grammar's source, "SelectStmt". RangeVar and SelectStmt are told apart
  // where the parser names no type; other such nodes answer with their field's name.
  std::string_view type() const {
    if (cells_ == nullptr) return {};
    return cell().type.empty() ? cell().field : cell().type;
  }
  std::string_view field() const { return cell().field; }
  Cell::Shape shape() const { return cell().shape; }
  // Which node of its tree this is: stands for the node in a map.
  std::uint32_t id() const { return index_; }

  // The empty Node, text, zero or false if there is no such field (the parser leaves defaults out).
  Node at(std::string_view field) const {
    for (Node child = first(); child; child = child.next()) {
      if (child.field() == field) return child;
    }
    return {};
  }
  std::string_view text(std::string_view field) const;
  std::int64_t number(std::string_view field) const;
  bool flag(std::string_view field) const;
  // The value itself, of a string, number or flag.
  std::string_view text() const { return cells_ == nullptr ? std::string_view() : cell().text; }
  std::int64_t number() const { return cells_ == nullptr ? 0 : cell().number; }

  // Fields of an object or elements of a list, in order.
  Node first() const { return cells_ == nullptr ? Node() : step(cell().child); }
  Node next() const { return cells_ == nullptr ? Node() : step(cell().next); }

 private:
  const Cell& cell() const { return cells_[index_]; }
  Node step(std::uint32_t to) const { return to == 0 ? Node() : Node(cells_, to); }

  const Cell* cells_ = nullptr;
  std::uint32_t index_ = 0;
};

// Pre-order over all nodes under one; see(node) answers whether to go below it.
template <typename See>
void walk(Node node, const See& see) {
  if (!node || !see(node)) return;
  for (Node child = node.first(); child; child = child.next()) walk(child, see);
}

class ParseTree {
 public:
  // Nothing on a syntax error, and for text with NUL bytes or that is not UTF-8.
  static std::optional<ParseTree> parse(const std::string& text);

  // One statement node per statement, in order; empty statements are none.
  const std::vector<Node>& statements() const { return statements_; }
  // Where each of them stands in the text, without its semicolon.
  struct Extent {
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  const std::vector<Extent>& extents() const { return extents_; }

 private:
  std::vector<Cell> cells_;
  std::vector<char> words_;
  std::vector<Node> statements_;
  std::vector<Extent> extents_;
};

}  // namespace occam::rewriter
