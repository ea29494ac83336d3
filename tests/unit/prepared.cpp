// A client's prepared statements, and those of a connection that several clients use.
#include "proxy/relay/prepared.hpp"

#include <catch2/catch.hpp>

#include "proxy/relay/upstream_statements.hpp"

using namespace occam::relay;

namespace {

std::shared_ptr<Definition> definition(const std::string& name, const std::string& parse) {
  auto made = std::make_shared<Definition>();
  made->name = name;
  made->parse = parse;
  return made;
}

}  // namespace

TEST_CASE("a client has what it has defined and not closed, the unnamed statement too") {
  Statements statements;
  const auto unnamed = definition("", "one");
  const auto named = definition("s", "two");
  statements.define(unnamed);
  CHECK(statements.find("") == unnamed);
  CHECK(statements.find("s") == nullptr);
  statements.define(named);
  statements.close("");
  CHECK(statements.find("") == nullptr);
  CHECK(statements.find("s") == named);
  statements.close("other");
  CHECK(statements.find("s") == named);
  statements.close("s");
  CHECK(statements.find("s") == nullptr);
  statements.define(unnamed);
  statements.define(named);
  statements.forget_all();
  CHECK(statements.find("") == nullptr);
  CHECK(statements.find("s") == nullptr);
}

TEST_CASE("clients that prepare the same on one connection share one definition") {
  UpstreamStatements upstream;
  const auto first = definition("s", "one");
  const auto same = definition("s", "one");
  CHECK(upstream.shared(first) == first);
  upstream.parsed(first);
  CHECK(upstream.shared(same) == first);
  SECTION("but not another text") {
    const auto other = definition("s", "two");
    CHECK(upstream.shared(other) == other);
  }
  SECTION("nor the same under another name") {
    const auto other = definition("t", "one");
    CHECK(upstream.shared(other) == other);
  }
  SECTION("nor what other rules have made the same of") {
    const auto other = definition("s", "one");
    other->rewrite = std::make_shared<occam::rewriter::Rewrite>();
    CHECK(upstream.shared(other) == other);
  }
  SECTION("nor one that binds another number of parameters") {
    const auto other = definition("s", "one");
    other->hides_parameter = true;
    CHECK(upstream.shared(other) == other);
  }
  SECTION("nor what nobody knows any more") {
    upstream.uncertain("s");
    CHECK(upstream.shared(same) == same);
  }
}
