#!/usr/bin/env python3
"""What DSQL refuses to define or to set, where a server is needed to show it: the catalog's answers, the
session's own setting, the startup packet, both protocols. The texts themselves are held by unit tests."""
import emulator_case
import harness
import wire

MODE = "unsupported mode. please use CREATE INDEX ASYNC."
TIMEOUT = 'setting configuration parameter "statement_timeout" not supported'


class Definitions(emulator_case.Case):
    tables = """
        DROP TABLE IF EXISTS t, u, n CASCADE;
        CREATE TABLE t (id int PRIMARY KEY, v int, b bytea)"""

    def test_the_catalog_knows_what_is_there(self):
        a = self.session()
        for sql, text in [
                ("CREATE INDEX ASYNC ON t (v, b)", "datatype bytea is not supported in a key"),
                ("ALTER TABLE t DROP COLUMN id", "cannot drop primary key column id"),
                ("ALTER TABLE public.t DROP CONSTRAINT t_pkey",
                 "unsupported ALTER TABLE DROP CONSTRAINT statement")]:
            self.assertEqual(a.error(sql), ("0A000", text))
        a.run("ALTER TABLE t DROP COLUMN v")

    def test_a_definition_is_judged_by_the_tables_of_that_moment(self):
        a = self.session()
        self.assertEqual(a.error("CREATE INDEX ASYNC ON n (b)")[0], "42P01")
        a.run("CREATE TABLE n (id int PRIMARY KEY, b bytea)")
        self.assertEqual(a.error("CREATE INDEX ASYNC ON n (b)"),
                         ("0A000", "datatype bytea is not supported in a key"))

    def test_a_job_finds_its_tables_where_its_session_did(self):
        self.postgres.sql('DROP SCHEMA IF EXISTS "other one" CASCADE; CREATE SCHEMA "other one"')
        a = self.session()
        a.run('SET search_path = "other one"')
        a.run("CREATE TABLE only_here (id int PRIMARY KEY, v int)")
        a.run("ALTER TABLE only_here ADD CONSTRAINT small CHECK (v < 9) NOT VALID")
        for definition in ("CREATE UNIQUE INDEX ASYNC ON only_here (v)", "ALTER TABLE ASYNC only_here VALIDATE CONSTRAINT small"):
            job = a.run(definition)[0][0]
            self.assertEqual(a.run(f"CALL sys.wait_for_job('{job}')"), [(True,)])

    def test_a_refusal_fails_the_transaction(self):
        a = self.session()
        a.run("BEGIN")
        self.assertEqual(a.error("TRUNCATE t"), ("0A000", "unsupported statement: Truncate"))
        self.assertEqual(a.error("TRUNCATE t")[0], "25P02")
        self.assertEqual(a.run("COMMIT"), "ROLLBACK")
        self.assertEqual(a.error("TRUNCATE t"), ("0A000", "unsupported statement: Truncate"))
        self.assertEqual(a.state(), emulator_case.IDLE)

    def test_refused_at_parse(self):
        client = self.raw()
        answer = client.ask(wire.parse("", "CREATE TABLE n (v money)"), wire.sync())
        self.assertEqual([kind for kind, _ in answer], ["E", "Z"])
        self.assertIn(b"datatype money not supported", answer[0][1])

    def test_synchronous_indexes(self):
        a, b = self.pair()
        self.assertEqual(a.error("CREATE INDEX i ON t (v)"), ("0A000", MODE))
        self.assertEqual(a.run("SET disable_sync_create_index = off"), "SET")
        self.assertEqual(a.run("CREATE INDEX i ON t (v)"), "CREATE INDEX")
        self.assertEqual(b.error("CREATE INDEX j ON t (v)"), ("0A000", MODE))
        a.run("RESET ALL")
        self.assertEqual(a.error("CREATE INDEX j ON t (v)"), ("0A000", MODE))
        a.run("BEGIN")
        a.error("SELECT 1/0")
        self.assertEqual(a.error("SET disable_sync_create_index = off")[0], "25P02")
        a.run("ROLLBACK")
        self.assertEqual(a.error("SET disable_sync_create_index = perhaps")[0], "22023")

    def test_synchronous_indexes_in_the_extended_protocol(self):
        client = self.raw()
        answer = client.ask(wire.parse("", "SET disable_sync_create_index = off"), wire.bind(""),
                            wire.message("D", b"P\0"), wire.execute(), wire.sync())
        self.assertEqual([kind for kind, _ in answer], ["1", "2", "n", "C", "Z"])
        self.assertEqual(answer[-1][1], b"I")
        answer = client.ask(wire.parse("", "CREATE INDEX i ON t (v)"), wire.bind(""),
                            wire.execute(), wire.sync())
        self.assertEqual([kind for kind, _ in answer], ["1", "2", "C", "Z"])

    def test_custom_settings_are_postgresqls(self):
        a = self.session()
        self.assertEqual(a.run("SET dsql.enable_batched_nestloop = off"), "SET")
        self.assertEqual(a.run("SHOW dsql.enable_batched_nestloop"), [("off",)])

    def test_startup(self):
        refused = [{"statement_timeout": "1"}, {"options": "-c statement_timeout=1"},
                   {"options": "-c search_path=a --statement-timeout=1"}]
        for words in refused:
            with self.subTest(words):
                client = wire.Client(self.emulator.port, log_in=False)
                self.addCleanup(client.close)
                client.send(wire.startup(**words))
                (kind, body), = client.until_closed()
                told = wire.fields(body)
                self.assertEqual((kind, told["S"], told["C"], told["M"]),
                                 ("E", "FATAL", "0A000", TIMEOUT))
        self.assertGreaterEqual(self.counter("refusals_total", rule="setting"), len(refused))
        client = wire.Client(self.emulator.port, options="-c search_path=other -c enable_sort=off")
        self.addCleanup(client.close)
        rows = [body for kind, body in client.ask(wire.query("SHOW search_path")) if kind == "D"]
        self.assertEqual([wire.row(body) for body in rows], [["other"]])


if __name__ == "__main__":
    harness.main()
