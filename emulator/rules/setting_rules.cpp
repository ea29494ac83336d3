#include "emulator/rules/setting_rules.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace emulator {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

constexpr std::string_view sync_index_setting = "disable_sync_create_index";

// A Boolean as PostgreSQL reads it: any beginning of a word that is not another's.
std::optional<bool> boolean(std::string_view text) {
  const auto begins = [value = lower(text)](std::string_view word, std::size_t least) {
    return value.size() >= least && word.starts_with(value);
  };
  if (begins("true", 1) || begins("yes", 1) || begins("on", 2) || text == "1") return true;
  if (begins("false", 1) || begins("no", 1) || begins("off", 2) || text == "0") return false;
  return std::nullopt;
}

// §3.7 (M, O). `role` is disputed (§10) and let through.
bool may_be_set(const std::string& parameter, Dialect dialect) {
  static constexpr std::array<std::string_view, 9> allowed = {
      "application_name", "client_encoding", "datestyle", "extra_float_digits", "intervalstyle",
      "timezone",         "search_path",     "role",      sync_index_setting};
  if (parameter == "dsql.enable_batched_nestloop") return dialect >= batched_nestloop_since;
  return parameter.starts_with("enable_") ||
         std::find(allowed.begin(), allowed.end(), parameter) != allowed.end();
}

// PostgreSQL 16 has neither; §3.1 (M) for lc_collate, I for lc_ctype.
std::optional<Refusal> refuse_show(const Statement& statement) {
  if (statement.parameter != "lc_collate" && statement.parameter != "lc_ctype") return std::nullopt;
  return Refusal{"setting", undefined_object,
                 "unrecognized configuration parameter \"" + statement.parameter + "\""};
}

// The next word of `options`, where a backslash quotes what follows (libpq, "options").
std::string next_word(std::string_view& rest) {
  const auto space = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
  while (!rest.empty() && space(rest.front())) rest.remove_prefix(1);
  std::string word;
  while (!rest.empty() && !space(rest.front())) {
    if (rest.front() == '\\' && rest.size() > 1) rest.remove_prefix(1);
    word += rest.front();
    rest.remove_prefix(1);
  }
  return word;
}

// "-c name=value", "-cname=value" and "--name=value", where a dash in the name is an underscore.
std::optional<Refusal> refuse_options(std::string_view options, Dialect dialect) {
  while (!options.empty()) {
    auto word = next_word(options);
    if (word == "-c" || word == "--")
      word = next_word(options);
    else if (word.starts_with("-c") || word.starts_with("--"))
      word.erase(0, 2);
    else
      continue;
    auto name = word.substr(0, word.find('='));
    std::replace(name.begin(), name.end(), '-', '_');
    if (name.empty()) continue;
    if (auto refusal = refuse_parameter(name, dialect)) return refusal;
  }
  return std::nullopt;
}

}  // namespace

bool sets_sync_indexes(const Statement& statement) {
  return (statement.sets || statement.resets) && lower(statement.parameter) == sync_index_setting;
}

bool allows_sync_indexes(const Statement& setting) {
  return setting.sets && boolean(setting.value) == false;
}

std::optional<Refusal> refuse_parameter(std::string_view parameter, Dialect dialect) {
  if (may_be_set(lower(parameter), dialect)) return std::nullopt;
  return Refusal{
      "setting", feature_not_supported,
      "setting configuration parameter \"" + std::string(parameter) + "\" not supported"};
}

// §1.6 (M).
std::optional<Refusal> refuse_isolation(const Statement& statement) {
  if (statement.isolation.empty() || statement.isolation == "REPEATABLE READ") return std::nullopt;
  return Refusal{"isolation", feature_not_supported,
                 "Unsupported isolation level: " + statement.isolation};
}

std::optional<Refusal> refuse_setting(const Statement& statement, Dialect dialect) {
  if (statement.node == "VariableShow") return refuse_show(statement);
  for (const auto& parameter : statement.configured)
    if (auto refusal = refuse_parameter(parameter, dialect)) return refusal;
  if (!statement.sets) return std::nullopt;
  // READ ONLY works there (§3.7, M).
  if (statement.parameter == "SESSION CHARACTERISTICS") return refuse_isolation(statement);
  if (sets_sync_indexes(statement) && !statement.value.empty() && !boolean(statement.value))
    return Refusal{
        "setting", invalid_value,
        "parameter \"" + std::string(sync_index_setting) + "\" requires a Boolean value"};
  return refuse_parameter(statement.parameter, dialect);
}

std::optional<Refusal> refuse_startup(std::string_view parameter, std::string_view value,
                                      Dialect dialect) {
  static constexpr std::array<std::string_view, 3> addressed = {"user", "database", "replication"};
  if (std::find(addressed.begin(), addressed.end(), parameter) != addressed.end())
    return std::nullopt;
  if (parameter == "options") return refuse_options(value, dialect);
  return refuse_parameter(parameter, dialect);
}

}  // namespace emulator
