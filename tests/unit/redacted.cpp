#include "rewriter/redacted.hpp"

#include <catch2/catch.hpp>

namespace occam::rewriter {
namespace {

TEST_CASE("redacted: no value that a client wrote is left") {
  CHECK(redacted("SELECT a FROM t WHERE k = $1 FOR SHARE") ==
        "SELECT a FROM t WHERE k = $1 FOR SHARE");
  CHECK(redacted("SELECT 'it''s', E'a\\'b', $$x$$,  B'01', 1, -2.5e3 /* c */ FROM t -- d") ==
        "SELECT ?, ?, ?,  ?, ?, -?  FROM t ");
  CHECK(redacted("SELECT \"Name\" FROM t") == "SELECT \"Name\" FROM t");
  CHECK(redacted("SELECT 'unclosed").empty());
  CHECK(redacted("SELECT U&'d''e' UESCAPE '!', a") == "SELECT ? UESCAPE ?, a");
  CHECK(redacted("").empty());
}

}  // namespace
}  // namespace occam::rewriter
