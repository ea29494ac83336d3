// The parts of a URL, as the library that will use it reads them: what is judged here is what is
// connected to. Pure. Owns its texts.
#pragma once

#include <optional>
#include <string>

namespace occam::iam {

struct Url {
  std::string scheme;     // in lower case
  std::string host;       // without brackets
  std::string authority;  // as in a Host header: the port if it is not the scheme's own
  std::string path;       // from the first /, without query

  // scheme://authority, for messages: without name and password, if it had any.
  std::string origin() const { return scheme + "://" + authority; }
};

// Nothing: no URL of http or https, or one with a name and password in it.
std::optional<Url> parse_url(const std::string& text);

// 127.0.0.0/8, ::1 and localhost.
bool is_loopback(const std::string& host);

}  // namespace occam::iam
