#include "rewriter/transaction_modes.hpp"

#include <algorithm>

namespace occam::rewriter {
namespace {

constexpr auto reason =
    "Aurora DSQL's one isolation level is REPEATABLE READ, which keeps all that this one promises";

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return out;
}

std::string_view name_of(Node mode) { return mode.text("defname"); }
std::string_view level_of(Node mode) { return mode.at("arg").at("sval").text("sval"); }
bool is_on(Node mode) { return mode.at("arg").at("ival").number("ival") != 0; }

std::string words_of(Node mode) {
  if (name_of(mode) == "transaction_isolation") return "ISOLATION LEVEL " + upper(level_of(mode));
  if (name_of(mode) == "transaction_read_only") return is_on(mode) ? "READ ONLY" : "READ WRITE";
  return is_on(mode) ? "DEFERRABLE" : "NOT DEFERRABLE";
}

std::unique_ptr<const Refusal> refuse_serializable() {
  return std::make_unique<const Refusal>(
      Refusal{"0A000", "Unsupported isolation level: SERIALIZABLE",
              "Aurora DSQL's one level is REPEATABLE READ. Use it, and lock the rows that must not "
              "change with SELECT ... FOR UPDATE; a conflict is then found at COMMIT."});
}

bool is_serializable(Node mode) {
  return name_of(mode) == "transaction_isolation" && level_of(mode) == "serializable";
}

bool is_weaker_level(Node mode) {
  return name_of(mode) == "transaction_isolation" &&
         (level_of(mode) == "read committed" || level_of(mode) == "read uncommitted");
}

}  // namespace

Modes judge_modes(Node list, Substitutions& expected) {
  Modes modes;
  for (Node mode = list.first(); mode; mode = mode.next()) {
    if (is_serializable(mode)) modes.refusal = refuse_serializable();
    if (is_weaker_level(mode)) {
      expected.emplace(mode.id(), Substitution::cut());
      modes.cut = true;
    } else {
      modes.kept += (modes.kept.empty() ? "" : ", ") + words_of(mode);
    }
  }
  modes.all_cut = modes.cut && modes.kept.empty();
  return modes;
}

std::unique_ptr<const Refusal> refuse_set_transaction(Node statement) {
  if (statement.text("name") == "TRANSACTION SNAPSHOT") {
    return std::make_unique<const Refusal>(
        Refusal{"0A000", "setting configuration parameter \"TRANSACTION SNAPSHOT\" not supported",
                "Aurora DSQL cannot import a snapshot. Read all that belongs together in one "
                "transaction."});
  }
  for (Node mode = statement.at("args").first(); mode; mode = mode.next()) {
    if (is_serializable(mode)) return refuse_serializable();
    if (name_of(mode) == "transaction_read_only" && is_on(mode)) {
      return std::make_unique<const Refusal>(
          Refusal{"0A000", "setting configuration parameter \"TRANSACTION\" not supported",
                  "On Aurora DSQL a transaction is read-only from its start or not at all: write "
                  "BEGIN READ ONLY."});
    }
  }
  return nullptr;
}

void replace_modes(const Stretch& stretch, Node list, const Modes& modes, Translation& out) {
  const auto first = static_cast<std::size_t>(list.first().number("location"));
  // With nothing left the space before the modes goes too.
  std::size_t begin = first;
  for (const Token& token : stretch.tokens) {
    if (modes.kept.empty() && token.end <= first) begin = token.end;
  }
  std::string before;
  for (Node mode = list.first(); mode; mode = mode.next()) {
    before += (before.empty() ? "" : ", ") + words_of(mode);
  }
  out.edits.replace(begin, stretch.end(), modes.kept);
  out.changes.push_back({"isolation", std::move(before), modes.kept, reason});
}

void translate_begin(const Stretch& begin, Translation& out) {
  const Node list = begin.statement.at("options");
  if (!list) return;
  Modes modes = judge_modes(list, out.expected);
  if (modes.refusal) {
    out.refusal = std::move(modes.refusal);
  } else if (modes.cut) {
    replace_modes(begin, list, modes, out);
  }
}

}  // namespace occam::rewriter
