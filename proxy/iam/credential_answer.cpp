#include "proxy/iam/credential_answer.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include <nlohmann/json.hpp>

namespace occam::iam {
namespace {

// The library's own, but every string of it is wiped.
using Json = nlohmann::basic_json<std::map, std::vector, WipedText>;

Json read_object(std::string_view text) {
  auto object = Json::parse(text.begin(), text.end(), nullptr, false);
  if (!object.is_object()) throw NoCredentials("the answer is not a JSON object");
  return object;
}

std::string_view word(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return {};
  return found->get_ref<const WipedText&>();
}

Credentials read_keys(const Json& object, const char* token_key) {
  Credentials credentials{Secret(word(object, "AccessKeyId")),
                          Secret(word(object, "SecretAccessKey")), Secret(word(object, token_key)),
                          std::nullopt};
  for (const char* key : {"AccessKeyId", "SecretAccessKey"})
    if (word(object, key).empty()) throw NoCredentials(std::string("the answer has no ") + key);
  if (!object.contains("Expiration")) return credentials;
  credentials.expires = parse_rfc3339(word(object, "Expiration"));
  if (!credentials.expires) throw NoCredentials("the answer's Expiration is no time");
  return credentials;
}

// An error's code as these services name it; nothing else of the answer is shown.
std::string error_code(const HttpAnswer& answer) {
  const auto text = answer.body.reveal();
  const auto object = Json::parse(text.begin(), text.end(), nullptr, false);
  if (!object.is_object()) return {};
  const auto code = word(object, object.contains("code") ? "code" : "Code");
  const bool plain = std::all_of(code.begin(), code.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  });
  return plain && code.size() <= 64 && !code.empty() ? " " + std::string(code) : std::string();
}

}  // namespace

Credentials read_http_credentials(const HttpAnswer& answer, std::string_view asked) {
  if (!answer.ok())
    throw NoCredentials(without_secrets(
        "it answers HTTP " + std::to_string(answer.status) + error_code(answer), {asked}));
  const auto object = read_object(answer.body.reveal());
  if (const auto code = word(object, "Code"); !code.empty() && code != "Success")
    throw NoCredentials("it answers" + without_secrets(error_code(answer), {asked}));
  return read_keys(object, "Token");
}

Credentials read_process_credentials(std::string_view text) {
  const auto object = read_object(text);
  const auto version = object.find("Version");
  if (version == object.end() || !version->is_number_integer() || *version != 1)
    throw NoCredentials("its output does not say \"Version\": 1");
  return read_keys(object, "SessionToken");
}

}  // namespace occam::iam
