#include "rewriter/definitions/identifiers.hpp"

#include <algorithm>
#include <cstdint>

namespace occam::rewriter {
namespace {

constexpr std::size_t longest_name = 63;

std::string between(char mark, std::string_view text) {
  std::string out(1, mark);
  for (const char c : text) {
    if (c == mark) out += mark;
    out += c;
  }
  return out + mark;
}

bool plain(std::string_view name) {
  const auto first = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  const auto later = [&](char c) { return first(c) || (c >= '0' && c <= '9'); };
  return !name.empty() && first(name.front()) && std::all_of(name.begin(), name.end(), later);
}

// No byte of a character is left alone.
std::string_view clipped(std::string_view name, std::size_t length) {
  if (name.size() <= length) return name;
  while (length > 0 && (static_cast<unsigned char>(name[length]) & 0xC0U) == 0x80U) --length;
  return name.substr(0, length);
}

}  // namespace

std::string quote_ident(std::string_view name) {
  if (plain(name)) {
    const auto tokens = scan(std::string(name));
    if (tokens && tokens->size() == 1 && tokens->front().kind == TokenKind::name) {
      return std::string(name);
    }
  }
  return between('"', name);
}

// E'' where a backslash stands, so that standard_conforming_strings does not matter.
std::string quote_literal(std::string_view value) {
  const std::string quoted = between('\'', value);
  if (value.find('\\') == std::string_view::npos) return quoted;
  std::string escaped = "E";
  for (const char c : quoted) escaped.append(c == '\\' ? 2 : 1, c);
  return escaped;
}

std::string Relation::quoted() const { return sibling(name); }

std::string Relation::sibling(std::string_view object) const {
  return (schema.empty() ? std::string() : quote_ident(schema) + ".") + quote_ident(object);
}

std::string Relation::regclass() const { return quote_literal(quoted()) + "::regclass"; }

std::string object_name(std::string_view name, std::string_view second, std::string_view label) {
  const std::size_t overhead = label.size() + 1 + (second.empty() ? 0 : 1);
  std::size_t first_length = name.size();
  std::size_t second_length = second.size();
  while (first_length + second_length > longest_name - overhead) {
    --(first_length > second_length ? first_length : second_length);
  }
  std::string made(clipped(name, first_length));
  if (!second.empty()) made.append("_").append(clipped(second, second_length));
  return made.append("_").append(label);
}

// FNV-1a.
std::string digest_of(std::string_view text) {
  std::uint32_t hash = 2166136261U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  std::string hex;
  for (int shift = 28; shift >= 0; shift -= 4) hex += "0123456789abcdef"[hash >> shift & 15U];
  return hex;
}

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  std::string all;
  for (const auto& word : words) all.append(&word == &words.front() ? "" : between).append(word);
  return all;
}

}  // namespace occam::rewriter
