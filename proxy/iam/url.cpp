#include "proxy/iam/url.hpp"

#include <memory>

#include <arpa/inet.h>
#include <curl/curl.h>

namespace occam::iam {
namespace {

using Handle = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

std::optional<std::string> part(CURLU* url, CURLUPart which, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, flags) != CURLUE_OK) return std::nullopt;
  const std::unique_ptr<char, decltype(&curl_free)> owner(text, &curl_free);
  return std::string(text);
}

}  // namespace

std::optional<Url> parse_url(const std::string& text) {
  const Handle handle(curl_url(), &curl_url_cleanup);
  if (text.find('\0') != std::string::npos) return std::nullopt;
  if (!handle || curl_url_set(handle.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK)
    return std::nullopt;
  if (part(handle.get(), CURLUPART_USER) || part(handle.get(), CURLUPART_PASSWORD))
    return std::nullopt;
  auto scheme = part(handle.get(), CURLUPART_SCHEME);
  auto host = part(handle.get(), CURLUPART_HOST);
  auto path = part(handle.get(), CURLUPART_PATH);
  if (!scheme || !host || host->empty() || !path) return std::nullopt;
  if (*scheme != "http" && *scheme != "https") return std::nullopt;
  Url url{std::move(*scheme), *host, *host, std::move(*path)};
  if (const auto port = part(handle.get(), CURLUPART_PORT, CURLU_NO_DEFAULT_PORT))
    url.authority += ":" + *port;
  if (url.host.starts_with('[')) url.host = url.host.substr(1, url.host.size() - 2);
  return url;
}

bool is_loopback(const std::string& host) {
  if (host == "localhost") return true;
  in_addr v4{};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  in6_addr v6{};
  return inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

}  // namespace occam::iam
