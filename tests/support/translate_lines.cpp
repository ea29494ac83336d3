// Each line of standard input is a JSON string of SQL; for each, one line of JSON: what would be
// sent, and the refusal's SQLSTATE and message if it is refused.   translate_lines RULES.yaml
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include <nlohmann/json.hpp>

#include "rewriter/rewriter.hpp"

#include "config/table_rules.hpp"

int main(int count, char** arguments) {
  using namespace occam;
  if (count != 2) {
    std::cerr << "translate_lines: takes the file of table rules\n";
    return 2;
  }
  std::ifstream file(arguments[1]);
  const std::string yaml{std::istreambuf_iterator<char>(file), {}};
  auto parsed = config::parse_table_rules(yaml, arguments[1]);
  for (const auto& mistake : parsed.mistakes) std::cerr << mistake.text << "\n";
  if (!parsed.mistakes.empty()) return 1;
  rewriter::RewriterOptions options;
  options.rules = std::move(parsed.rules);
  options.cache_bytes = 0;
  rewriter::Rewriter rewriter(options);
  for (std::string line; std::getline(std::cin, line);) {
    const auto text = nlohmann::json::parse(line).get<std::string>();
    const auto done = rewriter.rewrite(text);
    nlohmann::json answer{{"text", done->text}};
    if (done->refusal) {
      answer["refused"] = {done->refusal->code, done->refusal->message};
    }
    std::cout << answer.dump() << std::endl;
  }
  return 0;
}
