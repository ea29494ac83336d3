// From the parser's JSON to the cells of a ParseTree. Knows the form of that JSON, no SQL.
#pragma once

#include <string_view>
#include <vector>

#include "rewriter/parse_tree.hpp"

namespace occam::rewriter {

// False if it is no JSON, as for text that is not UTF-8. Cells view into `words`, which must
// neither be changed nor copied afterwards; moving both is fine. Cell 0 is the root.
bool build_cells(std::string_view json, std::vector<Cell>& cells, std::vector<char>& words);

}  // namespace occam::rewriter
