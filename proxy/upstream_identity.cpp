#include "proxy/upstream_identity.hpp"

#include <cstdlib>

namespace occam {

iam::IamSettings iam_settings(const config::Upstream& upstream) {
  iam::IamSettings settings;
  settings.host = upstream.tls.server_name.empty() ? upstream.host : upstream.tls.server_name;
  settings.user = upstream.user;
  settings.region = upstream.region;
  settings.profile = upstream.profile;
  return settings;
}

iam::Environment aws_environment() {
  return iam::Environment([](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
  });
}

}  // namespace occam
