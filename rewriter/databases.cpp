#include "rewriter/databases.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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
  std::string look;  // asked before, if not empty: a row says that the session is in the database
};

class RenamedSteps : public Steps {
 public:
  explicit RenamedSteps(Renamed renamed)
      : renamed_(std::move(renamed)), looks_(!renamed_.look.empty()) {}

  Order begin() override { return Order::run(looks_ ? renamed_.look : renamed_.text); }

  Order next(const Outcome& outcome) override {
    if (std::exchange(looks_, false)) {
      // The look is a safeguard: a server that does not answer it drops what it is told to.
      return outcome.rows.empty() ? Order::run(renamed_.text) : Order::fail(currently_open());
    }
    const bool done = outcome.repeated && outcome.code == renamed_.code;
    if (!outcome.failed() || done) return Order::complete(renamed_.tag);
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

  static std::vector<std::string> texts(const Renamed& renamed) {
    if (renamed.look.empty()) return {renamed.text};
    return {renamed.look, renamed.text};
  }

 private:
  static Outcome currently_open() {
    return Outcome::error("55006", "cannot drop the currently open database",
                          "Connect to another one, such as postgres, and drop it there.");
  }

  Renamed renamed_;
  bool looks_;
};

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

std::vector<Token>::const_iterator token_from(const Reading& reading, std::int64_t location) {
  return std::lower_bound(reading.tokens.begin(), reading.tokens.end(),
                          static_cast<std::size_t>(location),
                          [](const Token& one, std::size_t at) { return one.begin < at; });
}

// CONNECTION LIMIT [=] -1: the tree has lost the value of a negative number (proof.hpp).
bool has_minus(Node option, const Reading& reading) {
  auto token = token_from(reading, option.number("location"));
  for (int i = 0; i < 4 && token != reading.tokens.end(); ++i, ++token) {
    if (reading.text[token->begin] == '-' && token->kind != TokenKind::comment) return true;
  }
  return false;
}

// What a schema of the one database is like anyway (facts/dsql.md §3.5: UTF8, C).
bool has_no_effect(Node option, const Reading& reading) {
  const std::string_view name = option.text("defname");
  const Node argument = option.at("arg");
  if (!argument || name == "owner" || name == "strategy") return true;  // DEFAULT, or a role
  std::string value = lower(argument.text("sval"));
  if (argument.type() == "Integer") value = std::to_string(argument.number("ival"));
  const auto is = [&value](std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), value) != words.end();
  };
  if (name == "template") return is({"template0", "template1"});
  if (name == "encoding") return is({"utf8", "utf-8", "unicode", "6"});
  if (name == "locale" || name == "lc_collate" || name == "lc_ctype") {
    return is({"c", "posix", "c.utf8", "c.utf-8"});
  }
  if (name == "locale_provider") return is({"libc"});
  if (name == "tablespace") return is({"pg_default"});
  if (name == "allow_connections") return is({"true", "on", "1"});
  if (name == "is_template") return is({"false", "off", "0"});
  return name == "connection_limit" && has_minus(option, reading);  // -1: no limit
}

void refuse(Translation& translation, std::string message, std::string hint) {
  translation.refusal =
      std::make_unique<Refusal>(Refusal{"0A000", std::move(message), std::move(hint)});
}

bool is_one_of(std::initializer_list<std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void create(Node statement, const Reading& reading, Translation& translation) {
  const std::string name(statement.text("dbname"));
  if (is_one_of({"postgres", "template0", "template1"}, name)) {
    translation.refusal = std::make_unique<Refusal>(
        Refusal{"42P04", "database \"" + name + "\" already exists",
                "It is Aurora DSQL's own. Take another name, or connect to database postgres."});
    return;
  }
  if (name == "$user") {  // a search_path reads it as the user's name, however it is quoted
    return refuse(translation, "a database cannot be called $user on Aurora DSQL",
                  "Take another name.");
  }
  for (Node option = statement.at("options").first(); option; option = option.next()) {
    if (has_no_effect(option, reading)) continue;
    return refuse(
        translation,
        "CREATE DATABASE with " + std::string(option.text("defname")) +
            " is not supported by Aurora DSQL",
        "A database is a schema there, in UTF8 and the C collation. Leave the option out.");
  }
  translation.plan = std::make_unique<PlanOf<RenamedSteps, Renamed>>(
      Renamed{"CREATE SCHEMA " + quote_ident(name), "CREATE DATABASE", "42P06", "42P04",
              "database \"" + name + "\" already exists", ""});
  translation.changes.push_back({"database", "CREATE DATABASE", "CREATE SCHEMA",
                                 "Aurora DSQL has one database; each of the client's is a schema "
                                 "of it, and who connects to one gets that search_path",
                                 false});
}

bool is_the_servers(std::string_view name) {
  return name.starts_with("pg_") ||
         is_one_of({"postgres", "public", "sys", "information_schema", "template0", "template1"},
                   name);
}

// Whether the session started in this database: RESET would lead there (database_schema.hpp).
std::string look_whether_open(const std::string& name) {
  std::string quoted = "\"";
  for (const char c : name) quoted.append(c == '"' ? 2 : 1, c);
  return "SELECT 1 FROM pg_catalog.pg_settings WHERE name = 'search_path' AND reset_val = " +
         quote_literal(quoted + '"');
}

void drop(Node statement, Translation& translation) {
  const std::string name(statement.text("dbname"));
  if (is_the_servers(name)) {
    return refuse(translation, "database \"" + name + "\" is Aurora DSQL's own",
                  "Drop the tables in it instead.");
  }
  const std::string if_exists = statement.flag("missing_ok") ? "IF EXISTS " : "";
  translation.plan = std::make_unique<PlanOf<RenamedSteps, Renamed>>(
      Renamed{"DROP SCHEMA " + if_exists + quote_ident(name) + " CASCADE", "DROP DATABASE", "3F000",
              "3D000", "database \"" + name + "\" does not exist", look_whether_open(name)});
  translation.changes.push_back({"database", "DROP DATABASE", "DROP SCHEMA ... CASCADE",
                                 "the client's database is a schema of Aurora DSQL's one database",
                                 false});
}

// What changes, grants or describes a database: its name, if it is one of the client's.
std::string_view database_concerned(Node statement) {
  const std::string_view type = statement.type();
  if (type.starts_with("AlterDatabase")) return statement.text("dbname");
  for (const char* field : {"objtype", "objectType", "renameType"}) {
    if (statement.text(field) != "OBJECT_DATABASE") continue;
    if (type == "RenameStmt") return statement.text("subname");
    if (type != "GrantStmt") return statement.at("object").text("sval");
    for (Node one = statement.at("objects").first(); one; one = one.next()) {
      if (one.text("sval") != "postgres") return one.text("sval");
    }
  }
  return {};
}

void refuse_other(Node statement, Translation& translation) {
  if (statement.type().starts_with("AlterDatabase")) {
    return refuse(translation, "ALTER DATABASE is not supported by Aurora DSQL",
                  "Set it for the session, or for a role.");
  }
  const std::string name(database_concerned(statement));
  refuse(
      translation, "changing database \"" + name + "\" is not supported by Aurora DSQL",
      "A database is a schema there. Leave the statement out; rights are granted by GRANT ... ON "
      "SCHEMA " +
          quote_ident(name) + ".");
}

}  // namespace

Translation translate_databases(const Reading& reading, const RewriterOptions&) {
  Translation translation;
  for (const Node statement : reading.tree.statements()) {
    const std::string_view type = statement.type();
    if (type == "CreatedbStmt") {
      create(statement, reading, translation);
    } else if (type == "DropdbStmt") {
      drop(statement, translation);
    } else if (const auto name = database_concerned(statement);
               !name.empty() && (name != "postgres" || type.starts_with("AlterDatabase"))) {
      refuse_other(statement, translation);
    }
  }
  return translation;
}

}  // namespace occam::rewriter
