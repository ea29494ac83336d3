#include "rewriter/databases.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "rewriter/definitions/identifiers.hpp"

namespace occam::rewriter {
namespace {

// One statement under another name: PostgreSQL's tag for it, and its errors.
struct Renamed {
  std::string text;
  std::string tag;
  std::string code;       // what the server says ...
  std::string told_code;  // ... and what the client is told
  std::string told_message;
};

class RenamedSteps : public Steps {
 public:
  explicit RenamedSteps(Renamed renamed) : renamed_(std::move(renamed)) {}

  Order begin() override { return Order::run(renamed_.text); }

  Order next(const Outcome& outcome) override {
    if (!outcome.failed()) return Order::complete(renamed_.tag);
    Outcome error = outcome;
    if (outcome.code == renamed_.code) {
      error.code = renamed_.told_code;
      error.message = renamed_.told_message;
    } else if (outcome.code == "54000" && outcome.hint.empty()) {
      error.hint =
          "Every database is a schema of Aurora DSQL's one database, which holds 10. Drop one.";
    }
    return Order::fail(std::move(error));
  }

 private:
  Renamed renamed_;
};

class RenamedPlan : public StepPlan {
 public:
  explicit RenamedPlan(Renamed renamed) : renamed_(std::move(renamed)) {}
  std::unique_ptr<Steps> start() const override { return std::make_unique<RenamedSteps>(renamed_); }
  std::vector<std::string> texts() const override { return {renamed_.text}; }

 private:
  Renamed renamed_;
};

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

// What a schema of the one database is like anyway (facts/dsql.md §3.5: UTF8, C).
bool has_no_effect(Node option) {
  const std::string_view name = option.text("defname");
  const Node argument = option.at("arg");
  const std::string value =
      lower(argument.type() == "Integer" ? std::string_view() : argument.text("sval"));
  const auto is = [&value](std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), value) != words.end();
  };
  if (!argument || name == "owner" || name == "strategy") return true;  // DEFAULT, or a role
  if (name == "template") return is({"template0", "template1"});
  if (name == "encoding") return is({"utf8", "utf-8", "unicode"});
  if (name == "locale" || name == "lc_collate" || name == "lc_ctype") {
    return is({"c", "posix", "c.utf8", "c.utf-8"});
  }
  return false;
}

void refuse(Translation& translation, std::string message, std::string hint) {
  translation.refusal =
      std::make_unique<Refusal>(Refusal{"0A000", std::move(message), std::move(hint)});
}

void create(Node statement, Translation& translation) {
  const std::string name(statement.text("dbname"));
  if (name == "$user") {  // a search_path reads it as the user's name, however it is quoted
    return refuse(translation, "a database cannot be called $user on Aurora DSQL",
                  "Take another name.");
  }
  for (Node option = statement.at("options").first(); option; option = option.next()) {
    if (has_no_effect(option)) continue;
    return refuse(
        translation,
        "CREATE DATABASE with " + std::string(option.text("defname")) +
            " is not supported by Aurora DSQL",
        "A database is a schema there, in UTF8 and the C collation. Leave the option out.");
  }
  translation.plan = std::make_unique<RenamedPlan>(
      Renamed{"CREATE SCHEMA " + quote_ident(name), "CREATE DATABASE", "42P06", "42P04",
              "database \"" + name + "\" already exists"});
  translation.changes.push_back({"database", "CREATE DATABASE", "CREATE SCHEMA",
                                 "Aurora DSQL has one database; each of the client's is a schema "
                                 "of it, and who connects to one gets that search_path",
                                 false});
}

bool is_the_servers(std::string_view name) {
  constexpr auto own = std::to_array<std::string_view>(
      {"postgres", "public", "sys", "information_schema", "template0", "template1"});
  return name.starts_with("pg_") || std::find(own.begin(), own.end(), name) != own.end();
}

void drop(Node statement, Translation& translation) {
  const std::string name(statement.text("dbname"));
  if (is_the_servers(name)) {
    return refuse(translation, "database \"" + name + "\" is Aurora DSQL's own",
                  "Drop the tables in it instead.");
  }
  const std::string if_exists = statement.flag("missing_ok") ? "IF EXISTS " : "";
  translation.plan = std::make_unique<RenamedPlan>(
      Renamed{"DROP SCHEMA " + if_exists + quote_ident(name) + " CASCADE", "DROP DATABASE", "3F000",
              "3D000", "database \"" + name + "\" does not exist"});
  translation.changes.push_back({"database", "DROP DATABASE", "DROP SCHEMA ... CASCADE",
                                 "the client's database is a schema of Aurora DSQL's one database",
                                 false});
}

bool reads_the_catalog(Node statement) {
  bool found = false;
  walk(statement, [&](Node node) {
    found = found || node.text("schemaname") == "information_schema" ||
            node.text("schemaname") == "pg_catalog" || node.text("relname").starts_with("pg_");
    return !found;
  });
  return found;
}

// column = 'public', either way round; the literal.
Node compared_with_public(Node expression) {
  if (expression.type() != "A_Expr" || expression.text("kind") != "AEXPR_OP" ||
      expression.at("name").first().text("sval") != "=") {
    return {};
  }
  constexpr auto columns = std::to_array<std::string_view>({"table_schema", "schemaname"});
  for (const auto& [column, literal] :
       {std::pair{expression.at("lexpr"), expression.at("rexpr")},
        std::pair{expression.at("rexpr"), expression.at("lexpr")}}) {
    if (column.type() != "ColumnRef" || literal.type() != "A_Const") continue;
    Node last = column.at("fields").first();
    while (last.next()) last = last.next();
    const bool of_schema =
        std::find(columns.begin(), columns.end(), last.text("sval")) != columns.end();
    if (of_schema && literal.at("sval").text("sval") == "public") return literal;
  }
  return {};
}

// The tables of schema public are what a client means by the tables of its database.
void listing(Node statement, const Reading& reading, Translation& translation) {
  if (reading.text.find("'public'") == std::string::npos || !reads_the_catalog(statement)) return;
  walk(statement, [&](Node node) {
    const Node literal = compared_with_public(node);
    if (!literal) return true;
    const auto begin = static_cast<std::size_t>(literal.number("location"));
    const auto token = std::find_if(reading.tokens.begin(), reading.tokens.end(),
                                    [&](const Token& one) { return one.begin == begin; });
    if (token == reading.tokens.end()) return true;
    translation.edits.replace(token->begin, token->end, "current_schema()");
    translation.expected[literal.id()] = Substitution::trust();
    translation.changes.push_back({"current_schema", "'public'", "current_schema()",
                                   "the tables of the client's database are in the schema of its "
                                   "name; in database postgres that is public",
                                   false});
    return true;
  });
}

}  // namespace

Translation translate_databases(const Reading& reading, const RewriterOptions&) {
  Translation translation;
  for (const Node statement : reading.tree.statements()) {
    const std::string_view type = statement.type();
    if (type == "CreatedbStmt") {
      create(statement, translation);
    } else if (type == "DropdbStmt") {
      drop(statement, translation);
    } else if (type == "AlterDatabaseStmt" || type == "AlterDatabaseSetStmt" ||
               type == "AlterDatabaseRefreshCollStmt") {
      refuse(translation, "ALTER DATABASE is not supported by Aurora DSQL",
             "Set it for the session, or for a role.");
    } else {
      listing(statement, reading, translation);
    }
  }
  return translation;
}

}  // namespace occam::rewriter
