"""Session statements and start-up parameters on a server that lets a session set little (facts/dsql.md §3.7):
what is harmless has no effect and PostgreSQL's tag, the rest is refused with a hint."""
import psycopg2
import psycopg2.extensions

import harness
import stack
import wire

PGADMIN = ("SET DateStyle=ISO; SET client_min_messages=notice; SELECT set_config('bytea_output','hex',false) FROM "
           "pg_show_all_settings() WHERE name = 'bytea_output'; SET client_encoding='utf-8';")
PG_DUMP = """SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
SET default_tablespace = '';
SET default_table_access_method = heap;"""
IGNORED = ["SET statement_timeout = '5s'", "SET SESSION lock_timeout TO 0", "RESET statement_timeout",
           "SET client_min_messages TO DEFAULT", "SET standard_conforming_strings = on",
           "SET SESSION AUTHORIZATION DEFAULT", "RESET SESSION AUTHORIZATION",
           "SET default_transaction_isolation TO 'read committed'",
           "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED"]
REFUSED = {"SET my.own = 1": 'setting configuration parameter "my.own" not supported',
           "SET bytea_output = 'escape'": 'setting configuration parameter "bytea_output" not supported',
           "SET TRANSACTION READ ONLY": 'setting configuration parameter "TRANSACTION" not supported',
           "BEGIN ISOLATION LEVEL SERIALIZABLE": "Unsupported isolation level: SERIALIZABLE"}


class Settings(harness.Case):
    emulator_flags = []
    tapped = True
    settings = {"upstream": {"server": "aurora_dsql"}}

    def open(self, **words):
        connection = psycopg2.connect(stack.uri(self.port, "postgres"), **words)
        self.addCleanup(connection.close)
        connection.autocommit = True
        return connection

    def run_on(self, connection, sql):
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else cursor.statusmessage

    def raw(self, **words):
        return self.client(database="postgres", **words)

    def answers(self, client, *parts):
        answer = client.ask(*parts)
        self.assertEqual(wire.errors(answer), [])
        return wire.tags(answer), wire.status(answer)

    def test_alone(self):
        connection = self.open()
        for sql in IGNORED:
            self.assertEqual(self.run_on(connection, sql), sql.split()[0], sql)

    def test_in_a_transaction(self):
        client = self.raw()
        self.answers(client, wire.query("BEGIN"))
        for sql in ["SET LOCAL statement_timeout = 1", "SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE",
                    *IGNORED]:
            self.assertEqual(self.answers(client, wire.query(sql)), ([sql.split()[0]], "T"), sql)
        self.assertEqual(self.answers(client, wire.query("SELECT 1; COMMIT")), (["SELECT 1", "COMMIT"], "I"))

    def test_extended(self):
        client = self.raw()
        for sql in IGNORED:
            answer = client.ask(wire.run(sql), wire.sync())
            self.assertEqual((wire.kinds(answer), wire.tags(answer)), ("12CZ", [sql.split()[0]]), sql)
            answer = client.ask(wire.parse("s", sql), wire.bind("s"), wire.execute(), wire.bind("s"), wire.execute(),
                                wire.message("C", b"Ss\0"), wire.sync())
            self.assertEqual((wire.errors(answer), wire.tags(answer)), ([], [sql.split()[0]] * 2), sql)

    def test_what_tools_send(self):
        client = self.raw()
        answer = client.ask(wire.query(PGADMIN))
        self.assertEqual((wire.errors(answer), wire.tags(answer), wire.rows(answer)),
                         ([], ["SET", "SET", "SELECT 1", "SET"], [["hex"]]))
        self.assertIn(b"set_config\0", [body for kind, body in answer if kind == "T"][0])
        self.assertEqual(self.answers(client, wire.query(PG_DUMP)), (["SET"] * 5 + ["SELECT 1"] + ["SET"] * 6, "I"))

    def test_refused(self):
        connection = self.open()
        for sql, message in REFUSED.items():
            with self.assertRaises(psycopg2.Error) as raised:
                self.run_on(connection, sql)
            self.assertEqual((raised.exception.pgcode, raised.exception.diag.message_primary), ("0A000", message))
            self.assertTrue(raised.exception.diag.message_hint, sql)
        self.assertEqual(self.run_on(connection, "SELECT 1"), [(1,)])

    def test_nothing_of_a_refused_text_is_run(self):
        client = self.raw()
        self.assertEqual(wire.errors(client.ask(wire.query("SET application_name = 'x'; SET my.own = 1"))), ["0A000"])
        self.assertNotEqual(wire.rows(client.ask(wire.query("SHOW application_name"))), [["x"]])

    def test_isolation_levels(self):
        for level in ("READ COMMITTED", "READ UNCOMMITTED", "REPEATABLE READ"):
            client = self.raw()
            self.assertEqual(self.answers(client, wire.query(f"BEGIN ISOLATION LEVEL {level}")), (["BEGIN"], "T"))
            answer = client.ask(wire.query("SHOW transaction_isolation"))
            self.assertEqual(wire.rows(answer), [["repeatable read"]])
            self.assertEqual(self.answers(client, wire.query("COMMIT")), (["COMMIT"], "I"))
        connection = self.open()
        connection.autocommit = False
        connection.set_isolation_level(psycopg2.extensions.ISOLATION_LEVEL_READ_COMMITTED)
        self.assertEqual(self.run_on(connection, "SELECT 1"), [(1,)])
        connection.commit()
        connection.set_session(readonly=True)
        self.assertEqual(self.run_on(connection, "SHOW transaction_read_only"), [("on",)])

    def test_start_up(self):
        connection = self.open(options="-c statement_timeout=5000 -c search_path=\"a\\ b\" --lock-timeout=1 "
                                       "-ctimezone=Europe/Paris", application_name="x")
        self.assertEqual(self.run_on(connection, "SHOW search_path"), [('"a b"',)])
        self.assertEqual(self.run_on(connection, "SHOW timezone"), [("Europe/Paris",)])
        self.assertEqual(connection.info.parameter_status("application_name"), "x")
        self.assertEqual(self.run_on(connection, "SHOW application_name"), [("x",)])
        self.assertTrue(self.run_on(self.open(), "SHOW application_name")[0][0].startswith("occam:aurora-dsql-"))
        client = self.raw(statement_timeout="1", extra_float_digits="2", DateStyle="ISO")
        self.assertEqual(wire.rows(client.ask(wire.query("SHOW extra_float_digits"))), [["2"]])

    def test_start_up_refused(self):
        for words, text in (({"options": "-c my.own=1"}, '"my.own" not supported'),
                            ({"options": "-c default_transaction_read_only=on"}, "default_transaction_read_only"),
                            ({"options": "-d 5"}, 'command-line option "-d" not supported'),
                            ({"replication": "database"}, "replication")):
            with self.assertRaises(psycopg2.OperationalError) as raised:
                self.open(**words)
            self.assertIn("FATAL", str(raised.exception))
            self.assertIn(text, str(raised.exception))
            self.assertIn("HINT", str(raised.exception))

    def test_an_ignored_setting_is_no_session_state(self):
        client = self.raw()
        for sql in (*IGNORED, PGADMIN.replace("SET DateStyle=ISO; ", "").replace("SET client_encoding='utf-8';", "")):
            self.assertEqual(wire.errors(client.ask(wire.query(sql))), [])
        self.tap.cut_before("SELECT 1")
        self.assertEqual(wire.rows(client.ask(wire.query("SELECT 1"))), [["1"]])

    def test_logged_once_for_each_parameter(self):
        client = self.raw(idle_session_timeout="1")
        self.raw(idle_session_timeout="2")
        for value in (7654321, 7654322, 7654323):  # longer than the digits of a time of day
            self.answers(client, wire.query(f"SET temp_buffers = {value}"))
        log = self.occam.log.read_text()
        self.assertEqual(log.count("temp_buffers cannot be set"), 1)
        self.assertEqual(log.count("idle_session_timeout"), 1)
        self.assertNotIn("7654321", log)


if __name__ == "__main__":
    harness.main()
