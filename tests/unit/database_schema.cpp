// How a session is put into the schema of its database, whatever its name.
#include "proxy/upstream/database_schema.hpp"

#include <string>

#include <catch2/catch.hpp>

namespace occam::upstream {
namespace {

std::string question(const std::string& database) {
  std::string bytes;
  DatabaseSchema(database).ask(bytes);
  return bytes.substr(5, bytes.find(" AND nspname NOT IN") - 5);
}

const std::string asked = "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = E'";

}  // namespace

TEST_CASE("the search path is the name, quoted for SQL and for the options") {
  CHECK(search_path_option("x") == R"(-c search_path="x")");
  CHECK(search_path_option("A b") == R"(-c search_path="A\ b")");
  CHECK(search_path_option("a\"b") == R"(-c search_path="a""b")");
  CHECK(search_path_option("a\\b") == R"(-c search_path="a\\b")");
}

// The session's client_encoding is the client's to choose; the name's bytes are the server's.
TEST_CASE("the question is the same in every client encoding") {
  CHECK(question("Temporal_1") == asked + "Temporal_1'");
  CHECK(question("a'b\\c") == asked + R"(a\x27b\x5cc')");
  CHECK(question("\xc3\xa9") == asked + R"(\xc3\xa9')");
}

}  // namespace occam::upstream
