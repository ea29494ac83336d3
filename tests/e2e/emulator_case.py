"""The emulator alone before a PostgreSQL: one PostgreSQL for a file of tests, one emulator for a class, and
sessions whose every statement the test sends itself. A statement that waited for another session's open
transaction would hang, which an alarm ends: nothing is measured by time."""
import shutil
import signal
import tempfile
import unittest
from pathlib import Path

import psycopg2
import psycopg2.extensions

import harness
import stack
import wire

OC000 = "change conflicts with another transaction (OC000)"
OC001 = "schema has been updated by another transaction (OC001)"
IDLE = psycopg2.extensions.TRANSACTION_STATUS_IDLE
FAILED = psycopg2.extensions.TRANSACTION_STATUS_INERROR
SECONDS = 120


class Session:
    """One client of libpq; BEGIN and COMMIT are sent by the tests themselves."""

    def __init__(self, port):
        self.connection = psycopg2.connect(stack.uri(port))
        self.connection.autocommit = True

    def run(self, sql):
        """The rows, or the tag of a statement without any."""
        cursor = self.connection.cursor()
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else cursor.statusmessage

    def error(self, sql):
        """SQLSTATE and text of the error that must come."""
        try:
            got = self.run(sql)
        except psycopg2.Error as error:
            return error.pgcode, error.diag.message_primary
        raise AssertionError(f"no error from {sql}: {got}")

    def state(self):
        return self.connection.get_transaction_status()


class Case(unittest.TestCase):
    flags = ()
    tables = """
        DROP TABLE IF EXISTS t, u CASCADE;
        CREATE TABLE t (id int PRIMARY KEY, v int, w text UNIQUE);
        CREATE TABLE u (id int PRIMARY KEY, v int);
        INSERT INTO t VALUES (1, 10, 'a'), (2, 20, 'b'), (3, 30, 'c');
        INSERT INTO u VALUES (1, 100)"""

    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="emulator-e2e-"))
        cls.folder.chmod(0o755)
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        cls.postgres = running_postgres()
        cls.emulator = stack.emulator(cls.folder, cls.postgres.port, *cls.flags).start()

    @classmethod
    def tearDownClass(cls):
        code = cls.emulator.end()
        assert code == 0, (code, cls.emulator.log.read_text())

    def setUp(self):
        signal.alarm(SECONDS)
        self.addCleanup(signal.alarm, 0)
        self.reset()

    def reset(self):
        """The tables as they were, made past the emulator."""
        self.postgres.sql(self.tables)

    def session(self):
        session = Session(self.emulator.port)
        self.addCleanup(session.connection.close)
        return session

    def pair(self):
        return self.session(), self.session()

    def raw(self):
        client = wire.Client(self.emulator.port)
        self.addCleanup(client.close)
        return client

    def lost(self, session):
        """COMMIT fails and the session is idle (facts/dsql.md §1.4, §1.7)."""
        self.assertEqual(session.error("COMMIT"), ("40001", OC000))
        self.assertEqual(session.state(), IDLE)

    def counted(self, wanted, name, **labels):
        """What the server does after the client has heard of it is counted a moment later; setUp's alarm ends this."""
        while self.counter(name, **labels) < wanted:
            pass
        self.assertEqual(self.counter(name, **labels), wanted)

    def counter(self, name, **labels):
        return harness.metric(self.emulator.ports["metrics"], "dsql_emulator_" + name, **labels)


POSTGRES = []


def running_postgres():
    if not POSTGRES:
        folder = Path(tempfile.mkdtemp(prefix="emulator-e2e-"))
        folder.chmod(0o755)
        unittest.addModuleCleanup(shutil.rmtree, folder, True)
        POSTGRES.append(stack.Postgres(folder / "postgres"))
        unittest.addModuleCleanup(POSTGRES[0].stop)
        POSTGRES[0].start()
        POSTGRES[0].sql("CREATE DATABASE temporal", "postgres")
    return POSTGRES[0]
