// Reads the keys of one listener: those of the top level, or of one entry of `listeners`.
#pragma once

#include <string>

#include "config/listener.hpp"
#include "config/section.hpp"

namespace occam::config {

// All but finish(), since the top level has other keys too.
void read_listener(Section& section, Listener& listener);

// Whoever reaches an address that asks for no password has the rights behind it. `remedy` is said
// first of what may be done: empty, or with a comma behind it.
void check_reach(Section& section, const char* key, const Address& address, bool anywhere,
                 const std::string& remedy);

}  // namespace occam::config
