#!/usr/bin/env python3
"""Definitions in steps against the emulator, by its newest rules: whatever breaks off, and wherever, the same
statement sent again must end where PostgreSQL ends, in the catalog and in the rows."""
import concurrent.futures
import subprocess

import harness
import psycopg2
import stack

PLAYER = stack.BIN / "definition_player"
RULES = """
tables:
  mapped: {binary_keys: [k, k2]}
"""
TABLE = """CREATE TABLE {t} (id int, part text, v int NOT NULL DEFAULT 3, w varchar(15) DEFAULT 'none', x text,
    PRIMARY KEY (part, id));
INSERT INTO {t} (id, part, v, w) SELECT i, 'p', i, 'w' || i FROM generate_series(1, {rows}) AS i"""
COLUMNS = """SELECT a.attname, format_type(a.atttypid, a.atttypmod), pg_get_expr(d.adbin, d.adrelid),
    a.attnotnull OR EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = a.attrelid AND k.contype = 'c'
        AND k.convalidated AND pg_get_constraintdef(k.oid) = 'CHECK (((' || a.attname || ' IS NOT NULL) AND true))')
    FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = '{t}'::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attname"""
CONSTRAINTS = """SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = '{t}'::regclass
    AND conname NOT LIKE '%_not_null' ORDER BY conname"""
INDEXES = """SELECT c.relname, replace(pg_get_indexdef(i.indexrelid), ' DESC', ''), i.indisvalid FROM pg_index i
    JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = '{t}'::regclass ORDER BY c.relname"""

# Each ends with success on a table of TABLE's.
STATEMENTS = {
    "added": "ALTER TABLE {t} ADD c varchar(16) NOT NULL DEFAULT 'Proto3'",
    "added_once": "ALTER TABLE {t} ADD COLUMN IF NOT EXISTS c int DEFAULT 7 CHECK (c > 0)",
    "added_unique": "ALTER TABLE {t} ADD c int UNIQUE",
    "added_bytes": "ALTER TABLE {t} ADD c bytea NOT NULL DEFAULT ''",
    "added_nothing": "ALTER TABLE {t} ADD c int DEFAULT nullif(1, 1)",
    "several": "ALTER TABLE {t} ADD c int NOT NULL DEFAULT 1, DROP COLUMN x, ADD d text NULL, ALTER w SET DEFAULT 'q'",
    "widened": "ALTER TABLE {t} ALTER COLUMN w TYPE varchar(128)",
    "retyped": "ALTER TABLE {t} ALTER COLUMN v TYPE bigint",
    "same_type": "ALTER TABLE {t} ALTER COLUMN w TYPE character varying (15)",
    "not_null": "ALTER TABLE {t} ALTER w SET NOT NULL",
    "check_": "ALTER TABLE {t} ADD CONSTRAINT over CHECK (v > 0)",
    "unique_": "ALTER TABLE {t} ADD UNIQUE (v, w)",
    "foreign_": "ALTER TABLE {t} ADD FOREIGN KEY (part, id) REFERENCES {t} (part, id)",
    "index": "CREATE UNIQUE INDEX {t}_i ON {t} USING btree (v DESC, lower(w))",
}

# One object alone, without a mark: all done but the answer, it is there when the statement comes again.
UNMARKED = ("check_", "unique_", "foreign_", "index")


class Definitions(harness.Case):
    emulator_flags = []
    settings = {"upstream": {"server": "aurora_dsql"}}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.postgres.sql("CREATE DATABASE plain", "postgres")
        (cls.folder / "rules.yaml").write_text(RULES)

    def play(self, sql, *flags):
        """What came of it, and how many steps it took."""
        done = subprocess.run([str(PLAYER), "--rules", str(self.folder / "rules.yaml"), "--dsn",
                               stack.uri(self.emulator.port), *map(str, flags)],
                              input=sql, capture_output=True, text=True)
        self.assertIn(done.returncode, (0, 1, 3), done.stderr)
        steps, outcome = done.stdout.split("\n", 1)
        return outcome.strip(), int(steps.split()[1])

    def made(self, table, rows=5):
        """The table in both databases, past the emulator."""
        for database in ("temporal", "plain"):
            self.postgres.sql(TABLE.format(t=table, rows=rows), database)

    def described(self, table, database):
        connection = psycopg2.connect(stack.uri(self.postgres.port, database))
        try:
            cursor = connection.cursor()
            def ask(sql):
                cursor.execute(sql.format(t=table))
                return cursor.fetchall()
            columns = ask(COLUMNS)
            listed = ", ".join(name for name, *_ in columns)
            return columns, ask(CONSTRAINTS), ask(INDEXES), ask(f"SELECT {listed} FROM {{t}} ORDER BY part, id")
        finally:
            connection.close()

    def same(self, table):
        ours, theirs = (self.described(table, database) for database in ("temporal", "plain"))
        for mine, wanted in zip(ours, theirs):
            self.assertEqual(mine, wanted)

    def on_plain(self, sql):
        """SQLSTATE and text of PostgreSQL's error, or nothing."""
        connection = psycopg2.connect(stack.uri(self.postgres.port, "plain"))
        try:
            connection.autocommit = True
            connection.cursor().execute(sql)
            return None
        except psycopg2.Error as error:
            return f"error {error.pgcode} {error.diag.message_primary}"
        finally:
            connection.close()

    def test_each_ends_where_postgresql_ends(self):
        for name, sql in STATEMENTS.items():
            with self.subTest(name):
                self.made(name)
                self.assertIsNone(self.on_plain(sql.format(t=name)))
                outcome, _ = self.play(sql.format(t=name))
                self.assertRegex(outcome, "^done (ALTER TABLE|CREATE INDEX)$")
                self.same(name)

    def test_broken_off_after_each_step_and_sent_again(self):
        for name, sql in list(STATEMENTS.items())[:3 if harness.SHORT else None]:
            at, broken = 0, True
            while broken:
                with self.subTest(name, broken_after=at):
                    table = f"{name}_{at}"
                    self.made(table)
                    self.on_plain(sql.format(t=table))
                    outcome, _ = self.play(sql.format(t=table), "--break-after", at)
                    broken = outcome == "broken off"
                    if broken:
                        # Writers go on meanwhile. Where PostgreSQL would have the new meaning at once, they differ.
                        if name not in ("retyped", "several"):
                            for database in ("temporal", "plain"):
                                self.postgres.sql(f"INSERT INTO {table} (id, part) VALUES (99, 'p')", database)
                        outcome, _ = self.play(sql.format(t=table))
                    # What is finished but for its answer is told apart by no one; so it is with PostgreSQL.
                    if not (broken and at and name in UNMARKED and outcome.endswith("already exists")):
                        self.assertRegex(outcome, "^done (ALTER TABLE|CREATE INDEX)$")
                    self.same(table)
                at += 1

    def test_a_column_dropped_from_a_broken_run_is_added_anew(self):
        self.made("dropped")
        sql = STATEMENTS["added"].format(t="dropped")
        self.on_plain(sql)
        self.assertEqual(self.play(sql, "--break-after", 3)[0], "broken off")
        self.assertEqual(self.play("ALTER TABLE dropped DROP COLUMN c")[0], "done ALTER TABLE")
        self.assertEqual(self.play(sql)[0], "done ALTER TABLE")
        self.same("dropped")

    def test_another_statement_does_not_go_on_from_a_broken_run(self):
        self.made("other")
        self.assertEqual(self.play(STATEMENTS["added"].format(t="other"), "--break-after", 3)[0], "broken off")
        self.assertEqual(self.play("ALTER TABLE other ADD c varchar(16) NOT NULL DEFAULT 'Json'")[0],
                         'error 42701 column "c" of relation "other" already exists')

    def test_names_and_schemas(self):
        for database in ("temporal", "plain"):
            self.postgres.sql('CREATE SCHEMA "Odd""s"', database)
        table = '"Odd""s"."T 1"'
        self.made(table)
        for sql in ('ALTER TABLE {t} ADD "C c" int NOT NULL DEFAULT 1',
                    'ALTER TABLE {t} ADD UNIQUE (v)',
                    'ALTER TABLE {t} ALTER w TYPE varchar(99)',
                    'ALTER TABLE {t} ADD CHECK ("C c" > 0)',
                    'ALTER TABLE {t} ALTER "C c" DROP NOT NULL',
                    'CREATE INDEX "I" ON {t} (w)'):
            self.assertIsNone(self.on_plain(sql.format(t=table)))
            self.assertRegex(self.play(sql.format(t=table))[0], "^done")
        self.described_as_quoted(table)

    def described_as_quoted(self, table):
        for sql in (CONSTRAINTS, INDEXES, "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE "
                    "attrelid = '{t}'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY 1", "SELECT count(*) "
                    "FROM {t} WHERE \"C c\" = 1"):
            ours, theirs = (self.postgres.sql(sql.format(t=table), database) for database in ("temporal", "plain"))
            self.assertEqual(ours, theirs)

    def test_the_answer_to_each_step_is_lost(self):
        for name, sql in STATEMENTS.items():
            with self.subTest(name):
                table = f"{name}_twice"
                self.made(table)
                self.on_plain(sql.format(t=table))
                outcome, _ = self.play(sql.format(t=table), "--twice")
                self.assertRegex(outcome, "^done (ALTER TABLE|CREATE INDEX)$")
                self.same(table)

    def test_many_rows_are_filled_in_slices(self):
        self.made("many", rows=3500)
        for sql in ("ALTER TABLE many ADD c int NOT NULL DEFAULT 5", "ALTER TABLE many ALTER w TYPE text"):
            self.assertIsNone(self.on_plain(sql))
            outcome, steps = self.play(sql)
            self.assertEqual(outcome, "done ALTER TABLE")
            self.assertGreater(steps, 5)
        self.same("many")

    def test_what_fails_leaves_nothing_behind(self):
        for number, sql in enumerate([
                "ALTER TABLE {t} ADD c int NOT NULL",
                "ALTER TABLE {t} ADD c int DEFAULT 0 CHECK (c > 0)",
                "ALTER TABLE {t} ADD c int DEFAULT 1 UNIQUE",
                "ALTER TABLE {t} ADD c int DEFAULT 1, DROP COLUMN nothing",
                "ALTER TABLE {t} ADD id int NOT NULL DEFAULT 1",
                "ALTER TABLE {t} ALTER x SET NOT NULL",
                "ALTER TABLE {t} ADD CONSTRAINT under CHECK (v < 4)",
                "ALTER TABLE {t} ADD CONSTRAINT one UNIQUE (part)",
                "ALTER TABLE {t} VALIDATE CONSTRAINT nothing",
                "ALTER TABLE {t} ALTER nothing TYPE int",
                "CREATE UNIQUE INDEX failed ON {t} (part)",
                "CREATE UNIQUE INDEX {t}_pkey ON {t} (part, id)"]):
            with self.subTest(sql):
                table = f"failing_{number}"
                self.made(table)
                outcome, _ = self.play(sql.format(t=table))
                self.assertEqual(outcome, self.on_plain(sql.format(t=table)))
                self.same(table)

    def test_what_bears_the_name_of_another_column_is_not_taken_for_its_own(self):
        """After RENAME COLUMN, constraints keep names that PostgreSQL gave them; it would take the next name."""
        for number, (made, sql) in enumerate([
                ("ALTER TABLE {t} ADD c int CHECK (c > 0)", "ALTER TABLE {t} ADD c int CHECK (c > 5)"),
                ("ALTER TABLE {t} ADD c int UNIQUE", "ALTER TABLE {t} ADD c int UNIQUE"),
                ("ALTER TABLE {t} ADD c int NOT NULL DEFAULT 1", "ALTER TABLE {t} ADD c int NOT NULL DEFAULT 2"),
                ("ALTER TABLE {t} ADD c int NOT NULL DEFAULT 1", "ALTER TABLE {t} RENAME w TO c; ALTER TABLE {t} ALTER c SET NOT NULL"),
                ("ALTER TABLE {t} ADD c int NOT NULL DEFAULT 1", "ALTER TABLE {t} RENAME v TO c; ALTER TABLE {t} ALTER c TYPE bigint")]):
            with self.subTest(sql):
                table = f"renamed_{number}"
                self.made(table)
                self.assertEqual(self.play(made.format(t=table))[0], "done ALTER TABLE")
                *first, last = ["ALTER TABLE {t} RENAME c TO d", *sql.split("; ")]
                for one in first:
                    self.postgres.sql(one.format(t=table))
                before = self.described(table, "temporal")
                for _ in range(2):
                    self.assertRegex(self.play(last.format(t=table))[0], '^error (42710|42P07|0A000) constraint ".*" .*')
                    self.assertEqual(self.described(table, "temporal"), before)

    def test_a_constraint_of_the_clients_that_is_not_valid_is_not_taken_for_a_broken_run(self):
        self.made("own")
        self.postgres.sql("ALTER TABLE own ADD CONSTRAINT ck CHECK (v > 0) NOT VALID")
        before = self.described("own", "temporal")
        for limit in (10, -1):
            outcome, _ = self.play(f"ALTER TABLE own ADD CONSTRAINT ck CHECK (v > {limit})")
            self.assertEqual(outcome, 'error 42710 constraint "ck" for relation "own" already exists')
            self.assertEqual(self.described("own", "temporal"), before)

    def test_not_null_goes_whatever_its_check_is_called(self):
        self.made("freed")
        for sql in ("ALTER TABLE freed ALTER w SET NOT NULL", "ALTER TABLE freed RENAME w TO z", "ALTER TABLE freed RENAME TO free",
                    "ALTER TABLE free ALTER z DROP NOT NULL"):
            outcome = self.play(sql)[0] if "NOT NULL" in sql else self.postgres.sql(sql)
            self.assertIn(outcome, ("done ALTER TABLE", ""))
        self.postgres.sql("UPDATE free SET z = NULL")

    def test_a_check_of_the_clients_that_says_not_null_stays(self):
        self.made("kept")
        self.postgres.sql("ALTER TABLE kept ADD CONSTRAINT must_be CHECK (v IS NOT NULL)")
        self.assertEqual(self.play("ALTER TABLE kept ALTER v DROP NOT NULL")[0], "done ALTER TABLE")
        self.assertIn("must_be", str(self.described("kept", "temporal")[1]))

    def test_a_column_of_the_clients_that_is_in_the_way_stays(self):
        self.made("ways")
        self.postgres.sql("ALTER TABLE ways ADD w_of_new_type varchar(30) DEFAULT 'own'")
        before = self.described("ways", "temporal")
        self.assertRegex(self.play("ALTER TABLE ways ALTER w TYPE varchar(30)")[0], "^error 0A000 .* in the way")
        self.assertEqual(self.described("ways", "temporal"), before)

    def test_values_that_might_be_cut_are_refused(self):
        self.made("cut")
        before = self.described("cut", "temporal")
        for sql in ("TYPE varchar(6)", "TYPE int", "TYPE varchar(15) USING upper(w)", "TYPE character(99)"):
            self.assertRegex(self.play("ALTER TABLE cut ALTER w " + sql)[0], "^error 0A000 ")
        self.assertEqual(self.described("cut", "temporal"), before)

    def test_a_default_set_during_a_broken_change_of_type_is_kept(self):
        for at in range(6):
            self.made(f"default_{at}")
            sql = f"ALTER TABLE default_{at} ALTER w TYPE varchar(30)"
            self.assertEqual(self.play(sql, "--break-after", at)[0], "broken off")
            for database in ("temporal", "plain"):
                self.postgres.sql(f"ALTER TABLE default_{at} ALTER w SET DEFAULT 'new'", database)
            self.on_plain(sql)
            self.assertEqual(self.play(sql)[0], "done ALTER TABLE")
            self.same(f"default_{at}")

    def test_the_same_statement_from_two_sessions_at_once(self):
        for number in range(2 if harness.SHORT else 8):
            for name in ("widened", "check_"):
                table = f"{name}_both_{number}"
                self.made(table)
                sql = STATEMENTS[name].format(t=table)
                self.on_plain(sql)
                with concurrent.futures.ThreadPoolExecutor(2) as both:
                    told = sorted(outcome for outcome, _ in both.map(self.play, [sql, sql]))
                self.assertEqual(told[0], "done ALTER TABLE")
                if name == "check_":
                    self.assertEqual(told[1], f'error 42710 constraint "over" for relation "{table}" already exists')
                else:
                    self.assertEqual(told[1], "done ALTER TABLE")
                self.same(table)

    def test_sent_twice_it_is_told_what_postgresql_tells(self):
        for name in ("added", "added_once", "check_", "unique_", "index", "same_type", "not_null"):
            with self.subTest(name):
                table = f"{name}_again"
                sql = STATEMENTS[name].format(t=table)
                self.made(table)
                for _ in range(2):
                    told = self.on_plain(sql)
                    outcome, _ = self.play(sql)
                    if name == "unique_":  # PostgreSQL makes a second one of another name
                        continue
                    self.assertEqual(outcome if outcome.startswith("error") else None, told)


class Lost(harness.Case):
    """Through Occam, whose connection is cut: before a step reaches the server, and after, without its answer."""
    emulator_flags = ["--databases", "one"]
    tapped = True
    settings = {"upstream": {"server": "aurora_dsql"}}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        connection = psycopg2.connect(stack.uri(cls.port, "postgres"))
        connection.autocommit = True
        connection.cursor().execute("CREATE DATABASE temporal")  # a schema of the one database
        connection.close()
        cls.postgres.sql("SET search_path = temporal; " + TABLE.format(t="t", rows=5), "postgres")

    def test_the_client_learns_nothing_of_it(self):
        connection = self.connect()
        connection.autocommit = True
        cursor = connection.cursor()
        steps = ["ADD COLUMN c", "indisprimary", "SET c = (7)", "CHECK (c IS NOT NULL AND true)", "ALTER TABLE ASYNC t",
                 "wait_for_job", "DROP CONSTRAINT t_c_filling"]
        for step in steps:
            for cut in (self.tap.cut_before, self.tap.cut_after):
                with self.subTest(step, cut=cut.__name__):
                    cut(step)
                    cursor.execute("ALTER TABLE t ADD c int NOT NULL DEFAULT 7")
                    self.assertEqual(cursor.statusmessage, "ALTER TABLE")
                    self.assertIsNone(self.tap.order, "nothing was cut")
                    cursor.execute("SELECT count(*), min(c), max(c) FROM t")
                    self.assertEqual(cursor.fetchall(), [(5, 7, 7)])
                    with self.assertRaises(psycopg2.IntegrityError):
                        cursor.execute("INSERT INTO t (id, part, c) VALUES (9, 'p', NULL)")
                    cursor.execute("ALTER TABLE t DROP COLUMN c")
        self.assertEqual(self.postgres.sql("SELECT conname FROM pg_constraint WHERE conname LIKE 't_c_%'", "postgres"), "")

    def test_a_client_that_left_may_come_back(self):
        sql = "ALTER TABLE t ADD d int NOT NULL DEFAULT 8"
        self.tap.cut_after("SET d = (8)")
        leaving = self.client()
        leaving.send(harness.wire.query(sql))
        leaving.close()
        connection = self.connect()
        connection.autocommit = True
        cursor = connection.cursor()
        try:
            cursor.execute(sql)
        except psycopg2.errors.DuplicateColumn:
            pass  # the first had been finished
        cursor.execute("SELECT count(*), min(d), max(d) FROM t")
        self.assertEqual(cursor.fetchall(), [(5, 8, 8)])

    def test_what_the_catalog_says_may_be_long(self):
        connection = self.connect()
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(f"ALTER TABLE t ADD long text DEFAULT '{'x' * 300_000}'")
        cursor.execute("ALTER TABLE t ALTER long TYPE varchar")
        cursor.execute("SELECT count(*) FROM t WHERE length(long) = 300000")
        self.assertEqual((cursor.fetchall(), connection.closed), ([(5,)], 0))

    def test_in_a_transaction_it_is_refused(self):
        connection = self.connect()
        cursor = connection.cursor()
        with self.assertRaises(psycopg2.errors.FeatureNotSupported) as refused:
            cursor.execute("CREATE INDEX i ON t (v)")
        self.assertIn("of its own, outside a transaction", refused.exception.diag.message_hint)
        connection.rollback()
        connection.autocommit = True
        cursor.execute("CREATE INDEX i ON t (v)")
        self.assertEqual(cursor.statusmessage, "CREATE INDEX")


if __name__ == "__main__":
    harness.main()
