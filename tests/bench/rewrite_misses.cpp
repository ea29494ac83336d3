// What a text costs that was not seen before: parse, rewrite and the second parse, for every text
// that Temporal was recorded to send, under the shipped rules.   rewrite_misses [RUNS]
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "rewriter/rewriter.hpp"

#include "config/table_rules.hpp"

#include "tests/support/trace.hpp"

namespace {

using namespace occam;

double median(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

rewriter::RewriterOptions shipped_rules() {
  std::ifstream file(std::string(OCCAM_SOURCE_DIR) + "/config/temporal.yaml");
  const std::string yaml{std::istreambuf_iterator<char>(file), {}};
  rewriter::RewriterOptions options;
  options.rules = config::parse_table_rules(yaml, "temporal.yaml").rules;
  options.cache_bytes = 0;
  return options;
}

double microseconds(rewriter::Rewriter& rewriter, const std::string& text) {
  const auto began = std::chrono::steady_clock::now();
  const auto done = rewriter.rewrite(text);
  const std::chrono::duration<double, std::micro> spent = std::chrono::steady_clock::now() - began;
  return spent.count();
}

}  // namespace

int main(int count, char** arguments) {
  const int runs = count > 1 ? std::atoi(arguments[1]) : 200;
  std::ifstream trace(std::string(OCCAM_SOURCE_DIR) + "/tests/traces/temporal.trace");
  rewriter::Rewriter rewriter(shipped_rules());
  std::vector<std::pair<double, std::string>> texts;
  std::vector<double> medians;
  for (const std::string& text : trace_player::read_trace(trace).texts) {
    std::vector<double> spent;
    for (int i = 0; i < runs; ++i) spent.push_back(microseconds(rewriter, text));
    texts.emplace_back(median(spent), text);
    medians.push_back(texts.back().first);
  }
  std::sort(texts.begin(), texts.end());
  const auto over =
      std::count_if(texts.begin(), texts.end(), [](const auto& one) { return one.first >= 100; });
  std::cout << texts.size() << " texts: median " << median(medians) << " us, largest "
            << texts.back().first << " us, " << over << " at 100 us or more\n";
  for (auto one = texts.rbegin(); one != texts.rend() && one - texts.rbegin() < 5; ++one) {
    std::cout << one->first << " us  " << one->second.substr(0, 120) << "\n";
  }
  return 0;
}
