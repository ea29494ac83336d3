// tests/golden/rewrite/*.sql: what each text becomes, as files that need no C++ to be read.
// Lines that begin with # come first: a remark, or `# rules FILE`, `# rule TABLE SHARE`,
// `# keys TABLE: columns; binary keys`, `# dialect 2025`, `# server postgresql`, `# key share
// proven`. Then input, ----, output, ----, one line per change, refusal and statement, and what the
// relay is told of single rows. UPDATE_GOLDEN=1 rewrites the files; the diff is the review.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "rewriter/rewriter.hpp"

#include "config/table_rules.hpp"

namespace occam::rewriter {
namespace {

const std::filesystem::path root = OCCAM_SOURCE_DIR;
const std::string separator = "\n----\n";

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Golden {
  std::string head;  // the # lines
  std::string input;
  std::string output;
  std::string findings;
  RewriterOptions options;
};

void read_option(const std::string& line, RewriterOptions& options) {
  std::istringstream words(line);
  std::string hash, key, name, share;
  words >> hash >> key >> name >> share;
  if (key == "rules" && share.empty()) {
    const auto parsed = config::parse_table_rules(read_file(root / name), name);
    REQUIRE(parsed.mistakes.empty());
    options.rules = parsed.rules;
  } else if (key == "rule") {
    const auto parsed = config::parse_table_rules(
        "tables: {\"" + name + "\": {share: " + share + ", reason: because}}", "golden");
    REQUIRE(parsed.mistakes.empty());
    options.rules.tables.insert(parsed.rules.tables.begin(), parsed.rules.tables.end());
  } else if (key == "keys") {
    const std::string table = name.substr(0, name.size() - 1);
    const std::size_t colon = line.find(':');
    const std::size_t semicolon = line.find(';');
    const auto parsed = config::parse_table_rules(
        "tables: {\"" + table + "\": {columns: [" + line.substr(colon + 1, semicolon - colon - 1) +
            "], binary_keys: [" + line.substr(semicolon + 1) + "], reason: because}}",
        "golden");
    REQUIRE(parsed.mistakes.empty());
    options.rules.tables.insert(parsed.rules.tables.begin(), parsed.rules.tables.end());
  } else if (line == "# dialect 2025") {
    options.dialect = Dialect::dsql_2025;
  } else if (line == "# server postgresql") {
    options.server = Server::postgresql;
  } else if (line == "# key share proven") {
    options.key_share_proven = true;
  }
}

Golden read_golden(const std::string& text) {
  Golden golden;
  std::size_t at = 0;
  while (at < text.size() && text[at] == '#') {
    const std::size_t end = text.find('\n', at);
    read_option(text.substr(at, end - at), golden.options);
    at = end + 1;
  }
  golden.head = text.substr(0, at);
  const std::size_t first = text.find(separator, at);
  if (first == std::string::npos) {  // a new file: the input alone
    golden.input = text.substr(at, text.find_last_not_of('\n') + 1 - at);
    return golden;
  }
  golden.input = text.substr(at, first - at);
  const std::size_t output = first + separator.size();
  const std::size_t second = text.find(separator, output);
  REQUIRE(second != std::string::npos);
  golden.output = text.substr(output, second - output);
  golden.findings = text.substr(second + separator.size());
  return golden;
}

std::string one_line(std::string text) {
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos;) {
    text.replace(at, 1, "\\n");
  }
  return text;
}

std::string words(const ValueSource& value) {
  if (value.kind == ValueSource::Kind::literal) return "'" + value.literal + "'";
  const bool bound = value.kind == ValueSource::Kind::parameter;
  return (bound ? "$" : "column ") + std::to_string(value.number);
}

std::string words(const SettingChange& change) {
  switch (change.kind) {
    case SettingChange::Kind::set:
      return "sets " + change.name + ": " + one_line(change.sql);
    case SettingChange::Kind::reset:
      return "resets " + change.name;
    case SettingChange::Kind::reset_all:
      return "resets all settings";
    case SettingChange::Kind::discard_all:
      return "resets all settings at once";
    case SettingChange::Kind::local:
      break;
  }
  return "sets locally";
}

void describe(const RowAccess& access, const std::string& text, std::ostream& out) {
  for (const RowKey& row : access.rows) {
    out << (access.kind == RowAccess::Kind::read     ? "reads "
            : access.kind == RowAccess::Kind::locked ? "locks "
                                                     : "writes ")
        << row.table << " (";
    for (std::size_t i = 0; i < row.key.size(); ++i) out << (i ? ", " : "") << words(row.key[i]);
    out << ")" << (row.version ? " version " + words(*row.version) : "")
        << (access.locks_first ? ", locked first" : "") << "\n";
    out << "  lock " << row.lock << "\n";
    if (!row.check.empty()) out << "  check " << row.check << "\n";
  }
  if (access.hidden == 0) return;
  out << "  parse, version $" << access.hidden << ": " << one_line(access.parse_text) << "\n";
  std::string query = text;
  query.insert(access.literal_at, access.literal_before + "'?'" + access.literal_after);
  out << "  query " << one_line(query) << "\n";
}

std::string findings_of(const Rewrite& rewrite) {
  std::ostringstream out;
  if (!rewrite.parsed) out << "not parsed\n";
  if (rewrite.refusal) {
    out << "refused " << rewrite.refusal->code << " " << rewrite.refusal->message << "\n"
        << "hint " << rewrite.refusal->hint << "\n";
  }
  for (const Change& change : rewrite.changes) {
    out << (change.weakens ? "weakened " : "change ") << change.rule << ": "
        << one_line(change.before) << " -> " << one_line(change.after) << "\n";
  }
  for (const Statement& statement : rewrite.statements) {
    out << "statement " << name(statement.kind);
    if (!statement.name.empty()) out << " " << statement.name;
    for (const std::string& table : statement.tables) out << " " << table;
    if (statement.locks) out << " (locks)";
    if (statement.holds_session_state) out << " (holds session state)";
    if (statement.setting) out << ", " << words(*statement.setting);
    out << "\n";
  }
  if (rewrite.rows) describe(*rewrite.rows, rewrite.text, out);
  return out.str();
}

}  // namespace

TEST_CASE("golden rewrites") {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(root / "tests/golden/rewrite")) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  REQUIRE(files.size() > 20);
  for (const auto& file : files) {
    DYNAMIC_SECTION(file.filename().string()) {
      const Golden golden = read_golden(read_file(file));
      Rewriter rewriter(golden.options);
      const auto done = rewriter.rewrite(golden.input);
      const std::string findings = findings_of(*done);
      if (std::getenv("UPDATE_GOLDEN") != nullptr) {
        std::ofstream(file, std::ios::binary)
            << golden.head << golden.input << separator << done->text << separator << findings;
        continue;
      }
      CHECK(done->text == golden.output);
      CHECK(findings == golden.findings);
      // Binary keys are translated once: what is sent has the same columns in another form.
      const bool keys =
          std::any_of(done->changes.begin(), done->changes.end(),
                      [](const Change& change) { return change.rule.starts_with("binary_key_"); });
      if (!keys) CHECK(rewriter.rewrite(done->text)->text == done->text);
    }
  }
}

}  // namespace occam::rewriter
