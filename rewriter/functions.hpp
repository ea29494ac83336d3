// What calling a function may do beside returning a value. A short list of PostgreSQL's own
// functions is known to do nothing else; of any other, anything must be expected.
#pragma once

#include "rewriter/parse_tree.hpp"

namespace occam::rewriter {

enum class Effect {
  none,             // on the list
  session_setting,  // set_config
  advisory_lock,    // pg_advisory_lock and its family, unlocking included
  unknown,
};

// `call` is a FuncCall node.
Effect effect_of(Node call);

// The function's name without schema.
std::string_view function_name(Node call);

}  // namespace occam::rewriter
