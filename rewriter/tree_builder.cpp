#include "rewriter/tree_builder.hpp"

#include <string>
#include <utility>

#include <nlohmann/json.hpp>

namespace occam::rewriter {
namespace {

// Fills cells from the parser's JSON. An object with one key in upper case is a wrapper that names
// the type: it and its content become one cell.
class Builder {
 public:
  using number_integer_t = nlohmann::json::number_integer_t;
  using number_unsigned_t = nlohmann::json::number_unsigned_t;
  using number_float_t = nlohmann::json::number_float_t;
  using string_t = nlohmann::json::string_t;
  using binary_t = nlohmann::json::binary_t;

  Builder(std::vector<Cell>& cells, std::vector<char>& words) : cells_(cells), words_(words) {}

  bool null() { return value(Cell::Shape::flag, {}, 0); }
  bool boolean(bool v) { return value(Cell::Shape::flag, {}, v ? 1 : 0); }
  bool number_integer(number_integer_t v) { return value(Cell::Shape::number, {}, v); }
  bool number_unsigned(number_unsigned_t v) {
    return value(Cell::Shape::number, {}, static_cast<std::int64_t>(v));
  }
  bool number_float(number_float_t /*v*/, const string_t& text) {
    return value(Cell::Shape::string, keep(text), 0);
  }
  bool string(string_t& text) { return value(Cell::Shape::string, keep(text), 0); }
  bool binary(binary_t& /*v*/) { return false; }
  bool start_object(std::size_t /*size*/) { return open(Cell::Shape::object); }
  bool start_array(std::size_t /*size*/) { return open(Cell::Shape::list); }
  bool end_array() { return close(); }
  bool end_object() { return close(); }

  bool key(string_t& name) {
    Level& level = levels_.back();
    if (level.last == 0 && !name.empty() && name.front() >= 'A' && name.front() <= 'Z') {
      cells_[level.cell].type = keep(name);
      unwrap_ = true;
    } else {
      field_ = keep(name);
    }
    return true;
  }

  bool parse_error(std::size_t /*at*/, const std::string& /*token*/,
                   const nlohmann::detail::exception& /*e*/) {
    return false;
  }

 private:
  struct Level {
    std::uint32_t cell;
    std::uint32_t last;  // the child added last; 0: none yet
  };

  // The pool never grows beyond the JSON it was reserved for, so views into it stay.
  std::string_view keep(const std::string& word) {
    const std::size_t begin = words_.size();
    words_.insert(words_.end(), word.begin(), word.end());
    return {words_.data() + begin, word.size()};
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

  bool value(Cell::Shape shape, std::string_view text, std::int64_t number) {
    const std::uint32_t index = add(shape);
    cells_[index].text = text;
    cells_[index].number = number;
    return true;
  }

  bool open(Cell::Shape shape) {
    if (std::exchange(unwrap_, false)) {
      levels_.push_back({levels_.back().cell, 0});
    } else {
      levels_.push_back({add(shape), 0});
    }
    return true;
  }

  bool close() {
    levels_.pop_back();
    return true;
  }

  std::vector<Cell>& cells_;
  std::vector<char>& words_;
  std::vector<Level> levels_;
  std::string_view field_;
  bool unwrap_ = false;
};

}  // namespace

bool build_cells(std::string_view json, std::vector<Cell>& cells, std::vector<char>& words) {
  words.reserve(json.size());
  cells.reserve(json.size() / 12 + 8);
  Builder builder(cells, words);
  return nlohmann::json::sax_parse(json, &builder);
}

}  // namespace occam::rewriter
