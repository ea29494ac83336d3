// An HTTP request and its answer, as values: what a credential link asks, and what it was told.
// Bodies and header values may be secrets, so all of them are kept as such.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/iam/secret.hpp"
#include "proxy/iam/timestamp.hpp"

namespace occam::iam {

struct HttpHeader {
  std::string name;
  Secret value;
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  std::vector<HttpHeader> headers;
  Secret body;
  std::chrono::milliseconds connect_timeout{1000};
  std::chrono::milliseconds timeout{2000};  // of all of it
  bool may_use_proxy = false;               // the environment's https_proxy and its kin
};

struct HttpAnswer {
  int status = 0;
  Secret body;
  std::optional<Instant> date;  // by the server's clock

  bool ok() const { return status >= 200 && status < 300; }
};

}  // namespace occam::iam
