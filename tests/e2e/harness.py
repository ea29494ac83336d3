"""What every end-to-end test stands on: `Case` starts PostgreSQL, if asked the emulator, a tap and Occam for
one class of tests, and ends them. OCCAM_DIRECT=1 lets the tests talk to PostgreSQL itself, which shows
whether a test asks for more than PostgreSQL gives."""
import json  # noqa: F401 (for the tests)
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import urllib.request
from pathlib import Path

import psycopg2

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "deploy"))
import stack  # noqa: E402
import tap  # noqa: E402
import wire  # noqa: E402

DIRECT = bool(os.environ.get("OCCAM_DIRECT"))
SHORT = bool(os.environ.get("OCCAM_SHORT"))  # under sanitizers: the same tests, less of each


class Case(unittest.TestCase):
    emulator_flags = None  # a list: the emulator stands between Occam and PostgreSQL
    tapped = False         # a tap stands before the upstream
    settings = {}          # of Occam's configuration
    schema = ""            # SQL for the database temporal
    postgres_settings = {}

    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="occam-e2e-"))
        cls.folder.chmod(0o755)
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        cls.prepare()
        cls.postgres = stack.Postgres(cls.folder / "postgres", **cls.postgres_settings)
        cls.addClassCleanup(cls.postgres.stop)
        cls.postgres.start()
        cls.postgres.sql("CREATE DATABASE temporal", "postgres")
        if cls.schema:
            cls.postgres.sql(cls.schema)
        port, cls.emulator, cls.tap, cls.occam = cls.postgres.port, None, None, None
        if cls.emulator_flags is not None:
            cls.emulator = cls.started(stack.emulator(cls.folder, port, *cls.emulator_flags))
            port = cls.emulator.port
        if cls.tapped:
            cls.tap = tap.Tap(port)
            cls.addClassCleanup(cls.tap.close)
            port = cls.tap.port
        if not DIRECT:
            cls.occam = cls.started(stack.occam(cls.folder, port, cls.settings))
            port = cls.occam.port
        cls.port = port

    @classmethod
    def prepare(cls):
        """What must be there, in cls.folder or in the class, before the first server starts."""

    @classmethod
    def started(cls, program):
        program.start()
        cls.addClassCleanup(program.end)
        return program

    @classmethod
    def tearDownClass(cls):
        for program in filter(None, (cls.occam, cls.emulator)):
            alive = program.process.poll() is None
            code = program.end()
            if not alive or code != 0:
                raise AssertionError(f"{program.name} ended with {code}; alive before the end: {alive}\n"
                                     + program.log.read_text(errors="replace")[-4000:])

    def client(self, **words):
        client = wire.Client(self.port, **words)
        self.addCleanup(client.close)
        return client

    def connect(self, **words):
        connection = psycopg2.connect(stack.uri(self.port), **words)
        self.addCleanup(connection.close)
        return connection

    def psql(self, *arguments, stdin=None, check=True, port=None, database="temporal"):
        done = subprocess.run(["psql", "-X", "-v", "ON_ERROR_STOP=1", stack.uri(port or self.port, database),
                               *arguments], input=stdin, capture_output=True, text=True, timeout=120)
        if check:
            self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def metric(self, name, **labels):
        return metric(self.occam.ports["admin"], name, **labels)

    def verdicts(self):
        """Counts by verdict, without those that never occurred."""
        return {labels["verdict"]: int(value) for labels, value in series(
            self.occam.ports["admin"], "occam_verdicts_total") if value}


def series(port, name):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as page:
        lines = page.read().decode()
    for found in re.finditer(rf"^{name}(?:\{{(.*)\}})? (\S+)$", lines, re.M):
        yield dict(re.findall(r'(\w+)="([^"]*)"', found[1] or "")), float(found[2])


def metric(port, name, **labels):
    """The sum of all series of this name that carry these labels; 0 where there is none."""
    return sum(value for seen, value in series(port, name)
               if all(seen.get(key) == wanted for key, wanted in labels.items()))


def main():
    result = unittest.main(exit=False, verbosity=2).result
    failed, skipped = len(result.failures) + len(result.errors), len(result.skipped)
    passed = max(0, result.testsRun - failed - skipped)
    tail = f", {skipped} skipped" if skipped else ""
    print(f"{passed} passed, {failed} failed{tail}", flush=True)
    sys.exit(1 if failed else 0)
