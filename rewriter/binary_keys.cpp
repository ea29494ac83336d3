#include "rewriter/binary_keys.hpp"

namespace occam::rewriter {

Translation translate_binary_keys(const Reading&, const RewriterOptions&) { return {}; }

}  // namespace occam::rewriter
