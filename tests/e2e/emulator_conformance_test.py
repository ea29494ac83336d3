"""Every case of tests/conformance against the emulator: what Aurora DSQL was seen to answer, or is documented
to. One PostgreSQL, one emulator for each set of flags, and for each case a fresh schema. A step that waits
for another session's transaction fails after STEP_SECONDS; nothing else is measured by time."""
import re
import select
import shutil
import tempfile
import unittest
from pathlib import Path

import psycopg2
import psycopg2.extensions as libpq

import conformance_table as table
import emulator_case
import harness
import stack
import wire

STEP_SECONDS = 10
LEAST = 220
STATES = {libpq.TRANSACTION_STATUS_IDLE: "idle", libpq.TRANSACTION_STATUS_INTRANS: "in transaction",
          libpq.TRANSACTION_STATUS_INERROR: "failed", "I": "idle", "T": "in transaction", "E": "failed"}
CLEAN = """
    DROP SCHEMA public CASCADE;
    CREATE SCHEMA public;
    DO $$ DECLARE name text; BEGIN
        FOR name IN SELECT nspname FROM pg_namespace WHERE nspname LIKE 'case\\_%' LOOP
            EXECUTE format('DROP SCHEMA %I CASCADE', name);
        END LOOP;
        FOR name IN SELECT rolname FROM pg_roles WHERE rolname LIKE 'case\\_%' LOOP
            EXECUTE format('DROP ROLE %I', name);
        END LOOP;
        CREATE ROLE case_reader;
    END $$"""


class Blocked(Exception):
    """No answer within STEP_SECONDS."""


def wait(connection):
    """psycopg2 waits here, so that a statement which blocks ends as a failure of its own step."""
    while (state := connection.poll()) != libpq.POLL_OK:
        read, write = ([connection], []) if state == libpq.POLL_READ else ([], [connection])
        if select.select(read, write, [], STEP_SECONDS) == ([], [], []):
            raise Blocked


def shown(values):
    return "|".join("null" if value is None else value or "''" for value in values)


def error_lines(severity, code, text, detail, hint):
    lines = [f"{severity} {code} {text}"]
    return lines + [f"{word} {said}" for word, said in (("DETAIL", detail), ("HINT", hint)) if said]


class Session:
    """libpq's view: a Query with several statements shows the last one's answer only."""

    def __init__(self, port, **words):
        self.connection = psycopg2.connect(stack.uri(port), **words)
        self.connection.autocommit = True
        as_text = libpq.new_type(tuple(libpq.string_types), "TEXT", lambda value, cursor: value)
        libpq.register_type(as_text, self.connection)

    def ask(self, sql):
        cursor = self.connection.cursor()
        try:
            cursor.execute(sql)
        except psycopg2.Error as error:
            said = error.diag
            if not error.pgcode:
                return ["closed"]
            return error_lines(said.severity, error.pgcode, said.message_primary,
                               said.message_detail, said.message_hint)
        if not cursor.description:
            return [cursor.statusmessage]
        columns = "columns " + "|".join(column.name for column in cursor.description)
        return [columns, *map(shown, cursor.fetchall()), cursor.statusmessage]

    def state(self):
        return STATES[self.connection.get_transaction_status()]

    def parameter(self, name):
        return self.connection.get_parameter_status(name)

    def close(self):
        self.connection.close()


class Raw:
    """The protocol's view: every message of an answer."""

    def __init__(self, port, **words):
        self.client, self.parameters = wire.Client(port, log_in=False), {}
        self.client.socket.settimeout(STEP_SECONDS)
        self.answer = self.exchange(wire.startup(**words))

    def exchange(self, *parts):
        self.messages = []
        try:
            self.client.send(*parts)
            while not self.messages or self.messages[-1][0] != "Z":
                self.messages.append(self.client.receive())
        except (wire.Closed, ConnectionError):
            self.messages.append(("closed", b""))
        except TimeoutError:
            raise Blocked from None
        return [line for kind, body in self.messages for line in self.lines(kind, body)]

    def lines(self, kind, body):
        if kind == "E":
            said = wire.fields(body)
            return error_lines(said["S"], said["C"], said["M"], said.get("D"), said.get("H"))
        if kind == "S":
            name, value = body.decode().split("\0")[:2]
            self.parameters[name] = value
        if kind == "d":
            return [body.decode().rstrip("\n").replace("\t", "|")]
        return {"I": lambda: ["empty"], "D": lambda: [shown(wire.row(body))], "C": lambda: [body[:-1].decode()],
                "closed": lambda: ["closed"]}.get(kind, list)()

    def ask(self, sql):
        return self.exchange(wire.query(sql))

    def pipeline(self, statements):
        return self.exchange(*map(wire.run, statements), wire.sync())

    def state(self):
        kind, body = self.messages[-1]
        return STATES[body.decode()] if kind == "Z" else kind

    def close(self):
        self.client.close()


class Conformance(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="emulator-e2e-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        cls.postgres, cls.emulators = emulator_case.running_postgres(), {}
        libpq.set_wait_callback(wait)
        cls.addClassCleanup(libpq.set_wait_callback, None)

    @classmethod
    def tearDownClass(cls):
        codes = {flags: emulator.end() for flags, emulator in cls.emulators.items()
                 if not isinstance(emulator, stack.DidNotStart)}
        assert not any(codes.values()), codes

    def emulator(self, flags):
        """The emulator with these flags, started when first asked for."""
        if flags not in self.emulators:
            folder = self.folder / str(len(self.emulators))
            folder.mkdir()
            try:
                self.emulators[flags] = stack.emulator(folder, self.postgres.port, *flags).start()
            except stack.DidNotStart as error:
                self.emulators[flags] = error
        if isinstance(self.emulators[flags], stack.DidNotStart):
            self.fail(f"no emulator with {' '.join(flags)}: {self.emulators[flags]}")
        return self.emulators[flags]

    def run_case(self, case, dialect):
        if case.unmodelled:
            self.skipTest(case.unmodelled)
        port = self.emulator(case.flags(dialect)).port
        self.prepare(case)
        sessions, words = {}, {}
        try:
            for step in case.steps:
                where = f"{case.file}.txt:{step.line}: {step.session}: {' '.join(step.text)}"
                try:
                    got = self.answer(step, sessions, port, words)
                    state = sessions[step.session].state() if step.state else ""
                except (Blocked, psycopg2.OperationalError) as error:
                    got, state = [f"{type(error).__name__} {error}".strip()], ""
                said = "\n  ".join(["", "expected", *step.answer, step.state, "got", *got, state])
                if state != step.state or not table.agree(step.answer, got, words):
                    self.fail(where + said)
        finally:
            for session in sessions.values():
                session.close()

    def prepare(self, case):
        """A fresh schema with the case's setup, made past the emulator."""
        admin = psycopg2.connect(self.postgres.dsn())
        self.addCleanup(admin.close)
        admin.autocommit = True
        with admin.cursor() as cursor:
            cursor.execute(CLEAN)
            for lines in case.setup:
                cursor.execute(table.filled(lines, {}))

    def answer(self, step, sessions, port, words):
        text = table.filled(step.text, words)
        made = Raw if step.session in "xyz" else Session
        if step.verb == "connect":
            parameters = dict(part.split("=", 1) for part in re.split(r", ?", text) if part)
            sessions[step.session] = made(port, **parameters)
            return getattr(sessions[step.session], "answer", []) or ["connected"]
        session = sessions.get(step.session) or sessions.setdefault(step.session, made(port))
        if step.verb == "parameter":
            return [session.parameter(text)]
        if step.verb == "pipeline":
            return session.pipeline(step.text)
        if step.verb == "padded":
            size, sql = text.split(" ", 1)
            return session.ask(f"{sql} --".ljust(int(size), "x"))
        if step.verb == "copy":
            sql, *rows = text.split("\n")
            data = "".join(row.replace("|", "\t") + "\n" for row in rows).encode()
            return session.exchange(wire.query(sql), wire.message("d", data), wire.message("c"))
        return session.ask(text)


class Table(unittest.TestCase):
    def test_the_table_is_large_enough_and_sourced(self):
        cases = [case for case in CASES if not case.unmodelled]
        self.assertGreaterEqual(len(cases), LEAST)
        for case in CASES:
            with self.subTest(case.file, line=case.line):
                self.assertRegex(case.source, r"§\d.*\b20\d\d")
                self.assertTrue(case.unmodelled or case.steps)
                self.assertTrue(all(step.answer for step in case.steps))
        names = [(case.file, case.name) for case in CASES]
        self.assertEqual(len(names), len(set(names)))

    def test_answers_are_held_against_the_text(self):
        words = {}
        for expected, got, same in (
                (["1|10", "SELECT 1"], ["columns id|v", "1|10", "SELECT 1"], True),
                (["columns id|v", "1|10", "SELECT 1"], ["columns id|w", "1|10", "SELECT 1"], False),
                (["1|10", "SELECT 1"], ["1|11", "SELECT 1"], False),
                (["SELECT 0"], ["1", "SELECT 1"], False),
                (["COMMIT"], ["ROLLBACK"], False),
                (["COMMIT"], ["ERROR 40001 lost"], False),
                (["ERROR"], ["ERROR 0A000 no"], True),
                (["ERROR"], ["COMMIT"], False),
                (["ERROR 0A000"], ["ERROR 0A001 no"], False),
                (["ERROR 0A000 no"], ["ERROR 0A000 no.", "HINT never"], False),
                (["ERROR - no"], ["ERROR 0A000 no", "DETAIL never"], True),
                (["ERROR - no", "DETAIL {n}mb"], ["ERROR 0A000 no", "DETAIL 11mb"], True),
                (["ERROR - no", "DETAIL {n}mb"], ["ERROR 0A000 no"], False),
                (["FATAL 0A000 no"], ["ERROR 0A000 no"], False),
                (["{job}"], ["abcdefghijklmnopqrstuvwxyz"], True),
                (["{job}"], ["abcdefghijklmnopqrstuvwxy2"], False),  # not the one before
                (["{job}"], ["ABCDEFGHIJKLMNOPQRSTUVWXYZ"], False)):
            with self.subTest(expected=expected, got=got):
                self.assertEqual(table.agree(expected, got, words), same)
        self.assertEqual(table.filled(["CALL f('{job}')", "({2 columns})"], words),
                         "CALL f('abcdefghijklmnopqrstuvwxyz')\n(c1 int, c2 int)")

    def test_a_malformed_line_is_told(self):
        for text in ("case", "setup", "  a: SELECT 1", "case n\nsetup SELECT 1", "case n\n  limit rows=1",
                     "case n\n  limits rowz=1", "case n\n  d: SELECT 1", "case n\n    a: SELECT 1",
                     "case n\n     COMMIT", "case n\n       FOR UPDATE"):
            with self.subTest(text), self.assertRaises((table.Malformed, IndexError, AttributeError)):
                reader = table.Reader("n")
                for number, line in enumerate(text.split("\n"), 1):
                    reader.take(number, line)


def add_tests():
    for case in CASES:
        for dialect in case.dialects:
            name = re.sub(r"\W+", "_", f"{case.file} {case.line:04} {case.name}").strip("_")
            name = f"test_{name}" if dialect == "current" else f"test_{name}__{dialect}"
            setattr(Conformance, name, lambda self, c=case, d=dialect: self.run_case(c, d))


CASES = table.read_all()
add_tests()

if __name__ == "__main__":
    harness.main()
