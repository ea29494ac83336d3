// What a statement may be to a row that was read without its lock, as far as its text tells.
#pragma once

#include <string_view>

#include "rewriter/rewriter.hpp"

namespace occam::relay {

enum class Touch {
  none,
  writes,  // it may write the row
  ends,    // it may end the transaction, or make the row's texts mean another row
};

// `table` without its schema: the same name in another one counts too. Of several statements the
// most; null, or a text that was not parsed, may be anything.
Touch touch(const rewriter::Rewrite* rewrite, std::string_view table);

// Whether something stands behind what may end the transaction: it would be run though a lock
// before the text has failed.
bool goes_on_after_end(const rewriter::Rewrite& rewrite);

}  // namespace occam::relay
