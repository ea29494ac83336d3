#include "proxy/iam/secret.hpp"

#include <openssl/crypto.h>

namespace occam::iam {

void wipe(void* bytes, std::size_t count) { OPENSSL_cleanse(bytes, count); }

Secret take_secret(std::string& text) {
  Secret secret{std::string_view(text)};
  wipe(text.data(), text.size());
  text.clear();
  return secret;
}

std::string without_secrets(std::string text, std::initializer_list<std::string_view> secrets) {
  for (const auto secret : secrets) {
    if (secret.empty()) continue;
    for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at))
      text.replace(at, secret.size(), "***");
  }
  return text;
}

}  // namespace occam::iam
