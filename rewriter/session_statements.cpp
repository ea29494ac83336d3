#include "rewriter/session_statements.hpp"

namespace occam::rewriter {

Translation translate_session_statements(const Reading&, const RewriterOptions&) { return {}; }

}  // namespace occam::rewriter
