"""How Occam logs in to a real PostgreSQL: trust, a cleartext password, SCRAM-SHA-256; and what a client hears
when that fails."""
import shutil
import tempfile
import unittest
from pathlib import Path

import harness
import stack
import wire

ACCESS = """
host all scram 127.0.0.1/32 scram-sha-256
host all clear 127.0.0.1/32 password
host all hashed 127.0.0.1/32 md5
host all ident 127.0.0.1/32 ident
host all all 127.0.0.1/32 trust
"""
ROLES = """
CREATE ROLE scram LOGIN PASSWORD 'two words';
CREATE ROLE clear LOGIN PASSWORD 'two words';
CREATE ROLE open LOGIN;
CREATE ROLE ident LOGIN;
SET password_encryption = md5;
CREATE ROLE hashed LOGIN PASSWORD 'two words';
"""


@unittest.skipIf(harness.DIRECT, "Occam's own log-in")
class UpstreamLogin(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="occam-e2e-"))
        cls.folder.chmod(0o755)
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        cls.postgres = stack.Postgres(cls.folder / "postgres")
        cls.addClassCleanup(cls.postgres.stop)
        cls.postgres.start()
        cls.postgres.sql(ROLES, "postgres")
        (cls.folder / "postgres/data/pg_hba.conf").write_text(ACCESS)
        cls.postgres.sql("SELECT pg_reload_conf()", "postgres")

    def log_in(self, user, password):
        """What a client gets that logs in through an Occam with these words, and what Occam wrote of it."""
        occam = stack.occam(self.folder, self.postgres.port, {"upstream": {
            "host": "127.0.0.1", "port": self.postgres.port, "user": user, "password": password}})
        occam.log.unlink(missing_ok=True)
        occam.start()
        try:
            client = wire.Client(occam.port, log_in=False)
            client.send(wire.startup("anybody", "postgres"), wire.query("SELECT current_user"))
            answer = []
            while not answer or answer[-1][0] not in "E" and wire.kinds(answer).count("Z") < 2:
                answer.append(client.receive())
            client.close()
        finally:
            self.assertEqual(occam.end(), 0)
        self.assertNotIn(password or "two words", occam.log.read_text())
        return answer

    def test_logged_in(self):
        for user in ("scram", "clear", "open"):
            with self.subTest(user=user):
                answer = self.log_in(user, "two words")
                self.assertEqual(wire.rows(answer), [[user]])
                told = dict(body[:-1].split(b"\0") for kind, body in answer if kind == "S")
                self.assertEqual(told[b"server_encoding"], b"UTF8")
                self.assertEqual(wire.kinds(answer)[:2], "RK")

    def test_refused(self):
        cases = [("scram", "wrong", "28P01", "password authentication failed"),
                 ("clear", "wrong", "28P01", "password authentication failed"),
                 ("scram", "", "28P01", "none is configured"),
                 ("hashed", "two words", "28000", "scram-sha-256"),
                 ("ident", "two words", "28000", "Ident authentication failed"),
                 ("nobody", "two words", "28000", "does not exist")]
        for user, password, code, text in cases:
            with self.subTest(user=user, password=password):
                answer = self.log_in(user, password)
                self.assertEqual(wire.errors(answer), [code])
                self.assertIn(text, wire.fields(answer[-1][1])["M"])


if __name__ == "__main__":
    harness.main()
