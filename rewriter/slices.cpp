#include "rewriter/slices.hpp"

namespace occam::rewriter {

std::unique_ptr<const StepPlan> slice(const std::string&, const ParseTree&,
                                      const RewriterOptions&) {
  return nullptr;
}

}  // namespace occam::rewriter
