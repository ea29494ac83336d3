// Reads the keys of one listener: those of the top level, or of one entry of `listeners`.
#pragma once

#include "config/listener.hpp"
#include "config/section.hpp"

namespace occam::config {

// All but finish(), since the top level has other keys too.
void read_listener(Section& section, Listener& listener);

// Whoever reaches an address that asks for no password has the rights behind it.
void check_reach(Section& section, const char* key, const Address& address, bool anywhere);

}  // namespace occam::config
