// What a text is said to do to single rows, in words, under the rules of tests/unit/row_*.cpp.
#pragma once

#include <memory>
#include <string>

#include "rewriter/rewriter.hpp"

namespace occam::rewriter::test {

// runs: version_check, with a binary key; shards: the same, with share: auto; notes: a key alone;
// loose: key_share without a key.
RewriterOptions rules();

std::shared_ptr<const Rewrite> rewrite(const std::string& text, RewriterOptions options = rules());

// "read runs($1, #0) version #1", where #0 is the first output; empty: nothing.
std::string access_of(const std::string& text, RewriterOptions options = rules());

}  // namespace occam::rewriter::test
