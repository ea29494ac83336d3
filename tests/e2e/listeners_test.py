"""Several listeners in one Occam: each leads to its own upstream by its own rules, and one that is told so
passes SQL untouched."""
import unittest

import harness
import stack
import wire

SCHEMA = "CREATE TABLE kept (k int PRIMARY KEY, v text); INSERT INTO kept VALUES (1, 'a')"
LOCKED = "SELECT v FROM kept WHERE k = 1 FOR SHARE"


@unittest.skipIf(harness.DIRECT, "no Occam")
class Listeners(harness.Case):
    emulator_flags = []
    schema = SCHEMA

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = cls.folder / "two"
        folder.mkdir()
        upstream = {"host": "127.0.0.1", "user": "temporal", "password": "temporal", "tls": {"mode": "disable"}}
        cls.both = stack.occam(folder, cls.emulator.port, {"listeners": {
            "visibility": {"listen": "127.0.0.1:0", "rewriter": {"enabled": False},
                           "upstream": {**upstream, "server": "postgresql", "port": cls.postgres.port}}}})
        cls.both.expects = ("visibility", "ready", "admin")
        cls.started(cls.both)

    def ask(self, listener, text):
        client = wire.Client(self.both.ports[listener])
        self.addCleanup(client.close)
        return wire.rows(client.ask(wire.query(text)))

    def test_each_has_its_own_upstream(self):
        self.assertEqual(self.ask("ready", "SHOW transaction_isolation"), [["repeatable read"]])
        self.assertEqual(self.ask("visibility", "SHOW transaction_isolation"), [["read committed"]])

    def test_each_has_its_own_rules(self):
        """The emulator refuses FOR SHARE, so Occam must have rewritten it; PostgreSQL shows what it was sent."""
        self.assertEqual(self.ask("ready", LOCKED), [["a"]])
        own = "SELECT query FROM pg_stat_activity WHERE pid = pg_backend_pid() AND EXISTS (" + LOCKED + ")"
        self.assertEqual(self.ask("visibility", own), [[own]])
        rewritten = [line for line in self.both.log.read_text().splitlines() if "rewritten" in line]
        self.assertEqual(len(rewritten), 1, rewritten)

    def test_what_only_plain_postgresql_has_passes(self):
        self.assertEqual(self.ask("visibility", "SELECT pg_try_advisory_lock(7)"), [["t"]])


if __name__ == "__main__":
    harness.main()
