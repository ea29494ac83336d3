#include "proxy/iam/profile_file.hpp"

#include <algorithm>
#include <optional>

namespace occam::iam {
namespace {

constexpr std::string_view blanks = " \t\r\f\v";
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

bool is_blank(char c) { return blanks.find(c) != std::string_view::npos; }

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

// A # or ; begins a comment at the start of a line or after a blank.
std::string_view without_comment(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i)
    if ((text[i] == '#' || text[i] == ';') && (i == 0 || is_blank(text[i - 1])))
      return text.substr(0, i);
  return text;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

std::string_view unquoted(std::string_view name) {
  if (name.size() >= 2 && name.front() == name.back() && (name[0] == '"' || name[0] == '\''))
    return name.substr(1, name.size() - 2);
  return name;
}

class Reading {
 public:
  Reading(ProfileFileKind kind, Profiles& profiles) : kind_(kind), profiles_(profiles) {}

  // What is wrong with the line, or nothing.
  std::string_view line(std::string_view text) {
    if (text.find('\0') != std::string_view::npos) return "a NUL byte";
    const bool indented = !text.empty() && is_blank(text.front());
    const auto line = trimmed(text);
    if (line.empty() || line[0] == '#' || line[0] == ';') return {};
    if (line[0] == '[' && !indented) return section(trimmed(without_comment(line)));
    if (!begun_) return "a key before the first [section]";
    if (section_ == nullptr) return {};
    return indented && last_ ? go_on(line) : key(line);
  }

 private:
  std::string_view section(std::string_view line) {
    begun_ = true;
    section_ = nullptr;
    last_ = nullptr;
    if (line.back() != ']') return "a section without its ]";
    const auto name = profile_name(trimmed(line.substr(1, line.size() - 2)));
    if (!name) return {};
    if (name->empty()) return "a section without a name";
    section_ = &profiles_[std::string(*name)];
    return {};
  }

  // Nothing: no profile, such as [sso-session NAME].
  std::optional<std::string_view> profile_name(std::string_view title) const {
    constexpr std::string_view word = "profile";
    const bool marked =
        title.starts_with(word) && title.size() > word.size() && is_blank(title[word.size()]);
    if (kind_ == ProfileFileKind::credentials) return title;
    if (marked) return unquoted(trimmed(title.substr(word.size())));
    return title == "default" || title.empty() ? std::optional(title) : std::nullopt;
  }

  std::string_view key(std::string_view line) {
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) return "neither a [section] nor a key = value";
    last_name_ = lower(trimmed(line.substr(0, equals)));
    if (last_name_.empty()) return "a value without its key";
    last_ = &(*section_)[last_name_];
    *last_ = Secret(trimmed(without_comment(line.substr(equals + 1))));
    return {};
  }

  // An indented line: nested keys under a key without a value, else more of the value.
  std::string_view go_on(std::string_view line) {
    if (!last_->empty()) {
      WipedText value(last_->reveal());
      value += '\n';
      value += line;
      *last_ = Secret(std::move(value));
      return {};
    }
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) return "neither a nested key = value nor a value";
    const auto name = last_name_ + "." + lower(trimmed(line.substr(0, equals)));
    (*section_)[name] = Secret(trimmed(without_comment(line.substr(equals + 1))));
    return {};
  }

  ProfileFileKind kind_;
  Profiles& profiles_;
  bool begun_ = false;
  ProfileKeys* section_ = nullptr;  // nothing: a section that is passed over
  Secret* last_ = nullptr;          // the value that an indented line goes on with
  std::string last_name_;
};

}  // namespace

std::string read_profile_file(ProfileFileKind kind, std::string_view text, Profiles& profiles) {
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  Reading reading(kind, profiles);
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    if (const auto wrong = reading.line(text.substr(0, end)); !wrong.empty())
      return "line " + std::to_string(number) + ": " + std::string(wrong);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return {};
}

}  // namespace occam::iam
