#include "rewriter/parameters.hpp"

#include <algorithm>
#include <array>

#include "rewriter/words.hpp"

namespace occam::rewriter {
namespace {

// facts/dsql.md §3.7. `role` is disputed there (§10): the server is asked.
bool server_takes(std::string_view name) {
  constexpr auto allowed = std::to_array<std::string_view>(
      {"application_name", "client_encoding", "datestyle", "extra_float_digits", "intervalstyle",
       "timezone", "search_path", "role", "disable_sync_create_index",
       "dsql.enable_batched_nestloop"});
  return name.starts_with("enable_") ||
         std::find(allowed.begin(), allowed.end(), name) != allowed.end();
}

constexpr auto harmless = std::to_array<std::string_view>({
    "array_nulls=on",
    "backslash_quote=safe_encoding",
    "bytea_output=hex",
    "check_function_bodies",
    "client_min_messages",
    "constraint_exclusion",
    "cpu_index_tuple_cost",
    "cpu_operator_cost",
    "cpu_tuple_cost",
    "default_statistics_target",
    "default_table_access_method",
    "default_tablespace=",
    "default_transaction_deferrable",
    "default_transaction_isolation=read committed",
    "default_transaction_isolation=read uncommitted",
    "default_transaction_isolation=repeatable read",
    "default_transaction_read_only=off",
    "default_with_oids=off",
    "effective_cache_size",
    "effective_io_concurrency",
    "escape_string_warning",
    "from_collapse_limit",
    "geqo",
    "idle_in_transaction_session_timeout",
    "idle_session_timeout",
    "jit",
    "join_collapse_limit",
    "lc_messages",
    "lock_timeout",
    "log_min_duration_statement",
    "log_min_messages",
    "log_statement",
    "maintenance_work_mem",
    "max_parallel_maintenance_workers",
    "max_parallel_workers",
    "max_parallel_workers_per_gather",
    "parallel_leader_participation",
    "parallel_setup_cost",
    "parallel_tuple_cost",
    "plan_cache_mode",
    "random_page_cost",
    "row_security",
    "seq_page_cost",
    "session_authorization=default",
    "session_replication_role=origin",
    "standard_conforming_strings=on",
    "statement_timeout",
    "synchronize_seqscans",
    "synchronous_commit",
    "tcp_keepalives_count",
    "tcp_keepalives_idle",
    "tcp_keepalives_interval",
    "tcp_user_timeout",
    "temp_buffers",
    "transaction_deferrable",
    "transaction_isolation=read committed",
    "transaction_isolation=read uncommitted",
    "transaction_isolation=repeatable read",
    "transaction_read_only=off",
    "transaction_timeout",
    "transform_null_equals=off",
    "work_mem",
    "xmloption",
});

std::string normalized(std::string_view value) {
  auto word = lower(value);
  if (word == "true" || word == "yes" || word == "1") return "on";
  if (word == "false" || word == "no" || word == "0") return "off";
  return word;
}

// The values that are harmless, of a parameter of which not all are.
std::string harmless_values(const std::string& name, const IgnoredSettings& ignored) {
  const auto start = name + "=";
  std::string values;
  for (auto at = ignored.lower_bound(start); at != ignored.end() && at->starts_with(start); ++at) {
    values += (values.empty() ? "'" : ", '") + at->substr(start.size()) + "'";
  }
  return values;
}

}  // namespace

const IgnoredSettings& harmless_settings() {
  static const IgnoredSettings settings(harmless.begin(), harmless.end());
  return settings;
}

ParameterFate fate_of(std::string_view given, std::optional<std::string_view> value,
                      const IgnoredSettings& ignored) {
  const auto name = lower(given);
  if (server_takes(name)) return ParameterFate::passes;
  const bool listed =
      ignored.contains(name) || (value ? ignored.contains(name + "=" + normalized(*value))
                                       : !harmless_values(name, ignored).empty());
  return listed ? ParameterFate::ignored : ParameterFate::refused;
}

Refusal refuse_parameter(std::string_view name, const IgnoredSettings& ignored) {
  const auto values = harmless_values(lower(name), ignored);
  std::string hint =
      "Aurora DSQL has no such setting. Leave it out, or name it under "
      "rewriter.ignored_settings if nothing depends on it.";
  if (!values.empty()) {
    hint =
        "Aurora DSQL does not let a session set it. These values make no difference and may be "
        "asked for: " +
        values + " (rewriter.ignored_settings).";
  }
  return {"0A000", "setting configuration parameter \"" + std::string(name) + "\" not supported",
          std::move(hint)};
}

}  // namespace occam::rewriter
