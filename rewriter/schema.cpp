#include "rewriter/schema.hpp"

namespace occam::rewriter {

Translation translate_definitions(const Reading&, const RewriterOptions&) { return {}; }

}  // namespace occam::rewriter
