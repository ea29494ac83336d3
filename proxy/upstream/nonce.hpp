// What a log-in by SCRAM needs of randomness: letters that nobody can foresee, for one login only.
#pragma once

#include <string>

namespace occam::upstream {

std::string fresh_nonce();

}  // namespace occam::upstream
