// Which Aurora DSQL to be: a day, since the service changes every few weeks. A rule names the day
// from which on DSQL accepts what it used to refuse (facts/dsql.md §8). Pure.
#pragma once

#include <optional>
#include <string_view>

namespace emulator {

// Days compare as numbers: 20260825.
struct Dialect {
  int day = 0;
  auto operator<=>(const Dialect&) const = default;
};

inline constexpr Dialect dialect_2025{20251231};  // before anything of 2026
inline constexpr Dialect dialect_2026_08{
    20260831};  // FOR UPDATE anywhere, FOR KEY SHARE, foreign keys
inline constexpr Dialect dialect_current{20261010};  // the newest recording there is

// "2025", "2026-08", "current", or a day "YYYY-MM-DD".
std::optional<Dialect> dialect_named(std::string_view word);

// The first day of what was not there before.
inline constexpr Dialect numeric_keys_since{20260203};
inline constexpr Dialect sequences_since{20260213};
inline constexpr Dialect default_privileges_since{20260424};  // and role rename
inline constexpr Dialect json_since{20260504};
// Both wordings are dated (facts/dsql.md §1.5: "mid 2026", September), the day between them is not.
inline constexpr Dialect conflict_words_since{20260701};
inline constexpr Dialect jsonb_since{20260608};
inline constexpr Dialect alter_default_since{
    20260706};  // SET/DROP DEFAULT, DROP NOT NULL, DROP CONSTRAINT
inline constexpr Dialect not_valid_since{
    20260803};  // DROP COLUMN, ADD CONSTRAINT ... NOT VALID, VALIDATE
inline constexpr Dialect expression_indexes_since{20260813};
inline constexpr Dialect any_for_update_since{20260824};  // any predicate, joins
inline constexpr Dialect key_share_since{20260825};
inline constexpr Dialect foreign_keys_since{20260826};
inline constexpr Dialect statistics_since{20260827};
inline constexpr Dialect batched_nestloop_since{20260911};
inline constexpr Dialect partial_indexes_since{20260915};
// When CREATE TYPE ... AS ENUM was first seen with its newer text (PIST); it had the older one on
// 2026-09-18 (EMU).
inline constexpr Dialect create_enum_reworded_since{20261010};

}  // namespace emulator
