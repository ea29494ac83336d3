// What DSQL refuses to define, as tables: SQL, SQLSTATE, text. Sources stand with the texts in
// emulator/rules/.
#include <catch2/catch.hpp>

#include "emulator/rules/rules.hpp"
#include "emulator/statement/statement.hpp"

using namespace emulator;

namespace {

// Table t has the key column id and columns named after their types.
Circumstances existing() {
  Circumstances circumstances;
  circumstances.primary_key = [](const std::string& table) {
    return table == "t" ? std::vector<std::string>{"id"} : std::vector<std::string>();
  };
  circumstances.primary_key_name = [](const std::string& table) { return table + "_pkey"; };
  circumstances.column_type = [](const std::string& table, const std::string& column) {
    return table == "t" ? column : std::string();
  };
  return circumstances;
}

// "SQLSTATE text" of the first refusal, empty if there is none.
std::string told(const std::string& sql, Dialect dialect = dialect_current,
                 const Circumstances& circumstances = existing()) {
  const auto parsed = parse(sql);
  for (const auto& statement : parsed.statements) {
    REQUIRE(statement.kind != Kind::unparsed);
    if (const auto refusal = refuse(statement, dialect, circumstances))
      return refusal->code + " " + refusal->message;
  }
  return {};
}

void check(const std::vector<std::pair<const char*, const char*>>& cases,
           Dialect dialect = dialect_current) {
  for (const auto& [sql, text] : cases) {
    INFO(sql);
    CHECK(told(sql, dialect) == text);
  }
}

// Before the day the text, from the day on nothing.
struct Dated {
  const char* sql;
  Dialect since;
  const char* text;
};
void check(const std::vector<Dated>& cases) {
  for (const auto& [sql, since, text] : cases) {
    INFO(sql);
    CHECK(told(sql, Dialect{since.day - 1}) == text);
    CHECK(told(sql, since).empty());
  }
}

std::string columns(int count, const char* last = "") {
  std::string sql = "CREATE TABLE n (c0 int";
  for (int i = 1; i < count; ++i) sql += ", c" + std::to_string(i) + " int";
  return sql + last + ")";
}

}  // namespace

TEST_CASE("forms of CREATE TABLE that DSQL does not have") {
  check({
      {"CREATE TEMP TABLE n (a int)",
       "0A000 TEMPORARY or TEMP table not supported for CREATE TABLE"},
      {"CREATE TABLE pg_temp.n (a int)",
       "0A000 TEMPORARY or TEMP table not supported for CREATE TABLE"},
      {"CREATE UNLOGGED TABLE n (a int)", "0A000 UNLOGGED table not supported for CREATE TABLE"},
      {"CREATE TABLE n (a int) PARTITION BY RANGE (a)",
       "0A000 PARTITION BY clause not supported for CREATE TABLE"},
      {"CREATE TABLE n PARTITION OF m FOR VALUES IN (1)",
       "0A000 PARTITION OF clause not supported for CREATE TABLE"},
      {"CREATE TABLE n (a int) INHERITS (m)",
       "0A000 INHERITS clause not supported for CREATE TABLE"},
      {"CREATE TABLE n OF m", "0A000 OF clause not supported for CREATE TABLE"},
      {"CREATE TABLE n (a int, EXCLUDE USING gist (a WITH =))",
       "0A000 EXCLUDE constraint not supported"},
  });
}

TEST_CASE("types that no column can have") {
  for (const char* type : {"money",       "xml",
                           "inet",        "cidr",
                           "macaddr",     "point",
                           "line",        "lseg",
                           "box",         "path",
                           "polygon",     "circle",
                           "tsvector",    "tsquery",
                           "int4range",   "tsrange",
                           "pg_lsn",      "bit",
                           "text[]",      "integer[]",
                           "bit varying", "character varying[]"}) {
    const std::string text = std::string("0A000 datatype ") + type + " not supported";
    INFO(type);
    CHECK(told(std::string("CREATE TABLE n (v ") + type + ")") == text);
    CHECK(told(std::string("ALTER TABLE t ADD COLUMN v ") + type) == text);
  }
  check({
      {"CREATE TABLE n (v int[])", "0A000 datatype integer[] not supported"},
      {"CREATE TABLE n (v bit(8))", "0A000 datatype bit not supported"},
      {"CREATE TABLE n (v varbit(8))", "0A000 datatype bit varying not supported"},
      {"CREATE TABLE n (id serial PRIMARY KEY)", "42704 type \"serial\" does not exist"},
      {"CREATE TABLE n (id bigserial)", "42704 type \"bigserial\" does not exist"},
      {"ALTER TABLE t ADD COLUMN n serial", "42704 type \"serial\" does not exist"},
      {"CREATE TABLE n (v char(4097))",
       "54000 Datatype limit greater than 4096 bytes not supported for char"},
      {"CREATE TABLE n (v varchar(65536))",
       "54000 Datatype limit greater than 65535 bytes not supported for varchar"},
      {"CREATE TABLE n (v char(4096), w varchar(65535))", ""},
      // PostgreSQL's to say whether there is such a type.
      {"CREATE TABLE n (v mood, w public.money)", ""},
  });
}

TEST_CASE("every type that can be stored passes") {
  check({
      {"CREATE TABLE n (a smallint, b integer, c bigint, d real, e double precision, f numeric, g "
       "numeric(18,6), h decimal(10,2), i character(10), j character varying(20), k bpchar(5), l "
       "text, m date, n time, o time with time zone, p timestamp, q timestamp with time zone, r "
       "interval, s boolean, t bytea, u uuid, v json, w jsonb)",
       ""},
      {"CREATE TABLE n (a int2, b int4, c int8, d float4, e float8, f bool, g varchar(5), h "
       "char(5), i dec, j timetz, k timestamptz)",
       ""},
  });
}

TEST_CASE("types that no key can have") {
  const std::pair<const char*, const char*> types[] = {{"bytea", "bytea"},
                                                       {"json", "json"},
                                                       {"jsonb", "jsonb"},
                                                       {"timetz", "time with time zone"},
                                                       {"interval", "interval"}};
  for (const auto& [type, shown] : types) {
    const auto text = std::string("0A000 datatype ") + shown + " is not supported in a key";
    const std::string column = std::string("k ") + type;
    INFO(type);
    CHECK(told("CREATE TABLE n (" + column + " PRIMARY KEY)") == text);
    CHECK(told("CREATE TABLE n (" + column + " UNIQUE)") == text);
    CHECK(told("CREATE TABLE n (a int, " + column + ", PRIMARY KEY (a, k))") == text);
    CHECK(told("CREATE TABLE n (a int, " + column + ", UNIQUE (a, k))") == text);
    CHECK(told("CREATE TABLE n (a int PRIMARY KEY, " + column + ")").empty());
    CHECK(told("CREATE TABLE n (a int, " + column + ", UNIQUE (a) INCLUDE (k))").empty());
    CHECK(told(std::string("CREATE INDEX ASYNC ON t (id, ") + type + ")") == text);
    CHECK(told(std::string("CREATE INDEX ASYNC ON t (id) INCLUDE (") + type + ")").empty());
    CHECK(told(std::string("CREATE INDEX ASYNC ON u (") + type + ")").empty());
  }
  check({{"CREATE TABLE n (k numeric PRIMARY KEY)", numeric_keys_since,
          "0A000 datatype numeric is not supported in a key"}});
}

TEST_CASE("keys and tables that are too wide") {
  const std::string eight = "(c0, c1, c2, c3, c4, c5, c6, c7)";
  const std::string nine = "(c0, c1, c2, c3, c4, c5, c6, c7, c8)";
  const auto text = "54011 more than 8 column keys in an index are not supported";
  CHECK(told(columns(9, (", PRIMARY KEY " + eight).c_str())).empty());
  CHECK(told(columns(9, (", PRIMARY KEY " + nine).c_str())) == text);
  CHECK(told(columns(9, (", UNIQUE " + nine).c_str())) == text);
  CHECK(told("CREATE INDEX ASYNC ON t " + eight).empty());
  CHECK(told("CREATE INDEX ASYNC ON t " + nine) == text);
  CHECK(told(columns(256)).empty());
  CHECK(told(columns(257)) == "54011 tables can have at most 255 columns");
  CHECK(told(columns(257, ", PRIMARY KEY (c0)")) ==
        "54011 cannot use more than 256 columns in an index");
}

TEST_CASE("constraints in CREATE TABLE") {
  check({
      {"CREATE TABLE n (a int, UNIQUE (a) DEFERRABLE)",
       "0A000 DEFERRABLE constraint not supported"},
      {"CREATE TABLE n (a int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED)",
       "0A000 DEFERRABLE constraint not supported"},
      {"CREATE TABLE n (a int CHECK (a > 0) DEFERRABLE)",
       "0A000 CHECK constraints cannot be marked DEFERRABLE"},
      {"CREATE TABLE n (a int UNIQUE INITIALLY DEFERRED)",
       "0A000 DEFERRABLE constraint not supported"},
      {"CREATE TABLE n (a int UNIQUE NOT DEFERRABLE, b int REFERENCES t DEFERRABLE INITIALLY "
       "DEFERRED, CHECK (a > 0), c int DEFAULT 1 NOT NULL, d int GENERATED ALWAYS AS (a + 1) "
       "STORED)",
       ""},
  });
  const auto no_foreign_keys = "0A000 FOREIGN KEY constraint not supported";
  check({
      {"CREATE TABLE n (a int REFERENCES t)", foreign_keys_since, no_foreign_keys},
      {"CREATE TABLE n (a int, FOREIGN KEY (a) REFERENCES t)", foreign_keys_since, no_foreign_keys},
      {"ALTER TABLE t ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES u NOT VALID", foreign_keys_since,
       no_foreign_keys},
      {"CREATE TABLE n (a json)", json_since, "0A000 datatype json not supported"},
      {"CREATE TABLE n (a jsonb)", jsonb_since, "0A000 datatype jsonb not supported"},
      {"CREATE TABLE n (a bigint GENERATED ALWAYS AS IDENTITY (CACHE 1))", sequences_since,
       "0A000 IDENTITY constraint not supported"},
  });
}

TEST_CASE("identity columns and sequences need a CACHE of one or very many, and bigint") {
  const auto identity =
      "0A000 identity column is not supported without an explicit cache size. please define CACHE "
      "greater than or equal to 65536 or equal to 1";
  const auto sequence =
      "0A000 CREATE SEQUENCE is not supported without an explicit cache size. please define CACHE "
      "greater than or equal to 65536 or equal to 1";
  check({
      {"CREATE TABLE n (a bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY)", identity},
      {"CREATE TABLE n (a int GENERATED ALWAYS AS IDENTITY)", identity},
      {"CREATE TABLE n (a bigint GENERATED BY DEFAULT AS IDENTITY (CACHE 65535))", identity},
      {"CREATE TABLE n (a integer GENERATED BY DEFAULT AS IDENTITY (CACHE 1))",
       "0A000 datatype integer not supported, identity column type must be bigint"},
      {"CREATE TABLE n (a smallint GENERATED BY DEFAULT AS IDENTITY (CACHE 1))",
       "0A000 datatype smallint not supported, identity column type must be bigint"},
      {"CREATE TABLE n (a bigint GENERATED BY DEFAULT AS IDENTITY (CACHE 1) PRIMARY KEY)", ""},
      {"CREATE TABLE n (a bigint GENERATED ALWAYS AS IDENTITY (CACHE 65536))", ""},
      {"CREATE SEQUENCE s", sequence},
      {"CREATE SEQUENCE s CACHE 2", sequence},
      {"CREATE SEQUENCE s CACHE 1", ""},
      {"CREATE SEQUENCE s START 5 CACHE 99999999999", ""},
      {"CREATE SEQUENCE s AS bigint CACHE 65536", ""},
      {"CREATE SEQUENCE s AS integer CACHE 1",
       "0A000 datatype integer not supported, sequence type must be bigint"},
      {"ALTER TABLE t ALTER id ADD GENERATED ALWAYS AS IDENTITY", identity},
      {"ALTER TABLE t ALTER id ADD GENERATED ALWAYS AS IDENTITY (CACHE 1)", ""},
      {"ALTER TABLE t ALTER id SET CACHE 5", identity},
      {"ALTER TABLE t ALTER id RESTART, ALTER id SET GENERATED ALWAYS, ALTER id DROP IDENTITY", ""},
  });
}

TEST_CASE("the first fault of CREATE INDEX that DSQL finds") {
  const auto mode = "0A000 unsupported mode. please use CREATE INDEX ASYNC.";
  check({
      {"CREATE INDEX i ON t (id)", mode},
      {"CREATE UNIQUE INDEX IF NOT EXISTS i ON t (id DESC)", mode},
      {"CREATE INDEX CONCURRENTLY i ON t USING btree (id)",
       "0A000 CONCURRENTLY not supported for CREATE INDEX"},
      {"CREATE INDEX i ON t USING btree (id)", "0A000 USING not supported for CREATE INDEX"},
      {"CREATE INDEX ASYNC i ON t USING gin (id DESC)",
       "0A000 USING not supported for CREATE INDEX"},
      {"CREATE INDEX ASYNC i ON t (id DESC)",
       "0A000 specifying sort order not supported for index keys"},
      {"CREATE INDEX ASYNC i ON t (id ASC)",
       "0A000 specifying sort order not supported for index keys"},
      {"CREATE INDEX ASYNC i ON t (id text_ops)", "0A000 opclass not supported for index keys"},
      {"CREATE INDEX ASYNC i ON t (id) INCLUDE ((lower(a)))",
       "0A000 expressions are not supported in included columns"},
      {"CREATE UNIQUE INDEX ASYNC IF NOT EXISTS i ON t (id NULLS FIRST, lower(a)) INCLUDE (b) "
       "NULLS "
       "NOT DISTINCT WHERE a > 1",
       ""},
      {"BEGIN; CREATE INDEX ASYNC i ON t (id); COMMIT", ""},
  });
  check({
      {"CREATE INDEX ASYNC i ON t (id) WHERE a > 1", partial_indexes_since,
       "0A000 WHERE not supported for CREATE INDEX"},
      {"CREATE INDEX ASYNC i ON t (lower(a))", expression_indexes_since,
       "0A000 expressions not supported for index keys"},
  });
  // The clause is found fault with before the mode.
  CHECK(told("CREATE INDEX i ON t (id) WHERE a > 1", dialect_2026_08) ==
        "0A000 WHERE not supported for CREATE INDEX");
  auto switched = existing();
  switched.sync_indexes = true;
  CHECK(told("CREATE INDEX i ON t (id)", dialect_current, switched).empty());
  CHECK(told("CREATE INDEX i ON t (bytea)", dialect_current, switched) ==
        "0A000 datatype bytea is not supported in a key");
}

TEST_CASE("actions of ALTER TABLE that DSQL does not have") {
  const auto action = [](const char* what) {
    return std::string("0A000 unsupported ALTER TABLE ") + what + " statement";
  };
  const std::pair<const char*, const char*> cases[] = {
      {"ALTER COLUMN a TYPE xml", "ALTER COLUMN ... SET DATA TYPE"},
      {"ALTER COLUMN a SET DATA TYPE varchar(20)", "ALTER COLUMN ... SET DATA TYPE"},
      {"ALTER COLUMN a SET NOT NULL", "ALTER COLUMN ... SET NOT NULL"},
      {"ALTER COLUMN a SET STATISTICS 5", "ALTER COLUMN ... SET STATISTICS"},
      {"ADD CONSTRAINT c PRIMARY KEY (a)", "ADD CONSTRAINT"},
      {"ADD UNIQUE (a)", "ADD CONSTRAINT"},
      {"ADD CONSTRAINT c CHECK (a > 0)", "ADD CONSTRAINT"},
      {"ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES u", "ADD CONSTRAINT"},
      {"ADD CONSTRAINT c EXCLUDE USING gist (a WITH =)", "ADD CONSTRAINT"},
      {"ADD CONSTRAINT c PRIMARY KEY USING INDEX i", "ADD CONSTRAINT"},
      {"VALIDATE CONSTRAINT c", "VALIDATE CONSTRAINT"},
      {"DROP CONSTRAINT t_pkey", "DROP CONSTRAINT"},
      {"ENABLE ROW LEVEL SECURITY", "ENABLE ROW SECURITY"},
      {"SET (fillfactor = 70)", "SET"},
      {"ATTACH PARTITION p FOR VALUES IN (1)", "ATTACH PARTITION"},
      {"ADD COLUMN b int, ALTER COLUMN a SET NOT NULL", "ALTER COLUMN ... SET NOT NULL"},
  };
  for (const auto& [sql, what] : cases) {
    INFO(sql);
    CHECK(told(std::string("ALTER TABLE t ") + sql) == action(what));
  }
  CHECK(told("ALTER TABLE ASYNC t VALIDATE CONSTRAINT c").empty());
  CHECK(told("ALTER TABLE ASYNC t ADD COLUMN b int") == action("ADD COLUMN"));
  CHECK(told("ALTER INDEX i SET (fillfactor = 70)") == action("SET"));
}

TEST_CASE("what ALTER TABLE refuses of the actions that DSQL has") {
  const auto constrained = "0A000 ALTER TABLE ADD COLUMN with constraint not supported";
  check({
      {"ALTER TABLE t ADD COLUMN a int NOT NULL DEFAULT 0", constrained},
      {"ALTER TABLE t ADD COLUMN a int DEFAULT 7", constrained},
      {"ALTER TABLE t ADD COLUMN a int CHECK (a > 0)", constrained},
      {"ALTER TABLE t ADD COLUMN a int UNIQUE", constrained},
      {"ALTER TABLE t ADD COLUMN a int REFERENCES u", constrained},
      {"ALTER TABLE t ADD COLUMN a integer GENERATED BY DEFAULT AS IDENTITY (CACHE 1)",
       constrained},
      {"ALTER TABLE t ADD COLUMN a int NULL", ""},
      {"ALTER TABLE t ADD COLUMN a text COLLATE \"C\"", "0A000 COLLATE clause not supported"},
      {"ALTER TABLE t ADD CONSTRAINT u UNIQUE USING INDEX i DEFERRABLE",
       "0A000 ALTER TABLE / ADD CONSTRAINT UNIQUE / DEFERRED / INITIALLY DEFERRED not supported"},
      {"ALTER TABLE t DROP COLUMN id", "0A000 cannot drop primary key column id"},
      {"ALTER TABLE t ADD COLUMN IF NOT EXISTS a text, ALTER COLUMN a SET DEFAULT 'x'", ""},
      {"ALTER TABLE t ADD CONSTRAINT u UNIQUE USING INDEX i", ""},
      {"ALTER TABLE t OWNER TO x", ""},
      {"ALTER TABLE t SET SCHEMA s", ""},
      {"ALTER TABLE t RENAME CONSTRAINT a TO b", ""},
      {"ALTER TABLE t DISABLE TRIGGER ALL", ""},
      {"ALTER VIEW v ALTER COLUMN a SET DEFAULT 1", ""},
      {"ALTER SEQUENCE s OWNER TO x", ""},
  });
}

TEST_CASE("actions of ALTER TABLE that came with a day") {
  check({
      {"ALTER TABLE t ALTER a SET DEFAULT 1", alter_default_since,
       "0A000 unsupported ALTER TABLE ALTER COLUMN ... SET DEFAULT statement"},
      {"ALTER TABLE t ALTER a DROP NOT NULL", alter_default_since,
       "0A000 unsupported ALTER TABLE ALTER COLUMN ... DROP NOT NULL statement"},
      {"ALTER TABLE t DROP CONSTRAINT c", alter_default_since,
       "0A000 unsupported ALTER TABLE DROP CONSTRAINT statement"},
      {"ALTER TABLE t DROP COLUMN a", not_valid_since,
       "0A000 unsupported ALTER TABLE DROP COLUMN statement"},
      {"ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID", not_valid_since,
       "0A000 unsupported ALTER TABLE ADD CONSTRAINT statement"},
      {"ALTER TABLE ASYNC t VALIDATE CONSTRAINT c", not_valid_since,
       "0A000 unsupported ALTER TABLE VALIDATE CONSTRAINT statement"},
      {"ALTER TABLE t ALTER CONSTRAINT c DEFERRABLE", foreign_keys_since,
       "0A000 unsupported ALTER TABLE ALTER CONSTRAINT statement"},
  });
}
