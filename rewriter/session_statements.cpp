#include "rewriter/session_statements.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "rewriter/functions.hpp"
#include "rewriter/parameters.hpp"
#include "rewriter/transaction_modes.hpp"

namespace occam::rewriter {
namespace {

// Every statement that is to have no effect becomes one of these: a parameter that DSQL lets a
// session set, at the value it has. Nobody scans by row address there.
constexpr auto idle_parameter = "enable_tidscan";

std::string idle_statement(bool resets, bool local) {
  if (resets) return std::string("RESET ") + idle_parameter;
  return std::string(local ? "SET LOCAL " : "SET ") + idle_parameter + " TO DEFAULT";
}

std::string ignored_reason(std::string_view parameter) {
  return std::string(parameter) +
         " cannot be set on Aurora DSQL; rewriter.ignored_settings says that nothing depends on it";
}

// Nothing for what is no plain constant.
std::optional<std::string> constant(Node node) {
  if (node.type() != "A_Const") return std::nullopt;
  if (node.at("sval")) return std::string(node.at("sval").text("sval"));
  if (node.at("fval")) return std::string(node.at("fval").text("fval"));
  if (node.at("ival")) return std::to_string(node.at("ival").number("ival"));
  return std::nullopt;
}

// The value of a SET, its parts with commas between.
std::string value_of(Node set) {
  std::string value;
  for (Node part = set.at("args").first(); part; part = part.next()) {
    value += (part == set.at("args").first() ? "" : ",") + constant(part).value_or("?");
  }
  return value;
}

class SessionStatements {
 public:
  SessionStatements(const Reading& reading, const RewriterOptions& options)
      : reading_(reading), options_(options) {}

  Translation translate() {
    const auto& statements = reading_.tree.statements();
    for (std::size_t i = 0; i < statements.size() && !out_.refusal; ++i) take(statements[i], i);
    return std::move(out_);
  }

 private:
  void take(Node statement, std::size_t number) {
    const std::string_view type = statement.type();
    if (type == "TransactionStmt" && statement.at("options")) {
      translate_begin(stretch_of(statement, number), out_);
    } else if (type == "VariableSetStmt") {
      take_set(statement, number);
    } else {
      take_calls(statement);
    }
  }

  void take_set(Node set, std::size_t number) {
    const std::string_view kind = set.text("kind");
    if (kind == "VAR_SET_MULTI") return take_modes(set, number);
    const bool resets = kind == "VAR_RESET";
    if (kind != "VAR_SET_VALUE" && kind != "VAR_SET_DEFAULT" && !resets) return;
    const std::string_view name = set.text("name");
    std::optional<std::string> value;
    if (kind == "VAR_SET_VALUE") value = value_of(set);
    switch (fate_of(name, value, options_.ignored_settings)) {
      case ParameterFate::passes:
        return;
      case ParameterFate::ignored:
        return idle(set, number, idle_statement(resets, set.flag("is_local")), "ignored_setting",
                    ignored_reason(name));
      case ParameterFate::refused:
        out_.refusal =
            std::make_unique<const Refusal>(refuse_parameter(name, options_.ignored_settings));
    }
  }

  // SET TRANSACTION and SET SESSION CHARACTERISTICS.
  void take_modes(Node set, std::size_t number) {
    const bool session = set.text("name") == "SESSION CHARACTERISTICS";
    if (!session && (out_.refusal = refuse_set_transaction(set))) return;
    Substitutions cuts;
    Modes modes = judge_modes(set.at("args"), cuts);
    if (modes.refusal) {
      out_.refusal = std::move(modes.refusal);
    } else if (!session || modes.all_cut) {
      idle(set, number, idle_statement(false, !session), "isolation",
           "the server's one isolation level, REPEATABLE READ, keeps all that is asked for");
    } else if (modes.cut) {
      out_.expected.merge(cuts);
      replace_modes(stretch_of(set, number), set.at("args"), modes, out_);
    }
  }

  void idle(Node statement, std::size_t number, std::string words, const char* rule,
            std::string reason) {
    const Stretch stretch = stretch_of(statement, number);
    out_.changes.push_back(
        {rule, reading_.original.substr(stretch.begin(), stretch.end() - stretch.begin()), words,
         std::move(reason)});
    out_.edits.replace(stretch.begin(), stretch.end(), std::move(words));
    out_.expected.emplace(statement.id(), Substitution::trust());
    out_.idle.push_back(number);
    out_.needed = true;
  }

  // set_config() of an ignored parameter becomes the value that it would have returned. What it is
  // called with must be written out; anything else is left for the server to refuse.
  void take_calls(Node statement) {
    walk(statement, [this](Node node) {
      if (node.type() == "ResTarget" && !node.at("name") && take_call(node.at("val"))) {
        out_.edits.replace(call_end_, call_end_, " AS set_config");
        out_.expected.emplace(node.id(), Substitution::name("set_config"));
        return false;
      }
      return !take_call(node);
    });
  }

  bool take_call(Node call) {
    if (!call || call.type() != "FuncCall" || effect_of(call) != Effect::session_setting) {
      return false;
    }
    const Node first = call.at("args").first();
    const auto name = constant(first);
    const auto value = constant(first.next());
    if (!name || !value || !first.next().at("sval") ||
        fate_of(*name, *value, options_.ignored_settings) != ParameterFate::ignored) {
      return false;
    }
    const auto begin = static_cast<std::size_t>(call.number("location"));
    const auto end = end_of_call(begin);
    const auto words = "(" + token_at(first.next().number("location")) + "::text)";
    if (end == begin) return false;
    out_.changes.push_back({"ignored_setting", reading_.original.substr(begin, end - begin), words,
                            ignored_reason(*name)});
    out_.edits.replace(begin, end, words);
    out_.expected.emplace(call.id(), Substitution::trust());
    call_end_ = end;
    return true;
  }

  std::size_t end_of_call(std::size_t begin) const {
    std::size_t depth = 0;
    for (auto token = token_from(begin); token != reading_.tokens.end(); ++token) {
      if (token->kind != TokenKind::symbol) continue;
      if (reading_.text[token->begin] == '(') ++depth;
      if (reading_.text[token->begin] == ')' && --depth == 0) return token->end;
    }
    return begin;
  }

  std::string token_at(std::int64_t location) const {
    const auto found = token_from(static_cast<std::size_t>(location));
    if (found == reading_.tokens.end()) return {};
    return reading_.original.substr(found->begin, found->end - found->begin);
  }

  // The first that begins there or behind.
  std::vector<Token>::const_iterator token_from(std::size_t begin) const {
    return std::lower_bound(reading_.tokens.begin(), reading_.tokens.end(), begin,
                            [](const Token& one, std::size_t at) { return one.begin < at; });
  }

  Stretch stretch_of(Node statement, std::size_t number) const {
    const auto extent = reading_.tree.extents()[number];
    Stretch stretch{statement, {}};
    auto token = token_from(extent.begin);
    for (; token != reading_.tokens.end() && token->end <= extent.end; ++token) {
      const bool semicolon = token->kind == TokenKind::symbol && reading_.text[token->begin] == ';';
      if (token->kind != TokenKind::comment && !semicolon) stretch.tokens.push_back(*token);
    }
    return stretch;
  }

  const Reading& reading_;
  const RewriterOptions& options_;
  Translation out_;
  std::size_t call_end_ = 0;
};

}  // namespace

Translation translate_session_statements(const Reading& reading, const RewriterOptions& options) {
  return SessionStatements(reading, options).translate();
}

}  // namespace occam::rewriter
