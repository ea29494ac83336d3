// What is asked of an EC2 instance's metadata service, version 2: a session token by PUT, the name
// of the instance's role, the role's credentials. Requests out, answers in; pure. Version 1, which
// asks for no token, is never spoken. Source: Amazon EC2 User Guide, "Use the Instance Metadata
// Service".
#pragma once

#include "proxy/iam/environment.hpp"
#include "proxy/iam/http_message.hpp"

namespace occam::iam {

class InstanceMetadata {
 public:
  // Throws NotConfigured where the environment forbids asking, NoCredentials where it names what is
  // no endpoint.
  explicit InstanceMetadata(const Environment& environment);

  // In this order; each takes the answer of the one before it, and throws NoCredentials if that was
  // none.
  HttpRequest session_request() const;
  HttpRequest role_request(HttpAnswer session);
  HttpRequest credentials_request(const HttpAnswer& role) const;
  const Secret& session() const { return session_; }

 private:
  HttpRequest get(const std::string& path) const;

  std::string endpoint_;
  Secret session_;
};

}  // namespace occam::iam
