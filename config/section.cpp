#include "config/section.hpp"

#include <algorithm>
#include <filesystem>

namespace occam::config {

// A name may hold a line end; a mistake is one line.
void Document::blame(const YAML::Mark& mark, std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c >= '\0' && c < ' '; }, ' ');
  mistakes.push_back({file, mark.line + 1, mark.column + 1, std::move(text)});
}

YAML::Node parse_yaml(std::string_view text, Document& document) {
  try {
    return YAML::Load(std::string(text));
  } catch (const YAML::Exception& error) {
    document.blame(error.mark, error.msg);
    return YAML::Node();
  }
}

Section::Section(Document& document, const YAML::Node& node, std::string path)
    : document_(document), path_(std::move(path)) {
  if (!node.IsDefined() || node.IsNull()) return;
  if (node.IsMap()) {
    node_.reset(node);
    return;
  }
  document_.blame(node.Mark(), (path_.empty() ? "the file" : path_) + " must be a mapping of keys");
}

std::string Section::full_name(const std::string& key) const {
  return path_.empty() ? key : path_ + "." + key;
}

void Section::blame(const char* key, const std::string& text) {
  auto mark = node_.Mark();
  if (node_.IsMap())
    for (const auto& entry : node_)  // a value that is not written has no place of its own
      if (entry.first.Scalar() == key)
        mark = (entry.second.IsNull() ? entry.first : entry.second).Mark();
  document_.blame(mark, full_name(key) + " " + text);
}

std::optional<std::string> Section::scalar(const char* key) {
  known_.push_back(key);
  document_.keys.push_back(full_name(key));
  const YAML::Node& map = node_;
  const auto value = map.IsMap() ? map[key] : YAML::Node(YAML::NodeType::Undefined);
  if (!value.IsDefined()) return std::nullopt;
  if (!value.IsScalar()) {
    blame(key, value.IsNull() ? "has no value; write one or leave the key out"
                              : "must be a single value");
    return std::nullopt;
  }
  auto expanded = expand(value.Scalar(), document_.environment);
  if (expanded.mistake.empty()) return std::move(expanded.text);
  blame(key, "cannot be read: " + expanded.mistake);
  return std::nullopt;
}

void Section::text(const char* key, std::string& value) {
  if (auto given = scalar(key)) value = std::move(*given);
}

void Section::file(const char* key, std::string& value) {
  text(key, value);
  if (!value.empty())
    value = (std::filesystem::path(document_.file).parent_path() / value).string();
}

void Section::flag(const char* key, bool& value) {
  choice<bool>(key, value, {{"true", true}, {"false", false}});
}

void Section::address(const char* key, Address& value) {
  const auto given = scalar(key);
  if (!given) return;
  if (const auto parsed = parse_address(*given))
    value = *parsed;
  else
    blame(key, "is \"" + *given + "\"; write host:port, such as 127.0.0.1:6432");
}

void Section::number(const char* key, std::uint32_t& value, std::uint32_t least,
                     std::uint32_t most) {
  const auto given = scalar(key);
  if (!given) return;
  const auto parsed = parse_number(*given);
  if (parsed && *parsed >= least && *parsed <= most)
    value = static_cast<std::uint32_t>(*parsed);
  else
    blame(key, "is \"" + *given + "\"; write a number from " + std::to_string(least) + " to " +
                   std::to_string(most));
}

void Section::size(const char* key, std::size_t& value, std::size_t least, std::size_t most) {
  const auto given = scalar(key);
  if (!given) return;
  const auto parsed = parse_size(*given);
  if (parsed && *parsed >= least && *parsed <= most)
    value = *parsed;
  else
    blame(key, "is \"" + *given + "\"; write a size from " + size_text(least) + " to " +
                   size_text(most) + ", such as 64KiB");
}

void Section::duration(const char* key, std::chrono::milliseconds& value,
                       std::chrono::milliseconds least, std::chrono::milliseconds most) {
  const auto given = scalar(key);
  if (!given) return;
  const auto parsed = parse_duration(*given);
  if (parsed && *parsed >= least && *parsed <= most)
    value = *parsed;
  else
    blame(key, "is \"" + *given + "\"; write a duration from " + duration_text(least) + " to " +
                   duration_text(most) + ", such as 250ms or 2s");
}

void Section::words(const char* key, std::vector<std::string>& value) {
  known_.push_back(key);
  document_.keys.push_back(full_name(key));
  const YAML::Node& map = node_;
  const auto given = map.IsMap() ? map[key] : YAML::Node(YAML::NodeType::Undefined);
  if (!given.IsDefined()) return;
  if (!given.IsSequence()) return blame(key, "must be a list, such as [a, b]");
  value.clear();
  for (const auto& word : given) {
    if (!word.IsScalar() || word.Scalar().empty()) return blame(key, "must hold single words only");
    if (std::find(value.begin(), value.end(), word.Scalar()) != value.end())
      return blame(key, "names " + word.Scalar() + " twice");
    value.push_back(word.Scalar());
  }
}

std::vector<std::pair<std::string, std::string>> Section::named_texts(const char* key,
                                                                      const Objection& objection) {
  auto mapping = section(key);
  std::vector<std::pair<std::string, std::string>> texts;
  const auto keys = document_.keys.size();
  for (const auto& [name, node] : mapping.named_children()) {
    auto given = mapping.scalar(name.c_str());
    if (!given) continue;
    if (const auto wrong = objection(name, *given); !wrong.empty())
      mapping.blame(name.c_str(), wrong);
    texts.emplace_back(name, std::move(*given));
  }
  document_.keys.resize(keys);  // the names are the operator's
  mapping.finish();
  return texts;
}

Section Section::section(const char* key) {
  known_.push_back(key);
  const YAML::Node& map = node_;
  return Section(document_, map.IsMap() ? map[key] : YAML::Node(), full_name(key));
}

std::vector<std::pair<std::string, YAML::Node>> Section::named_children() const {
  std::vector<std::pair<std::string, YAML::Node>> children;
  if (node_.IsMap())
    for (const auto& entry : node_) children.emplace_back(entry.first.Scalar(), entry.second);
  return children;
}

void Section::finish() {
  if (!node_.IsMap()) return;
  std::vector<std::string> seen;
  for (const auto& entry : node_) {
    const auto key = entry.first.IsScalar() ? entry.first.Scalar() : "(not a word)";
    if (std::find(seen.begin(), seen.end(), key) != seen.end())
      document_.blame(entry.first.Mark(), full_name(key) + " is given twice");
    seen.push_back(key);
    if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
    const auto guess = nearest(key, known_);
    document_.blame(entry.first.Mark(), "unknown key " + full_name(key) +
                                            (guess ? "; did you mean " + *guess + "?" : ""));
  }
}

}  // namespace occam::config
