// What DSQL says of itself where PostgreSQL 15 would say otherwise: parameters at the login and the
// few texts that ask for its version. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "proxy/wire/parameter.hpp"

namespace emulator {

// The client's startup parameters and, where it has not asked otherwise, DSQL's defaults.
occam::wire::Parameters with_defaults(occam::wire::Parameters asked);

// What ParameterStatus tells in place of PostgreSQL's value.
std::string_view told(const occam::wire::Parameter& parameter);

// What is run in place of such a text, and the tag it is answered with.
struct InItsPlace {
  std::string_view sql;
  std::string_view tag;
};

// For a text that asks for the version: the text that answers it as DSQL does.
std::optional<InItsPlace> in_its_place(std::string_view sql);

}  // namespace emulator
