#include "rewriter/explain.hpp"

#include <nlohmann/json.hpp>

namespace occam::rewriter {
namespace {

void add_line(std::string& out, std::string_view label, std::string_view value) {
  out.append(label).append(label.size() < 11 ? 11 - label.size() : 1, ' ').append(value) += '\n';
}

std::string words_of(const Statement& statement) {
  std::string words = name(statement.kind);
  if (!statement.name.empty()) words += " " + statement.name;
  if (!statement.tables.empty()) {
    words += " on";
    for (const std::string& table : statement.tables) {
      words.append(&table == &statement.tables.front() ? " " : ", ").append(table);
    }
  }
  if (statement.locks) words += ", locks rows";
  if (statement.holds_session_state) {
    words += statement.setting ? ", leaves a setting that is carried to other connections"
                               : ", leaves state on the connection";
  }
  return words;
}

nlohmann::ordered_json json_of(const Statement& statement) {
  return {{"kind", name(statement.kind)},
          {"locks", statement.locks},
          {"holds_session_state", statement.holds_session_state},
          {"name", statement.name},
          {"tables", statement.tables}};
}

nlohmann::ordered_json json_of(const Change& change) {
  return {{"rule", change.rule},
          {"before", change.before},
          {"after", change.after},
          {"reason", change.reason},
          {"weakens", change.weakens}};
}

nlohmann::ordered_json json_of(const Refusal* refusal) {
  if (refusal == nullptr) return nullptr;
  return {{"code", refusal->code}, {"message", refusal->message}, {"hint", refusal->hint}};
}

nlohmann::ordered_json texts_of(const StepPlan* plan) {
  return plan == nullptr ? nlohmann::ordered_json::array() : nlohmann::ordered_json(plan->texts());
}

const char* word(RowAccess::Kind kind) {
  switch (kind) {
    case RowAccess::Kind::read:
      return "read";
    case RowAccess::Kind::locked:
      return "locked";
    case RowAccess::Kind::write:
      break;
  }
  return "write";
}

std::string words_of(const ValueSource& value) {
  switch (value.kind) {
    case ValueSource::Kind::parameter:
      return "$" + std::to_string(value.number);
    case ValueSource::Kind::literal:
      return "'" + value.literal + "'";
    case ValueSource::Kind::output:
      break;
  }
  return "output " + std::to_string(value.number + 1);
}

std::string words_of(const RowKey& row) {
  std::string words = row.table + ", key ";
  for (const ValueSource& value : row.key) {
    words += (&value == &row.key.front() ? "" : ", ") + words_of(value);
  }
  if (row.version) words += ", version " + words_of(*row.version);
  return words;
}

std::string with_literal(const std::string& text, const RowAccess& access) {
  std::string query = text;
  return query.insert(access.literal_at, access.literal_before + "'...'" + access.literal_after);
}

// Kept beside what is sent: the lines say when Occam sends them.
void add_rows(std::string& out, const Rewrite& rewrite) {
  const RowAccess& access = *rewrite.rows;
  const bool read = access.kind == RowAccess::Kind::read;
  for (const RowKey& row : access.rows) {
    add_line(out, std::string(word(access.kind)), words_of(row));
    if (access.locks_first) {
      add_line(out, "before", row.lock);
      add_line(out, "", "unless the transaction has locked the row");
    }
    if (!read) continue;
    add_line(out, "at COMMIT", row.check.empty() ? row.lock : row.check);
    add_line(out, "", "unless the row was written or locked before");
  }
  if (access.hidden == 0) return;
  add_line(out, "Parse", access.parse_text);
  add_line(out, "",
           "$" + std::to_string(access.hidden) +
               " is the version that the transaction has read, else NULL");
  add_line(out, "Query", with_literal(rewrite.text, access));
  add_line(out, "", "only where the transaction has read the row");
}

nlohmann::ordered_json json_of(const RowAccess* access, const std::string& text) {
  if (access == nullptr) return nullptr;
  auto rows = nlohmann::ordered_json::array();
  for (const RowKey& row : access->rows) {
    auto key = nlohmann::ordered_json::array();
    for (const ValueSource& value : row.key) key.push_back(words_of(value));
    rows.push_back({{"table", row.table},
                    {"key", key},
                    {"version", row.version ? words_of(*row.version) : ""},
                    {"lock", row.lock},
                    {"check", row.check}});
  }
  const bool hidden = access->hidden != 0;
  return {{"kind", word(access->kind)},
          {"rows", rows},
          {"locks_first", access->locks_first},
          {"hidden", access->hidden},
          {"parse", access->parse_text},
          {"query", hidden ? with_literal(text, *access) : std::string()}};
}

}  // namespace

std::string explain_text(std::string_view original, const Rewrite& rewrite) {
  std::string out;
  add_line(out, "original", original);
  if (rewrite.plan) {
    for (const std::string& step : rewrite.plan->texts()) add_line(out, "step", step);
  } else if (rewrite.refusal) {
    add_line(out, "refused", rewrite.refusal->code + " " + rewrite.refusal->message);
    add_line(out, "hint", rewrite.refusal->hint);
  } else {
    add_line(out, "rewritten", rewrite.changed ? std::string_view(rewrite.text) : "(unchanged)");
  }
  for (const Change& change : rewrite.changes) {
    const std::string after = change.after.empty() ? "(cut)" : change.after;
    add_line(out, change.weakens ? "weakened" : "change",
             change.rule + ": " + change.before + " -> " + after);
    add_line(out, "", change.reason);
  }
  for (const Statement& statement : rewrite.statements) {
    add_line(out, "statement", words_of(statement));
  }
  if (rewrite.rows) add_rows(out, rewrite);
  if (rewrite.slices) {
    // Sent only after the whole was refused for its rows, outside a transaction.
    for (const std::string& slice : rewrite.slices->texts()) add_line(out, "slice", slice);
  }
  if (!rewrite.parsed && !rewrite.refusal) {
    add_line(out, "note", "not parsed (too long, too deep or a syntax error): sent as it is");
  }
  return out;
}

std::string explain_json(std::string_view original, const Rewrite& rewrite) {
  nlohmann::ordered_json json{{"original", original},
                              {"rewritten", rewrite.text},
                              {"changed", rewrite.changed},
                              {"parsed", rewrite.parsed},
                              {"statements", nlohmann::ordered_json::array()},
                              {"changes", nlohmann::ordered_json::array()},
                              {"steps", texts_of(rewrite.plan.get())},
                              {"slices", texts_of(rewrite.slices.get())},
                              {"row_access", json_of(rewrite.rows.get(), rewrite.text)},
                              {"refusal", json_of(rewrite.plan ? nullptr : rewrite.refusal.get())}};
  for (const Statement& statement : rewrite.statements) {
    json["statements"].push_back(json_of(statement));
  }
  for (const Change& change : rewrite.changes) json["changes"].push_back(json_of(change));
  // Bytes that are not UTF-8 are shown by the replacement character rather than thrown over.
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace occam::rewriter
