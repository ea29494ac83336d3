// What a careful operator would change in a configuration that is without mistakes. Pure; knows
// nothing of the upstream but what is written there.
#pragma once

#include "config/config.hpp"

#include "proxy/check/finding.hpp"

namespace occam::check {

// Of one of the config's listeners; at least one finding.
Findings judge_configuration(const config::Config& config, const config::Listener& listener);

}  // namespace occam::check
