"""psql through Occam says, letter for letter, what it says to PostgreSQL itself."""
import harness

SCRIPTS = {
    "types and NULLs": r"""
        SELECT 1, NULL, 'it''s', '\x00ff'::bytea, 1.50::numeric, ARRAY[1,NULL,3], '{"a":1}'::jsonb,
               '2026-01-02 03:04:05+00'::timestamptz, ''::text;
        VALUES (1, 'one'), (2, NULL);
        SELECT;
        TABLE pairs ORDER BY k;
    """,
    "errors end a statement, not the session": r"""
        \set ON_ERROR_STOP off
        SELECT 1/0;
        SELECT nonsense;
        SELEC 1;
        BEGIN; SELECT 1/0; SELECT 1; COMMIT;
        SELECT 'still here';
    """,
    "error fields": r"""
        \set ON_ERROR_STOP off
        \set VERBOSITY verbose
        INSERT INTO pairs VALUES (1, 'again');
        SELECT * FROM missing;
    """,
    "several statements in one query": r"""
        INSERT INTO pairs VALUES (10, 'ten')\; SELECT v FROM pairs WHERE k = 10\; DELETE FROM pairs WHERE k = 10;
        SELECT 1\; SELECT 1/0\; SELECT 2;
    """,
    "copy out": r"""
        COPY pairs TO STDOUT;
        COPY (SELECT * FROM pairs ORDER BY k) TO STDOUT WITH (FORMAT csv, HEADER);
    """,
    "copy in": "CREATE TEMP TABLE taken (k int, v text);\nCOPY taken FROM STDIN;\n1\tone\n2\t\\N\n\\.\n"
               "SELECT * FROM taken ORDER BY k;\n"
               "COPY taken FROM STDIN;\nno number\tx\n\\.\nSELECT count(*) FROM taken;\n",
    "cursors": r"""
        BEGIN;
        DECLARE c SCROLL CURSOR FOR SELECT * FROM generate_series(1, 1000) g;
        FETCH 3 FROM c;
        MOVE 500 IN c;
        FETCH BACKWARD 2 FROM c;
        CLOSE c;
        COMMIT;
        \set FETCH_COUNT 7
        SELECT * FROM generate_series(1, 20) g;
    """,
    "notices": r"""
        DO $$ BEGIN RAISE NOTICE 'one'; RAISE WARNING 'two'; END $$;
        DROP TABLE IF EXISTS never_was;
        BEGIN; BEGIN; ROLLBACK; ROLLBACK;
    """,
    "describe": r"""
        SELECT k, v, now() AS t FROM pairs \gdesc
        \d pairs
        PREPARE p (int) AS SELECT v FROM pairs WHERE k = $1;
        EXECUTE p(1);
        DEALLOCATE p;
    """,
    "session state": r"""
        SET application_name = 'e2e';
        SHOW application_name;
        SET TIME ZONE 'UTC';
        SHOW TimeZone;
        BEGIN; SET LOCAL statement_timeout = '5s'; SHOW statement_timeout; COMMIT;
        SHOW statement_timeout;
        RESET ALL;
        DISCARD ALL;
        SHOW transaction_isolation;
    """,
    "transactions": r"""
        BEGIN; UPDATE pairs SET v = 'changed' WHERE k = 1; SELECT v FROM pairs WHERE k = 1; ROLLBACK;
        SELECT v FROM pairs WHERE k = 1;
        BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SHOW transaction_isolation; COMMIT AND CHAIN; ROLLBACK;
    """,
    "empty": ";\n;;\n-- only a remark\n/* and another */;\nSELECT 1;\n",
}


class Psql(harness.Case):
    schema = "CREATE TABLE pairs (k int PRIMARY KEY, v text); INSERT INTO pairs VALUES (1, 'one'), (2, NULL);"

    def says(self, port, script):
        done = self.psql("-a", "-f", "-", stdin=script, check=False, port=port)
        return done.stdout, done.stderr, done.returncode

    def test_scripts(self):
        for name, script in SCRIPTS.items():
            with self.subTest(name):
                # The clock is the one thing that may differ.
                self.assertEqual(self.says(self.port, script), self.says(self.postgres.port, script))

    def test_several_statements_by_option(self):
        wanted = self.psql("-At", "-c", "SELECT 1; SELECT 2; SELECT 3", port=self.postgres.port).stdout
        self.assertEqual(self.psql("-At", "-c", "SELECT 1; SELECT 2; SELECT 3").stdout, wanted)

    def test_copy_through_a_file(self):
        rows = "".join(f"{k}\tvalue {k}\n" for k in range(100, 20100))
        self.psql("-c", "CREATE TABLE copied (k int, v text)")
        self.psql("-c", "\\copy copied FROM STDIN", stdin=rows)
        self.assertEqual(self.psql("-c", "\\copy (SELECT * FROM copied ORDER BY k) TO STDOUT").stdout, rows)

    def test_wrong_database_is_told(self):
        done = self.psql("-d", harness.stack.uri(self.port, "no_such"), "-c", "SELECT 1", check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn('database "no_such" does not exist', done.stderr)


if __name__ == "__main__":
    harness.main()
