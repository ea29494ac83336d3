#include "emulator/connect/token.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "emulator/connect/presigned.hpp"

namespace emulator {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view service = "dsql";
constexpr std::string_view signature_name = "X-Amz-Signature";
constexpr std::int64_t longest_life = 604'800;        // facts/dsql.md §4: seven days
constexpr auto clock_skew = std::chrono::minutes(5);  // what AWS forgives a client's clock

using Digest = std::array<unsigned char, 32>;

std::string_view bytes(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

Digest sha256(std::string_view text) {
  Digest digest{};
  if (EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1)
    throw std::runtime_error("no SHA-256");
  return digest;
}

Digest hmac(std::string_view key, std::string_view text) {
  Digest digest{};
  unsigned int length = 0;
  if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
            reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(),
            &length))
    throw std::runtime_error("no HMAC");
  return digest;
}

std::string hex(const Digest& digest) {
  std::string out;
  for (const auto byte : digest) {
    out += "0123456789abcdef"[byte >> 4];
    out += "0123456789abcdef"[byte & 15];
  }
  return out;
}

// Takes the same time wherever they differ: a timing must not spell the signature out.
bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

// "20260102T030405Z"
std::optional<sys_seconds> read_time(std::string_view text) {
  if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z') return std::nullopt;
  std::array<unsigned, 5> parts{};  // month, day, hour, minute, second
  const auto year = number(text.substr(0, 4));
  constexpr std::array<std::size_t, 5> places = {4, 6, 9, 11, 13};
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto part = number(text.substr(places[i], 2));
    if (!part) return std::nullopt;
    parts[i] = static_cast<unsigned>(*part);
  }
  if (!year) return std::nullopt;
  const std::chrono::year_month_day day{std::chrono::year(static_cast<int>(*year)),
                                        std::chrono::month(parts[0]), std::chrono::day(parts[1])};
  if (!day.ok() || parts[2] > 23 || parts[3] > 59 || parts[4] > 59) return std::nullopt;
  return std::chrono::sys_days(day) + std::chrono::hours(parts[2]) +
         std::chrono::minutes(parts[3]) + seconds(parts[4]);
}

std::string write_time(sys_seconds time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::string out;
  const auto append = [&out](std::int64_t value, std::size_t width) {
    const auto digits = std::to_string(value);
    out.append(width - std::min(width, digits.size()), '0').append(digits);
  };
  append(static_cast<int>(date.year()), 4);
  append(static_cast<unsigned>(date.month()), 2);
  append(static_cast<unsigned>(date.day()), 2);
  out += 'T';
  append(clock.hours().count(), 2);
  append(clock.minutes().count(), 2);
  append(clock.seconds().count(), 2);
  out += 'Z';
  return out;
}

std::string signature(const Presigned& request, const Iam& iam, std::string_view time,
                      const std::string& scope) {
  const auto canonical = "GET\n/\n" + request.canonical_query(signature_name) +
                         "\nhost:" + request.host + "\n\nhost\n" + hex(sha256(""));
  const auto to_sign = std::string(algorithm) + "\n" + std::string(time) + "\n" + scope + "\n" +
                       hex(sha256(canonical));
  auto derived = hmac("AWS4" + iam.secret_key, time.substr(0, 8));
  for (const std::string_view step :
       {std::string_view(iam.region), service, std::string_view("aws4_request")})
    derived = hmac(bytes(derived), step);
  return hex(hmac(bytes(derived), to_sign));
}

// Is it a request of this identity for this host, whatever the time and the action?
bool authentic(const Presigned& request, const Iam& iam) {
  const auto is = [&request](std::string_view name, std::string_view wanted) {
    return request.value(name) == wanted;
  };
  const auto time = request.value("X-Amz-Date").value_or("");
  const auto scope = std::string(time.substr(0, 8)) + "/" + iam.region + "/" +
                     std::string(service) + "/aws4_request";
  const bool shaped = request.host == iam.host && is("X-Amz-Algorithm", algorithm) &&
                      is("X-Amz-SignedHeaders", "host") &&
                      is("X-Amz-Credential", iam.access_key + "/" + scope);
  const auto session = request.value("X-Amz-Security-Token");
  const bool in_session = iam.session_token.empty() ? !request.has("X-Amz-Security-Token")
                                                    : session && same(*session, iam.session_token);
  const auto given = request.value(signature_name).value_or("");
  // Computed whatever else is wrong, so that all refusals take the same time.
  const bool signed_so = same(given, signature(request, iam, time, scope));
  return shaped && in_session && signed_so;
}

// AWS's usual words (I: only their beginning is recorded for DSQL).
std::optional<Fatal> judge_time(sys_seconds issued, std::int64_t life, sys_seconds now) {
  const auto end = issued + seconds(life);
  if (now >= end)
    return access_denied("expired", "Signature expired: " + write_time(end) +
                                        " is now earlier than " + write_time(now));
  if (issued > now + clock_skew)
    return access_denied("expired", "Signature not yet current: " + write_time(issued) +
                                        " is still later than " + write_time(now + clock_skew) +
                                        " (" + write_time(now) + " + 5 min.)");
  return std::nullopt;
}

}  // namespace

std::optional<Fatal> judge_token(std::string_view token, const Iam& iam, std::string_view user,
                                 sys_seconds now) {
  const auto request = read_presigned(token);
  if (!request || !authentic(*request, iam)) return access_denied();
  const auto issued = read_time(request->value("X-Amz-Date").value_or(""));
  const auto life = number(request->value("X-Amz-Expires").value_or(""));
  if (!issued || !life || *life < 1 || *life > longest_life) return access_denied();
  if (auto refusal = judge_time(*issued, *life, now)) return refusal;
  const auto action = request->value("Action").value_or("");
  if (action != "DbConnect" && action != "DbConnectAdmin") return access_denied();
  // facts/dsql.md §4: admin, and nobody else, connects by DbConnectAdmin.
  if ((user == "admin") != (action == "DbConnectAdmin")) return wrong_action(user, action);
  return std::nullopt;
}

}  // namespace emulator
