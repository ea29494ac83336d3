// What the statements of a text are taken for where they reach the server as they come. For tests
// under Catch2: a text that cannot be parsed fails the test.
#pragma once

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "rewriter/rewriter.hpp"

namespace occam::rewriter {

inline std::vector<Statement> read_statements(const std::string& sql) {
  RewriterOptions options;
  options.server = Server::postgresql;  // as they come, not as DSQL takes them
  Rewriter rewriter(options);
  const auto done = rewriter.rewrite(sql);
  INFO(sql);
  REQUIRE(done->parsed);
  return done->statements;
}

inline Statement only_statement(const std::string& sql) {
  const auto statements = read_statements(sql);
  INFO(sql);
  REQUIRE(statements.size() == 1);
  return statements.front();
}

}  // namespace occam::rewriter
