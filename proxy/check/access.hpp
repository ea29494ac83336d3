// Verdicts on the way to the upstream: certificates, credentials, the connection and the log-in,
// and what to do where they fail. Facts and times in, findings out; pure, and never a secret.
// Source: facts/dsql.md §4.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/listener.hpp"

#include "proxy/check/finding.hpp"
#include "proxy/iam/token.hpp"
#include "proxy/net/certificate.hpp"
#include "proxy/net/tls.hpp"
#include "proxy/upstream/connector.hpp"

namespace occam::check {

// `section`: of the configuration, such as "tls".
Finding judge_certificate(const std::string& section, const net::CertificateFacts& shown,
                          std::chrono::sys_seconds now);

Finding judge_addresses(const std::string& host, const std::vector<std::string>& addresses);

// `place`: the link of the chain that had them; `advice`: on this machine's clock, if there is any.
Finding judge_credentials(const iam::IamSettings& settings, std::string_view place,
                          std::optional<iam::Instant> end, std::chrono::seconds token_life,
                          const std::optional<std::string>& advice);
Finding judge_password(const config::Upstream& upstream);

// The step that a connect ended in.
Step failed_step(const upstream::Failure& failure);
Finding judge_failure(const upstream::Failure& failure, const config::Upstream& upstream,
                      iam::Instant now);
bool is_waking(const upstream::Failure& failure);
bool is_no_database(const upstream::Failure& failure);

// Nothing: plain TCP.
Finding judge_encryption(const std::optional<net::TlsAgreement>& agreement,
                         const config::UpstreamTls& tls);
// The same where the server has told its refusal only, so it is known that there is TLS and no
// more.
Finding judge_encryption_unseen(const config::UpstreamTls& tls);

}  // namespace occam::check
