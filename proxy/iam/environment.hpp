// The environment variables that the AWS tools read, as a parameter: the core never calls getenv.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "proxy/iam/secret.hpp"

namespace occam::iam {

// A variable's value; nothing where it is not set. An empty one counts as not set, as in the SDKs.
class Environment {
 public:
  using Lookup = std::function<std::optional<std::string>(const std::string&)>;

  explicit Environment(Lookup lookup) : lookup_(std::move(lookup)) {}

  std::string text(const std::string& name) const { return lookup_(name).value_or(""); }
  bool has(const std::string& name) const { return !text(name).empty(); }
  Secret secret(const std::string& name) const {
    auto value = text(name);
    return take_secret(value);
  }

 private:
  Lookup lookup_;
};

}  // namespace occam::iam
