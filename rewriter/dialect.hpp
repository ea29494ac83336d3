// What a dated Aurora DSQL accepts. Knows nothing of our rules.
#pragma once

namespace occam::rewriter {

// Source: facts/dsql.md §1.6 and §8.
enum class Dialect {
  dsql_2025,     // FOR UPDATE only on one table with equality on the whole key; no FOR KEY SHARE
  dsql_2026_08,  // since 2026-08-25: FOR UPDATE with any predicate and joins; FOR KEY SHARE
  current = dsql_2026_08,
};

// What stands upstream. Only Aurora DSQL needs binary keys as text, definitions in its own words,
// schemas for databases and settings answered here (facts/dsql.md §3); plain PostgreSQL gets locks
// rewritten and all else as it came.
enum class Server { aurora_dsql, postgresql };

}  // namespace occam::rewriter
