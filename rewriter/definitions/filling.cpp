#include "rewriter/definitions/filling.hpp"

#include <cstddef>
#include <utility>
#include <vector>

namespace occam::rewriter {
namespace {

// Far below the 3,000 rows of a transaction; where rows are large, its 10 MiB halve this.
constexpr std::size_t largest_slice = 1000;

// The primary key's index of DSQL holds the other columns too, as included ones (facts/dsql.md
// §3.4).
std::string key_text(const Relation& table) {
  return "SELECT a.attname FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute a ON a.attrelid "
         "= i.indrelid AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1]) WHERE "
         "i.indrelid = " +
         table.regclass() + " AND i.indisprimary ORDER BY a.attnum";
}

std::string slice_text(const Filling& filling, const std::string& key, std::size_t rows) {
  const std::string table = filling.table.quoted();
  const std::string set =
      "UPDATE " + table + " SET " + quote_ident(filling.column) + " = " + filling.value + " WHERE ";
  if (key.empty()) return set + filling.wanted;
  return set + "(" + key + ") IN (SELECT " + key + " FROM " + table + " WHERE " + filling.wanted +
         " LIMIT " + std::to_string(rows) + ")";
}

class FillingSteps : public Steps {
 public:
  explicit FillingSteps(Filling filling) : filling_(std::move(filling)) {}

  Order begin() override { return Order::run(key_text(filling_.table)); }

  Order next(const Outcome& outcome) override {
    switch (state_) {
      case State::looking_for_key:
        if (outcome.failed()) return Order::fail(outcome);
        keep_key(outcome);
        state_ = State::filling;
        return slice();
      case State::filling:
        // Too many bytes in one transaction.
        if (outcome.code == "54000" && !key_.empty() && rows_ > 1) {
          rows_ /= 2;
          return slice();
        }
        if (outcome.failed()) return Order::fail(outcome);
        if (key_.empty() || outcome.tag == "UPDATE 0") return Order::complete(outcome.tag);
        return slice();
    }
    return Order::fail(outcome);
  }

 private:
  enum class State { looking_for_key, filling };

  void keep_key(const Outcome& found) {
    std::vector<std::string> columns;
    for (const auto& row : found.rows) {
      if (!row.empty() && row.front()) columns.push_back(quote_ident(*row.front()));
    }
    key_ = joined(columns, ", ");
  }

  Order slice() const { return Order::run(slice_text(filling_, key_, rows_)); }

  Filling filling_;
  std::string key_;
  std::size_t rows_ = largest_slice;
  State state_ = State::looking_for_key;
};

class FillingPlan : public StepPlan {
 public:
  explicit FillingPlan(Filling filling) : filling_(std::move(filling)) {}
  std::unique_ptr<Steps> start() const override { return std::make_unique<FillingSteps>(filling_); }
  std::vector<std::string> texts() const override {
    return {slice_text(filling_, "<primary key>", largest_slice)};
  }

 private:
  Filling filling_;
};

}  // namespace

std::unique_ptr<const StepPlan> filling(Filling filling) {
  return std::make_unique<FillingPlan>(std::move(filling));
}

}  // namespace occam::rewriter
