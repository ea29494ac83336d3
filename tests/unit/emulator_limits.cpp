// What one transaction may do, and in which words it is told that it did more (facts/dsql.md §2,
// §3.2).
#include <catch2/catch.hpp>

#include "emulator/rules/limits.hpp"
#include "emulator/rules/transaction_rules.hpp"
#include "emulator/statement/statement.hpp"

using namespace emulator;
using std::chrono::milliseconds;

namespace {

Statement statement(const char* sql) { return parse(sql).statements.at(0); }

std::string message(const std::optional<Refusal>& refusal) {
  return refusal ? refusal->code + " " + refusal->message : "";
}

}  // namespace

TEST_CASE("limits are lowered by name, and by nothing else") {
  Limits limits;
  CHECK(set_limit(limits, "rows=7"));
  CHECK(limits.rows == 7);
  CHECK(set_limit(limits, "age_ms=1"));
  for (const char* wrong : {"", "rows", "rows=", "rows=0", "rows=-1", "rows=x", "rows=1x",
                            "colour=1", "=1", "rows=99999999999999999999"})
    CHECK_FALSE(set_limit(limits, wrong));
  CHECK(limits.rows == 7);
}

TEST_CASE("a limit itself is allowed, one more is not") {
  const Limits limits;
  CHECK(refuse_rows(3'000, limits) == std::nullopt);
  CHECK(message(refuse_rows(3'001, limits)) == "54000 transaction row limit exceeded");
  CHECK(refuse_bytes(10 << 20, limits) == std::nullopt);
  const auto bytes = refuse_bytes((10 << 20) + 1, limits);
  CHECK(message(bytes) == "54000 transaction size limit 10mb exceeded");
  CHECK(bytes->detail == "Current transaction size 11mb > 10mb");
  CHECK(refuse_age(milliseconds(300'000), limits) == std::nullopt);
  const auto age = refuse_age(milliseconds(300'001), limits);
  CHECK(message(age) == "54000 transaction age limit of 300s exceeded");
  CHECK(age->detail == "Current transaction age 301s exceeds 300s");
  CHECK(refuse_indexes(24, limits) == std::nullopt);
  CHECK(message(refuse_indexes(25, limits)) ==
        "54000 more than 24 indexes per table are not allowed");
}

TEST_CASE("of a row that is too large in several ways the column is told first") {
  const Limits limits;
  CHECK(refuse_sizes({1 << 20, "text", 2 << 20, 1'981}, limits) == std::nullopt);
  CHECK(message(refuse_sizes({(1 << 20) + 1, "bytea", 3 << 20, 5'000}, limits)) ==
        "54000 datatype limit greater than 1048576 bytes not supported for bytea");
  CHECK(message(refuse_sizes({10, "text", 3 << 20, 5'000}, limits)) == "54000 key size too large");
  CHECK(message(refuse_sizes({10, "text", (2 << 20) + 1, 10}, limits)) ==
        "54000 maximum row size exceeded");
}

TEST_CASE("objects are counted by the statement that makes them") {
  CHECK(refuse_objects("CreateSchema", 10) == std::nullopt);
  CHECK(message(refuse_objects("CreateSchema", 11)) == "54000 more than 10 schemas not allowed");
  CHECK(message(refuse_objects("Create", 1'001)) ==
        "54000 creating more than 1000 tables not allowed");
  CHECK(refuse_objects("Index", 1'000'000) == std::nullopt);
}

TEST_CASE("rows are read from tags") {
  CHECK(rows_changed("INSERT 0 12") == 12);
  CHECK(rows_changed("UPDATE 3") == 3);
  CHECK(rows_changed("DELETE 0") == 0);
  CHECK(rows_changed("SELECT 7") == 0);
  CHECK(rows_told("SELECT 7") == 7);
  CHECK(rows_told("CREATE TABLE") == 0);
  CHECK(rows_told("") == 0);
}

TEST_CASE("rows add up over the statements of a transaction, and not beyond it") {
  Limits limits;
  limits.rows = 10;
  TransactionRules rules(limits);
  const TimePoint now{};
  rules.begin(now);
  CHECK(rules.ran(statement("UPDATE t SET v = 1"), "UPDATE 6") == std::nullopt);
  CHECK(rules.ran(statement("DELETE FROM t"), "DELETE 4") == std::nullopt);
  CHECK(message(rules.ran(statement("INSERT INTO t VALUES (1)"), "INSERT 0 1")) ==
        "54000 transaction row limit exceeded");
  rules.begin(now);
  CHECK(rules.ran(statement("DELETE FROM t"), "DELETE 10") == std::nullopt);
}

TEST_CASE("one definition in a transaction, and none with changes") {
  const Limits limits;
  TransactionRules rules(limits);
  const TimePoint now{};
  const auto create = statement("CREATE TABLE t (id int)");
  const auto insert = statement("INSERT INTO t VALUES (1)");
  const auto lock = statement("SELECT 1 FROM t FOR UPDATE");
  const auto read = statement("SELECT 1");
  rules.begin(now);
  CHECK(rules.objection(create, now) == std::nullopt);
  rules.ran(create, "CREATE TABLE");
  CHECK(message(rules.objection(create, now)) ==
        "0A000 multiple ddl statements not supported in a transaction");
  CHECK(message(rules.objection(insert, now)) ==
        "0A000 ddl and dml are not supported in the same transaction");
  CHECK(rules.objection(read, now) == std::nullopt);
  rules.begin(now);
  rules.ran(lock, "SELECT 1");
  CHECK(message(rules.objection(create, now)) ==
        "0A000 ddl and dml are not supported in the same transaction");
  CHECK(rules.objection(insert, now) == std::nullopt);
}

TEST_CASE("age counts from the transaction's begin, at a statement and at COMMIT") {
  Limits limits;
  limits.age_ms = 100;
  TransactionRules rules(limits);
  const TimePoint began{};
  rules.begin(began);
  CHECK(rules.objection(statement("SELECT 1"), began + milliseconds(100)) == std::nullopt);
  CHECK(message(rules.objection(statement("SELECT 1"), began + milliseconds(101))) ==
        "54000 transaction age limit of 300s exceeded");
  CHECK(message(rules.objection_to_commit(began + milliseconds(101))) ==
        "54000 transaction age limit of 300s exceeded");
}
