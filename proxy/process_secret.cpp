#include "proxy/process_secret.hpp"

#include <random>

namespace occam {
namespace {

wire::scram::Key fresh_key() {
  std::random_device random;
  wire::scram::Key key;
  for (std::size_t i = 0; i < wire::scram::Key::size; ++i)
    key.data()[i] = static_cast<unsigned char>(random());
  return key;
}

}  // namespace

const wire::scram::Key& process_secret() {
  static const auto secret = fresh_key();
  return secret;
}

}  // namespace occam
