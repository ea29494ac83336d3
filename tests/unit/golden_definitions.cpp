// tests/golden/definitions/*.sql: what becomes of each definition, as files that need no C++ to be
// read. Lines that begin with # come first: a remark, or `# rules FILE`; config/temporal.yaml
// without. Then each statement, ----, what becomes of it, ====. UPDATE_GOLDEN=1 rewrites the files;
// the diff is the review.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "rewriter/definitions/unproven.hpp"
#include "rewriter/rewriter.hpp"

#include "config/table_rules.hpp"

namespace occam::rewriter {
namespace {

const std::filesystem::path root = OCCAM_SOURCE_DIR;

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Golden {
  std::string head;
  std::vector<std::string> statements;
  std::string rules = "config/temporal.yaml";
};

Golden read_golden(const std::string& text) {
  Golden golden;
  std::size_t at = 0;
  for (; at < text.size() && text[at] == '#'; at = text.find('\n', at) + 1) {
    const std::string line = text.substr(at, text.find('\n', at) - at);
    if (line.substr(0, 8) == "# rules ") golden.rules = line.substr(8);
  }
  golden.head = text.substr(0, at);
  while (at < text.size()) {
    const std::size_t end = text.find("\n----\n", at);
    const std::size_t next = text.find("====\n", at);
    REQUIRE(end < next);
    REQUIRE(next != std::string::npos);
    golden.statements.push_back(text.substr(at, end - at));
    at = next + 5;
  }
  return golden;
}

std::string outcome_of(const std::string& sql, const Rewrite& rewrite) {
  std::string out;
  if (rewrite.plan) {
    for (const auto& text : rewrite.plan->texts()) out += "step " + text + "\n";
  } else if (rewrite.refusal) {
    out += "refused " + rewrite.refusal->message + "\nhint " + rewrite.refusal->hint + "\n";
  } else {
    out += rewrite.text == sql ? "as it is\n" : rewrite.text + "\n";
  }
  for (const Change& change : rewrite.changes) out += "because " + change.rule + "\n";
  return out;
}

}  // namespace

TEST_CASE("golden definitions") {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(root / "tests/golden/definitions")) {
    if (entry.path().extension() == ".sql") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  REQUIRE(files.size() > 20);
  for (const auto& file : files) {
    DYNAMIC_SECTION(file.filename().string()) {
      const std::string wanted = read_file(file);
      const Golden golden = read_golden(wanted);
      const auto parsed = config::parse_table_rules(read_file(root / golden.rules), golden.rules);
      REQUIRE(parsed.mistakes.empty());
      RewriterOptions options;
      options.rules = parsed.rules;
      Rewriter rewriter(options);
      std::string found = golden.head;
      for (const auto& sql : golden.statements) {
        const auto done = rewriter.rewrite(sql);
        found += sql + "\n----\n" + outcome_of(sql, *done) + "====\n";
      }
      if (std::getenv("UPDATE_GOLDEN") != nullptr) {
        std::ofstream(file, std::ios::binary) << found;
        continue;
      }
      CHECK(found == wanted);
    }
  }
}

TEST_CASE("what is relied on and unproven is told to the reader") {
  const std::string page = read_file(root / "rewriter/README.md");
  for (const auto what : unproven_of_definitions) {
    INFO(what);
    CHECK(page.find("- " + std::string(what) + "\n") != std::string::npos);
  }
}

}  // namespace occam::rewriter
