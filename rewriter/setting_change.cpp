#include "rewriter/setting_change.hpp"

#include <algorithm>
#include <array>

#include "rewriter/functions.hpp"
#include "rewriter/words.hpp"

namespace occam::rewriter {
namespace {

using Kind = SettingChange::Kind;

// A role decides what may be set and reset at all, and the right to take it may end while the
// session still has it; seed stands for a place in a row of numbers. The others are second names
// of settings (PostgreSQL's map_old_guc_names), which would count as settings of their own.
constexpr auto never_carried =
    std::to_array<std::string_view>({"debug_parallel_query", "force_parallel_mode", "role", "seed",
                                     "session_authorization", "sort_mem", "vacuum_mem"});

// As PostgreSQL wants them; what else there is it refuses.
bool is_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '$';
  });
}

std::optional<SettingChange> change_of(Kind kind, std::string_view given) {
  SettingChange change{kind, lower(given), {}};
  const bool excluded =
      std::find(never_carried.begin(), never_carried.end(), change.name) != never_carried.end();
  if (excluded || !is_name(change.name) || ends_with_transaction(change.name)) return std::nullopt;
  return change;
}

// FROM CURRENT may keep what a SET LOCAL had set; the modes of transactions are several settings.
std::optional<SettingChange> read_set(Node set) {
  if (set.flag("is_local")) return SettingChange{Kind::local, {}, {}};
  const std::string_view kind = set.text("kind");
  if (kind == "VAR_RESET_ALL") return SettingChange{Kind::reset_all, {}, {}};
  if (kind == "VAR_SET_VALUE") return change_of(Kind::set, set.text("name"));
  const bool resets = kind == "VAR_RESET" || kind == "VAR_SET_DEFAULT";
  return resets ? change_of(Kind::reset, set.text("name")) : std::nullopt;
}

// SELECT set_config('name', 'value', false) and nothing else: called once, whatever any table
// holds.
std::optional<SettingChange> read_select(Node select) {
  for (Node part = select.first(); part; part = part.next()) {
    const std::string_view field = part.field();
    if (field != "targetList" && field != "limitOption" && field != "op") return std::nullopt;
  }
  const Node target = select.at("targetList").first();
  const Node call = target.at("val");
  if (target.next() || call.type() != "FuncCall" || effect_of(call) != Effect::session_setting) {
    return std::nullopt;
  }
  const Node name = call.at("args").first();
  const Node value = name.next();
  const Node local = value.next();
  if (!name.at("sval") || !local.at("boolval") || local.at("boolval").flag("boolval")) {
    return std::nullopt;
  }
  const auto named = name.at("sval").text("sval");
  if (value.flag("isnull")) return change_of(Kind::reset, named);
  return value.at("sval") ? change_of(Kind::set, named) : std::nullopt;
}

std::optional<SettingChange> read(Node statement) {
  const std::string_view type = statement.type();
  if (type == "VariableSetStmt") return read_set(statement);
  if (type == "SelectStmt") return read_select(statement);
  if (type == "DiscardStmt" && statement.text("target") == "DISCARD_ALL") {
    return SettingChange{Kind::discard_all, {}, {}};
  }
  return std::nullopt;
}

// Without the comments around it: one to the end of the line would swallow what comes behind.
std::string words_of(const std::string& text, ParseTree::Extent extent) {
  const std::string whole = text.substr(extent.begin, extent.end - extent.begin);
  const auto tokens = scan(whole);
  if (!tokens) return {};
  const auto is_word = [](const Token& token) { return token.kind != TokenKind::comment; };
  const auto first = std::find_if(tokens->begin(), tokens->end(), is_word);
  const auto last = std::find_if(tokens->rbegin(), tokens->rend(), is_word);
  if (first == tokens->end()) return {};
  return whole.substr(first->begin, last->end - first->begin);
}

// What a backslash means depends on standard_conforming_strings, and which letters the bytes above
// ASCII are on client_encoding: another connection may have them set otherwise just then.
bool means_one_thing(std::string_view sql) {
  return !sql.empty() && std::none_of(sql.begin(), sql.end(), [](char c) {
    return c == '\\' || static_cast<unsigned char>(c) >= 0x80U;
  });
}

}  // namespace

std::optional<SettingChange> setting_change(Node statement, const std::string& text,
                                            ParseTree::Extent extent) {
  auto change = read(statement);
  if (!change || change->kind != Kind::set) return change;
  change->sql = words_of(text, extent);
  if (!means_one_thing(change->sql)) return std::nullopt;
  return change;
}

bool ends_with_transaction(std::string_view name) {
  return same_word(name, "transaction_isolation") || same_word(name, "transaction_read_only") ||
         same_word(name, "transaction_deferrable");
}

bool merges_values(std::string_view name) { return same_word(name, "datestyle"); }

}  // namespace occam::rewriter
