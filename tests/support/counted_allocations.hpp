// How often the program that links this has called operator new. Not beside a sanitizer, which has
// an operator of its own.
#pragma once

#include <cstddef>

namespace occam {

std::size_t counted_allocations();

}  // namespace occam
