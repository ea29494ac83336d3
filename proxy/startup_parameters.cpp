#include "proxy/startup_parameters.hpp"

#include <algorithm>
#include <string_view>

namespace occam {
namespace {

// As isspace() in the C locale, by which PostgreSQL parts the words (pg_split_opts).
constexpr std::string_view spaces = " \t\n\v\f\r";

// A backslash takes what follows as it is.
std::vector<std::string> words_of(std::string_view options) {
  std::vector<std::string> words;
  for (std::size_t at = 0; (at = options.find_first_not_of(spaces, at)) != options.npos;) {
    std::string word;
    for (; at < options.size() && spaces.find(options[at]) == spaces.npos; ++at) {
      if (options[at] == '\\' && ++at == options.size()) break;
      word += options[at];
    }
    words.push_back(std::move(word));
  }
  return words;
}

std::string escaped(std::string_view word) {
  std::string out;
  for (const char c : word) {
    if (c == '\\' || spaces.find(c) != spaces.npos) out += '\\';
    out += c;
  }
  return out;
}

rewriter::Refusal refuse_option(const std::string& word) {
  return {"0A000", "command-line option \"" + word + "\" not supported",
          "Of the start-up parameter options only -c name=value and --name=value can be had."};
}

class Judge {
 public:
  explicit Judge(const rewriter::IgnoredSettings& ignored) : ignored_(ignored) {}

  void take(const wire::Parameter& asked) {
    if (asked.name == "replication") return take_replication(asked.value);
    if (asked.name == "options") return take_options(asked);
    const bool addresses = asked.name == "user" || asked.name == "database";
    if (addresses || passes(asked.name, asked.value)) result.kept.push_back(asked);
  }

  StartupParameters result;

 private:
  bool passes(const std::string& name, std::string_view value) {
    switch (rewriter::fate_of(name, value, ignored_)) {
      case rewriter::ParameterFate::passes:
        return true;
      case rewriter::ParameterFate::ignored:
        result.ignored.push_back(name);
        return false;
      case rewriter::ParameterFate::refused:
        refuse(rewriter::refuse_parameter(name, ignored_));
        return false;
    }
    return false;
  }

  void take_replication(std::string_view value) {
    if (value == "false" || value == "off" || value == "no" || value == "0") return;
    refuse({"0A000", "replication connections are not supported by Aurora DSQL",
            "Connect without the start-up parameter replication."});
  }

  // Item by item; those that are left are put together again.
  void take_options(const wire::Parameter& asked) {
    const auto words = words_of(asked.value);
    std::string left;
    for (std::size_t i = 0; i < words.size(); ++i) {
      std::string_view item = words[i];
      if (item == "-c" && i + 1 < words.size()) {
        item = words[++i];
      } else if (item.starts_with("-c") || item.starts_with("--")) {
        item.remove_prefix(2);
      } else {
        refuse(refuse_option(words[i]));
        continue;
      }
      const auto equals = item.find('=');
      if (equals == std::string_view::npos || equals == 0) {
        refuse(refuse_option(words[i]));
        continue;
      }
      std::string name(item.substr(0, equals));
      std::replace(name.begin(), name.end(), '-', '_');  // as PostgreSQL's ParseLongOption
      if (!passes(name, item.substr(equals + 1))) continue;
      left += (left.empty() ? "-c " : " -c ") + escaped(item);
    }
    if (!left.empty()) result.kept.push_back({asked.name, std::move(left)});
  }

  void refuse(rewriter::Refusal refusal) {
    if (!result.refusal) result.refusal = std::move(refusal);
  }

  const rewriter::IgnoredSettings& ignored_;
};

}  // namespace

StartupParameters judge_startup(const wire::Parameters& asked,
                                const rewriter::IgnoredSettings& ignored) {
  Judge judge(ignored);
  for (const auto& parameter : asked) judge.take(parameter);
  return std::move(judge.result);
}

}  // namespace occam
