#include "proxy/check/access.hpp"

#include "config/units.hpp"

#include "proxy/iam/clock_skew.hpp"
#include "proxy/wire/backend.hpp"
#include "proxy/wire/frame.hpp"

namespace occam::check {
namespace {

using std::chrono::days;

constexpr days soon(14);  // a certificate should have been renewed by then

std::string list(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string life_text(std::chrono::seconds life) { return config::duration_text(life); }

struct Words {
  std::string code;
  std::string message;
  std::string hint;

  bool say(std::string_view text) const {
    return message.find(text) != std::string::npos || hint.find(text) != std::string::npos;
  }
};

Words words_of(const upstream::Failure& failure) {
  if (failure.error.size() < wire::header_bytes) return {};
  const auto error =
      wire::backend::decode_error(std::string_view(failure.error).substr(wire::header_bytes));
  return {std::string(error.code), std::string(error.message), std::string(error.hint)};
}

std::string clock_advice(const Words& words, iam::Instant now) {
  const auto server = iam::server_time_in(words.hint);
  const auto advice = server ? iam::clock_advice(*server, now) : std::nullopt;
  return advice.value_or(
      "compare this machine's clock with AWS's, and set it by NTP, such as with "
      "chronyc makestep");
}

std::string access_advice(const config::Upstream& upstream) {
  if (upstream.authentication == config::UpstreamAuthentication::password)
    return "Aurora DSQL takes IAM tokens only: set upstream.authentication: iam";
  if (upstream.user == "admin")
    return "let the IAM policy of these credentials allow dsql:DbConnectAdmin on the cluster";
  return "let the IAM policy of these credentials allow dsql:DbConnect on the cluster, and as "
         "admin "
         "say AWS IAM GRANT " +
         upstream.user + " TO 'arn:...' with the ARN of their IAM role";
}

std::string refused_advice(const Words& words, const config::Upstream& upstream, iam::Instant now) {
  if (words.say("Signature expired") || words.say("Signature not yet current"))
    return clock_advice(words, now);
  if (words.say("access denied") || words.say("IAM authentication failed"))
    return access_advice(upstream);
  if (words.say("sni was not received"))
    return "set upstream.host, or upstream.tls.server_name, to the cluster's endpoint";
  if (words.say("waking up cluster")) return "wait until the cluster is awake, and check again";
  if (words.code == "53400")
    return "the cluster is connected to too fast, by whomever: lower pool.connects_per_second and "
           "pool.connect_burst of all that share it";
  if (words.code == "53300")
    return "all places are taken, by whomever: lower pool.connections of all that share it";
  if (words.message.find("none is configured") != std::string::npos)
    return "set upstream.password; for Aurora DSQL upstream.authentication: iam";
  if (words.code == "28P01" || words.code == "28000")
    return "check upstream.user and upstream.password, and that the role may log in";
  if (words.code == "3D000") return "create the database, or name another in upstream.database";
  return words.hint;
}

}  // namespace

Finding judge_certificate(const std::string& section, const net::CertificateFacts& shown,
                          std::chrono::sys_seconds now) {
  const auto what = section + ".certificate is for " + shown.names;
  const auto advice = "put a renewed one into " + section + ".certificate and send SIGHUP";
  if (shown.from > now) return fail(what + ", and not valid yet", "check this machine's clock");
  if (shown.until <= now) return fail(what + ", and has expired", advice);
  const auto left = std::chrono::floor<days>(shown.until - now);
  const auto text =
      what + ", signed by " + shown.issuer + ", " + std::to_string(left.count()) + " days left";
  return left < soon ? warn(text, advice) : ok(text);
}

Finding judge_addresses(const std::string& host, const std::vector<std::string>& addresses) {
  if (addresses.size() == 1 && addresses.front() == host) return ok(host + " is an address");
  return ok(host + " is " + list(addresses));
}

Finding judge_credentials(const iam::IamSettings& settings, std::string_view place,
                          std::optional<iam::Instant> end, std::chrono::seconds token_life,
                          const std::optional<std::string>& advice) {
  auto text = "from " + std::string(place) + (end ? ", until " + iam::amz_date(*end) : "") +
              "; region " + iam::region_of(settings) + "; a token for " + settings.user +
              " lives " + life_text(token_life);
  if (advice) return warn(std::move(text), *advice);
  return ok(std::move(text));
}

Finding judge_password(const config::Upstream& upstream) {
  if (!upstream.password.empty()) return ok("upstream.password is set");
  return warn("there is no password: only a server that asks for none will let Occam in",
              "set upstream.password");
}

Step failed_step(const upstream::Failure& failure) {
  switch (failure.kind) {
    case upstream::FailureKind::unreachable:
    case upstream::FailureKind::timeout:
      return Step::connection;
    case upstream::FailureKind::tls:
      return Step::encryption;
    case upstream::FailureKind::refused:
      return Step::log_in;
  }
  return Step::connection;
}

Finding judge_failure(const upstream::Failure& failure, const config::Upstream& upstream,
                      iam::Instant now) {
  const auto words = words_of(failure);
  if (failure.kind == upstream::FailureKind::refused) {
    const auto& hint = words.hint;
    return fail(failure.reason + (hint.empty() ? "" : " (" + hint + ")"),
                refused_advice(words, upstream, now));
  }
  // The reason of a failed handshake has its hint in it, and more than the client is told.
  if (failure.kind == upstream::FailureKind::tls) return fail(failure.reason, "");
  return fail(failure.reason, words.hint);
}

bool is_waking(const upstream::Failure& failure) {
  return failure.kind == upstream::FailureKind::refused &&
         words_of(failure).say("waking up cluster");
}

bool is_no_database(const upstream::Failure& failure) {
  return failure.kind == upstream::FailureKind::refused && words_of(failure).code == "3D000";
}

Finding judge_encryption(const std::optional<net::TlsAgreement>& agreement,
                         const config::UpstreamTls& tls) {
  if (!agreement) return judge_encryption_unseen(tls);
  auto text = agreement->version + ", " + agreement->cipher + ", certificate signed by " +
              (agreement->issuer.empty() ? "nobody" : agreement->issuer) + ", ALPN " +
              (agreement->protocol.empty() ? "none" : agreement->protocol);
  const auto seen = judge_encryption_unseen(tls);
  return {seen.verdict, std::move(text) + ", " + seen.text, seen.advice};
}

Finding judge_encryption_unseen(const config::UpstreamTls& tls) {
  const auto by = tls.ca.empty() ? "the system's authorities" : "upstream.tls.ca";
  switch (tls.mode) {
    case config::UpstreamTlsMode::disable:
      return ok("none, as upstream.tls.mode has it");
    case config::UpstreamTlsMode::require:
      if (!tls.ca.empty()) return ok(std::string("verified by ") + by + ", but not for its name");
      return ok("not verified: it may be anybody's");
    case config::UpstreamTlsMode::verify_ca:
      return ok(std::string("verified by ") + by + ", but not for its name");
    case config::UpstreamTlsMode::verify_full:
      return ok(std::string("verified by ") + by + " and for its name");
  }
  return {};
}

}  // namespace occam::check
