#include "proxy/iam/sigv4.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

namespace occam::iam {
namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view hex_digits = "0123456789ABCDEF";

using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string hex(const Digest& digest) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const auto byte : digest) {
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

// A key that leaves no trace.
struct Key {
  Digest bytes{};
  Key() = default;
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;
  ~Key() { wipe(bytes.data(), bytes.size()); }
};

void hmac(std::string_view key, std::string_view text, Digest& out) {
  unsigned length = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(text), text.size(),
           out.data(), &length) == nullptr)
    throw std::runtime_error("HMAC failed");
}

std::string_view view(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

void append_encoded(WipedText& out, std::string_view text, bool keep_slash = false) {
  for (const char c : text) {
    const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~' || (keep_slash && c == '/');
    if (plain) {
      out += c;
      continue;
    }
    out += '%';
    out += hex_digits[static_cast<unsigned char>(c) >> 4];
    out += hex_digits[static_cast<unsigned char>(c) & 15];
  }
}

WipedText query_text(const Fields& fields) {
  std::vector<std::pair<WipedText, WipedText>> encoded;
  for (const auto& field : fields) {
    auto& [name, value] = encoded.emplace_back();
    append_encoded(name, field.name);
    append_encoded(value, field.value);
  }
  std::sort(encoded.begin(), encoded.end());
  WipedText out;
  for (const auto& [name, value] : encoded) {
    if (!out.empty()) out += '&';
    out += name + "=";
    out += value;
  }
  return out;
}

// Without the blanks around it, and with one where there were several.
void append_trimmed(WipedText& out, std::string_view value) {
  bool blank = false;
  const auto start = out.size();
  for (const char c : value) {
    if (c == ' ' || c == '\t') {
      blank = true;
      continue;
    }
    if (blank && out.size() > start) out += ' ';
    blank = false;
    out += c;
  }
}

Fields sorted(Fields fields) {
  std::stable_sort(fields.begin(), fields.end(),
                   [](const Field& a, const Field& b) { return a.name < b.name; });
  return fields;
}

std::string names_of(const Fields& headers) {
  std::string out;
  for (const auto& header : sorted(headers)) {
    if (!out.empty()) out += ';';
    out += header.name;
  }
  return out;
}

std::string scope(const Signing& signing) {
  return amz_date(signing.time).substr(0, 8) + "/" + std::string(signing.region) + "/" +
         std::string(signing.service) + "/aws4_request";
}

WipedText credential(const Signing& signing) {
  WipedText out(signing.credentials.access_key_id.reveal());
  out += '/';
  out += scope(signing);
  return out;
}

std::string signature(const Signing& signing, const SignedRequest& request) {
  WipedText start = "AWS4";
  start += signing.credentials.secret_access_key.reveal();
  Key day;
  Key region;
  Key service;
  Key key;
  hmac(start, amz_date(signing.time).substr(0, 8), day.bytes);
  hmac(view(day.bytes), signing.region, region.bytes);
  hmac(view(region.bytes), signing.service, service.bytes);
  hmac(view(service.bytes), "aws4_request", key.bytes);
  Digest out{};
  hmac(view(key.bytes), string_to_sign(signing, canonical_request(request)), out);
  return hex(out);
}

}  // namespace

void append_percent_encoded(WipedText& out, std::string_view text) { append_encoded(out, text); }

std::string sha256_hex(std::string_view text) {
  Digest digest{};
  SHA256(bytes_of(text), text.size(), digest.data());
  return hex(digest);
}

WipedText canonical_request(const SignedRequest& request) {
  WipedText out(request.method);
  out += '\n';
  append_encoded(out, request.path, true);
  out += '\n';
  out += query_text(request.query);
  out += '\n';
  for (const auto& header : sorted(request.headers)) {
    out += header.name;
    out += ':';
    append_trimmed(out, header.value);
    out += '\n';
  }
  out += '\n';
  out += names_of(request.headers);
  out += '\n';
  out += sha256_hex(request.body);
  return out;
}

WipedText string_to_sign(const Signing& signing, std::string_view canonical) {
  WipedText out(algorithm);
  out += '\n';
  out += amz_date(signing.time);
  out += '\n';
  out += scope(signing);
  out += '\n';
  out += sha256_hex(canonical);
  return out;
}

Secret presigned_query(const Signing& signing, std::string_view host, Fields query,
                       std::chrono::seconds expires) {
  const auto whose = credential(signing);
  const auto date = amz_date(signing.time);
  const auto length = std::to_string(expires.count());
  query.push_back({"X-Amz-Algorithm", algorithm});
  query.push_back({"X-Amz-Credential", whose});
  query.push_back({"X-Amz-Date", date});
  query.push_back({"X-Amz-Expires", length});
  query.push_back({"X-Amz-SignedHeaders", "host"});
  if (const auto& token = signing.credentials.session_token; !token.empty())
    query.push_back({"X-Amz-Security-Token", token.reveal()});
  const SignedRequest request{"GET", "/", query, {{"host", host}}, ""};
  auto text = query_text(query);
  text += "&X-Amz-Signature=";
  text += signature(signing, request);
  return Secret(std::move(text));
}

Authorization authorize(const Signing& signing, SignedRequest request) {
  auto date = amz_date(signing.time);
  request.headers.push_back({"x-amz-date", date});
  if (const auto& token = signing.credentials.session_token; !token.empty())
    request.headers.push_back({"x-amz-security-token", token.reveal()});
  WipedText text(algorithm);
  text += " Credential=";
  text += credential(signing);
  text += ", SignedHeaders=";
  text += names_of(request.headers);
  text += ", Signature=";
  text += signature(signing, request);
  return {std::move(date), Secret(std::move(text))};
}

}  // namespace occam::iam
