// The verdict on the upstream's locks, and what the table rules make of them. Pure.
#pragma once

#include <optional>

#include "rewriter/table_rules.hpp"

#include "proxy/check/finding.hpp"
#include "proxy/upstream/locking_probe.hpp"

namespace occam::check {

Finding judge_locks(const upstream::LockingFinding& found,
                    const std::optional<rewriter::Dialect>& configured,
                    const rewriter::TableRules& rules);

}  // namespace occam::check
