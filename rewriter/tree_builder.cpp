#include "rewriter/tree_builder.hpp"

#include <charconv>
#include <cstring>
#include <utility>

namespace occam::rewriter {
namespace {

// The length of the UTF-8 sequence at `at`, 0 if it is none (Unicode 15, table 3-7).
std::size_t sequence_at(const char* at, const char* end) {
  const auto byte = [at](int i) { return static_cast<unsigned char>(at[i]); };
  const auto follows = [&](int count) {
    if (end - at <= count) return false;
    for (int i = 1; i <= count; ++i) {
      if ((byte(i) & 0xC0U) != 0x80) return false;
    }
    return true;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool whole =
        follows(2) && !(first == 0xE0 && byte(1) < 0xA0) && !(first == 0xED && byte(1) > 0x9F);
    return whole ? 3 : 0;
  }
  if (first < 0xF0 || first > 0xF4) return 0;
  const bool whole =
      follows(3) && !(first == 0xF0 && byte(1) < 0x90) && !(first == 0xF4 && byte(1) > 0x8F);
  return whole ? 4 : 0;
}

// Fills cells from the parser's JSON. An object with one key in upper case is a wrapper that names
// the type: it and its content become one cell. Words stay where they stand in the JSON; what is
// escaped in them is written over its own place, which is never shorter.
class Builder {
 public:
  Builder(std::vector<Cell>& cells, std::vector<char>& json)
      : cells_(cells), at_(json.data()), end_(json.data() + json.size()) {}

  // The parser writes no white space.
  bool build() {
    if (!value()) return false;
    while (!levels_.empty()) {
      if (at_ == end_) return false;
      const char c = *at_;
      if (c == '}' || c == ']') {
        ++at_;
        levels_.pop_back();
        close_source();
      } else {
        if (c == ',') ++at_;
        if (is_object() && !key()) return false;
        if (!value()) return false;
      }
    }
    return at_ == end_;
  }

 private:
  struct Level {
    std::uint32_t cell;
    std::uint32_t last;  // the child added last; 0: none yet
    bool object;
  };

  bool is_object() const { return levels_.back().object; }

  bool take(char c) {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }

  bool key() {
    std::string_view name;
    if (!word(name) || !take(':')) return false;
    const Level& level = levels_.back();
    if (level.last == 0 && !name.empty() && name.front() >= 'A' && name.front() <= 'Z') {
      cells_[level.cell].type = name;
      unwrap_ = true;
    } else {
      field_ = name;
      // What tells these from other nodes whose type the parser does not name.
      Cell& cell = cells_[level.cell];
      if (cell.type.empty() && name == "relname") cell.type = "RangeVar";
      if (cell.type.empty() && name == "limitOption") cell.type = "SelectStmt";
    }
    return true;
  }

  bool value() {
    if (at_ == end_) return false;
    switch (*at_) {
      case '{':
        if (field_ == "source" && skip_copy()) return true;
        ++at_;
        return open(Cell::Shape::object);
      case '[':
        ++at_;
        return open(Cell::Shape::list);
      case '"': {
        Cell& cell = cells_[add(Cell::Shape::string)];
        return word(cell.text);
      }
      case 't':
        cells_[add(Cell::Shape::flag)].number = 1;
        return literal("true");
      case 'f':
        add(Cell::Shape::flag);
        return literal("false");
      case 'n':
        add(Cell::Shape::flag);
        return literal("null");
      default:
        return number();
    }
  }

  // SET (a, b, c) = (...) has the right side once for each column, so that it grows with the square
  // of their number. A copy of the one before it, positions included, is left out: its cell is
  // there and is empty.
  bool skip_copy() {
    if (levels_.empty() || cells_[levels_.back().cell].type != "MultiAssignRef") return false;
    const auto left = static_cast<std::size_t>(end_ - at_);
    if (!source_.empty() && left >= source_.size() &&
        std::memcmp(at_, source_.data(), source_.size()) == 0) {
      at_ += source_.size();
      add(Cell::Shape::object);
      return true;
    }
    if (source_begin_ == nullptr) {
      source_begin_ = at_;
      source_level_ = levels_.size();
      escaped_ = false;
    }
    return false;
  }

  // What was escaped is written over: it can no longer be compared.
  void close_source() {
    if (source_begin_ == nullptr || levels_.size() != source_level_) return;
    const auto size = static_cast<std::size_t>(at_ - source_begin_);
    source_ = escaped_ ? std::string_view() : std::string_view(source_begin_, size);
    source_begin_ = nullptr;
  }

  bool literal(std::string_view text) {
    if (std::string_view(at_, static_cast<std::size_t>(end_ - at_)).substr(0, text.size()) !=
        text) {
      return false;
    }
    at_ += text.size();
    return true;
  }

  // One with a fraction stays text.
  bool number() {
    const char* begin = at_;
    std::int64_t whole = 0;
    const auto read = std::from_chars(at_, end_, whole);
    if (read.ec != std::errc()) return false;
    at_ += read.ptr - at_;
    if (at_ == end_ || (*at_ != '.' && *at_ != 'e' && *at_ != 'E')) {
      cells_[add(Cell::Shape::number)].number = whole;
      return true;
    }
    while (at_ != end_ && std::strchr("+-.eE0123456789", *at_) != nullptr) ++at_;
    cells_[add(Cell::Shape::string)].text = {begin, static_cast<std::size_t>(at_ - begin)};
    return true;
  }

  bool word(std::string_view& text) {
    if (!take('"')) return false;
    char* const begin = at_;
    while (at_ != end_ && *at_ != '"' && *at_ != '\\' && static_cast<signed char>(*at_) >= 0) ++at_;
    char* to = at_;  // what came before is plain ASCII, as most words are to their end
    while (at_ != end_ && *at_ != '"') {
      if (*at_ == '\\') {
        if (!escape(to)) return false;
        continue;
      }
      const std::size_t length = sequence_at(at_, end_);
      if (length == 0) return false;
      if (to != at_) std::memmove(to, at_, length);
      to += length;
      at_ += length;
    }
    text = {begin, static_cast<std::size_t>(to - begin)};
    return take('"');
  }

  bool escape(char*& to) {
    if (end_ - at_ < 2) return false;
    escaped_ = true;
    const char c = at_[1];
    at_ += 2;
    constexpr std::string_view names = "\"\\/bfnrt";
    constexpr std::string_view bytes = "\"\\/\b\f\n\r\t";
    if (const auto found = names.find(c); found != std::string_view::npos) {
      *to++ = bytes[found];
      return true;
    }
    // \u is for what ASCII cannot show or HTML would misread.
    unsigned code = 0;
    if (c != 'u' || end_ - at_ < 4) return false;
    const auto read = std::from_chars(at_, at_ + 4, code, 16);
    if (read.ptr != at_ + 4 || code >= 0x80) return false;
    *to++ = static_cast<char>(code);
    at_ += 4;
    return true;
  }

  std::uint32_t add(Cell::Shape shape) {
    const auto index = static_cast<std::uint32_t>(cells_.size());
    Cell& cell = cells_.emplace_back();
    cell.shape = shape;
    cell.field = std::exchange(field_, {});
    if (!levels_.empty()) {
      Level& level = levels_.back();
      (level.last == 0 ? cells_[level.cell].child : cells_[level.last].next) = index;
      level.last = index;
    }
    return index;
  }

  bool open(Cell::Shape shape) {
    const bool object = shape == Cell::Shape::object;
    if (std::exchange(unwrap_, false)) {
      levels_.push_back({levels_.back().cell, 0, object});
    } else {
      levels_.push_back({add(shape), 0, object});
    }
    return true;
  }

  std::vector<Cell>& cells_;
  char* at_;
  char* end_;
  std::vector<Level> levels_;
  std::string_view field_;
  bool unwrap_ = false;
  std::string_view source_;  // of the assignment read last
  const char* source_begin_ = nullptr;
  std::size_t source_level_ = 0;
  bool escaped_ = false;
};

}  // namespace

bool build_cells(std::string_view json, std::vector<Cell>& cells, std::vector<char>& words) {
  words.assign(json.begin(), json.end());
  cells.reserve(json.size() / 12 + 8);
  return Builder(cells, words).build();
}

}  // namespace occam::rewriter
