#include "rewriter/definitions/filling.hpp"

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace occam::rewriter {
namespace {

// Far below the 3,000 rows of a transaction; where rows are large, its 10 MiB halve this.
constexpr std::size_t largest_slice = 1000;

// In the index's order, so that it finds the rows behind a key. The primary key's index of DSQL
// holds the other columns too, as included ones (facts/dsql.md §3.4).
std::string key_text(const Relation& table) {
  return "SELECT a.attname FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute a ON a.attrelid "
         "= i.indrelid AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1]) WHERE "
         "i.indrelid = " +
         table.regclass() +
         " AND i.indisprimary ORDER BY array_position(i.indkey::int2[], a.attnum)";
}

// Rows behind one key, up to and with another; each in brackets, or empty.
struct Range {
  std::string key;
  std::string after;
  std::string upto;

  std::string behind() const { return after.empty() ? "" : key + " > " + after; }
};

std::string bound_text(const Filling& filling, const std::vector<std::string>& columns,
                       const Range& range, std::size_t rows) {
  const std::string key = joined(columns, ", ");
  const std::string where = range.after.empty() ? "" : " WHERE " + range.behind();
  return "SELECT " + key + " FROM " + filling.table.quoted() + where + " ORDER BY " + key +
         " LIMIT 1 OFFSET " + std::to_string(rows - 1);
}

std::string slice_text(const Filling& filling, const Range& range) {
  std::string where;
  if (!range.after.empty()) where += range.behind() + " AND ";
  if (!range.upto.empty()) where += range.key + " <= " + range.upto + " AND ";
  return "UPDATE " + filling.table.quoted() + " SET " + quote_ident(filling.column) + " = " +
         filling.value + " WHERE " + where + "(" + filling.wanted + ")";
}

class FillingSteps : public Steps {
 public:
  explicit FillingSteps(Filling filling) : filling_(std::move(filling)) {}

  Order begin() override { return Order::run(key_text(filling_.table)); }

  Order next(const Outcome& outcome) override {
    // Too many bytes in one transaction.
    if (state_ == State::filling && outcome.code == "54000" && !columns_.empty() && rows_ > 1) {
      rows_ /= 2;
      return find_bound();
    }
    if (outcome.failed()) return Order::fail(outcome);
    switch (state_) {
      case State::looking_for_key:
        keep_key(outcome);
        return columns_.empty() ? fill() : find_bound();
      case State::finding_bound:
        range_.upto = outcome.rows.empty() ? "" : literals(outcome.rows.front());
        return fill();
      case State::filling:
        if (range_.upto.empty()) return Order::complete(outcome.tag);
        range_.after = std::move(range_.upto);
        return find_bound();
    }
    return Order::fail(outcome);
  }

  static std::vector<std::string> texts(const Filling& filling) {
    return {slice_text(filling, {"(<key>)", "(<last>)", "(<1,000 rows on>)"})};
  }

 private:
  enum class State { looking_for_key, finding_bound, filling };

  void keep_key(const Outcome& found) {
    for (const auto& row : found.rows) {
      if (!row.empty() && row.front()) columns_.push_back(quote_ident(*row.front()));
    }
    range_.key = "(" + joined(columns_, ", ") + ")";
  }

  static std::string literals(const std::vector<std::optional<std::string>>& row) {
    std::vector<std::string> values;
    for (const auto& value : row) values.push_back(quote_literal(value.value_or("")));
    return "(" + joined(values, ", ") + ")";
  }

  Order find_bound() {
    state_ = State::finding_bound;
    return Order::run(bound_text(filling_, columns_, range_, rows_));
  }

  Order fill() {
    state_ = State::filling;
    return Order::run(slice_text(filling_, range_));
  }

  Filling filling_;
  std::vector<std::string> columns_;  // of the primary key; empty: the table has none
  Range range_;
  std::size_t rows_ = largest_slice;
  State state_ = State::looking_for_key;
};

}  // namespace

std::unique_ptr<const StepPlan> filling(Filling filling) {
  return std::make_unique<PlanOf<FillingSteps, Filling>>(std::move(filling));
}

}  // namespace occam::rewriter
