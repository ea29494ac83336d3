// Reads one YAML mapping key by key and remembers every mistake instead of stopping at the first.
// The only header of this room that shows yaml-cpp; nobody outside the room includes it. A section
// that is absent is read too, so that the list of known keys is always whole.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <yaml-cpp/yaml.h>

#include "config/mistake.hpp"
#include "config/units.hpp"

namespace occam::config {

// What all sections of one file share.
struct Document {
  std::string file;
  const Environment& environment;
  Mistakes mistakes;
  std::vector<std::string> keys;  // every known leaf, as section.key

  void blame(const YAML::Mark& mark, std::string text);
};

// Parses the text; a syntax error becomes a mistake and an empty node.
YAML::Node parse_yaml(std::string_view text, Document& document);

class Section {
 public:
  // `node` may be absent; `path` is "" for the whole file.
  Section(Document& document, const YAML::Node& node, std::string path);

  void text(const char* key, std::string& value);
  // A path; a relative one starts at the file's folder.
  void file(const char* key, std::string& value);
  void flag(const char* key, bool& value);
  void address(const char* key, Address& value);
  void number(const char* key, std::uint32_t& value, std::uint32_t least, std::uint32_t most);
  void size(const char* key, std::size_t& value, std::size_t least, std::size_t most);
  void duration(const char* key, std::chrono::milliseconds& value, std::chrono::milliseconds least,
                std::chrono::milliseconds most);

  template <class T>
  using Choices = std::vector<std::pair<std::string, T>>;
  template <class T>
  void choice(const char* key, T& value, const Choices<T>& choices) {
    const auto given = scalar(key);
    if (!given) return;
    std::string words;
    for (const auto& [word, meaning] : choices) {
      if (word == *given) {
        value = meaning;
        return;
      }
      words += (words.empty() ? "" : ", ") + word;
    }
    blame(key, "is \"" + *given + "\"; write one of " + words);
  }

  // A list of words.
  void words(const char* key, std::vector<std::string>& value);

  // A mapping of names, which the operator gives, to texts. `objection` says what is wrong with
  // one, or nothing; it must not repeat a text that may be a secret.
  using Objection = std::function<std::string(const std::string& name, const std::string& text)>;
  std::vector<std::pair<std::string, std::string>> named_texts(const char* key,
                                                               const Objection& objection);

  Section section(const char* key);
  // The key of this section's n-th child, for mappings whose keys are names given by the operator.
  std::vector<std::pair<std::string, YAML::Node>> named_children() const;

  void blame(const char* key, const std::string& text);
  // After all keys were asked for: what is left over is unknown.
  void finish();

 private:
  std::optional<std::string> scalar(const char* key);
  std::string full_name(const std::string& key) const;

  Document& document_;
  YAML::Node node_;
  std::string path_;
  std::vector<std::string> known_;
};

}  // namespace occam::config
