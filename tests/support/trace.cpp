#include "tests/support/trace.hpp"

#include <map>
#include <string_view>

#include <nlohmann/json.hpp>

namespace occam::trace_player {
namespace {

constexpr std::string_view first_line = "occam trace 1";

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '\\' && i + 1 < text.size();
    if (!escape) {
      out += text[i];
      continue;
    }
    ++i;
    out += text[i] == 'n' ? '\n' : text[i];
  }
  return out;
}

std::string_view cut_word(std::string_view& line) {
  const auto end = line.find(' ');
  const auto word = line.substr(0, end);
  line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
  return word;
}

class Reader {
 public:
  void take(std::string_view line) {
    const auto first = cut_word(line);
    if (first.starts_with('S')) {
      names_[std::string(first)] = add_text(unescaped(line));
      return;
    }
    Step step;
    step.session = std::stoul(std::string(first));
    const auto kind = cut_word(line);
    if (kind == "Q") {
      step.text = add_text(unescaped(line));
    } else if (kind == "E") {
      step.prepared = true;
      step.text = names_.at(std::string(cut_word(line)));
      for (const auto& value : nlohmann::json::parse(line))
        step.parameters.push_back(value.is_null() ? Value{} : Value{value.get<std::string>()});
    } else {
      throw std::invalid_argument("neither Q nor E");
    }
    trace_.steps.push_back(std::move(step));
  }

  Trace finish() { return std::move(trace_); }

 private:
  std::size_t add_text(std::string text) {
    const auto [place, added] = known_.emplace(std::move(text), trace_.texts.size());
    if (added) trace_.texts.push_back(place->first);
    return place->second;
  }

  Trace trace_;
  std::map<std::string, std::size_t> names_;  // S<n> → text
  std::map<std::string, std::size_t> known_;
};

}  // namespace

Trace read_trace(std::istream& in) {
  std::string line;
  if (!std::getline(in, line) || line != first_line)
    throw MalformedTrace("line 1: expected \"" + std::string(first_line) + "\"");
  Reader reader;
  for (std::size_t number = 2; std::getline(in, line); ++number) {
    if (line.empty() || line.starts_with('#')) continue;
    try {
      reader.take(line);
    } catch (const std::exception& error) {
      throw MalformedTrace("line " + std::to_string(number) + ": " + error.what());
    }
  }
  return reader.finish();
}

}  // namespace occam::trace_player
