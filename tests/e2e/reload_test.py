"""SIGHUP: new sessions get the new table rules, old ones keep theirs; what cannot change is said; a file with
mistakes changes nothing. And the log: what was rewritten, once per text, without a value in it."""
import json
import signal
import subprocess
import tempfile
import unittest
from pathlib import Path

import harness
import stack
import wire

SCHEMA = "CREATE TABLE fenced (k int PRIMARY KEY, v text); INSERT INTO fenced VALUES (1, 'a')"


@unittest.skipIf(harness.DIRECT, "no Occam")
class Reload(harness.Case):
    schema = SCHEMA

    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory(prefix="occam-reload-"))
        self.rules = Path(folder) / "rules.yaml"
        self.rules.write_text("tables: {fenced: {share: for_update}}\n")
        self.program = stack.occam(folder, self.postgres.port, {"rewriter": {"rules": str(self.rules)}})
        self.addCleanup(self.program.end)
        self.program.start()
        self.config = Path(folder) / "occam.yaml"

    def log(self):
        return self.program.log.read_text()

    def hang_up(self, answer):
        """Sends SIGHUP and returns once Occam has logged this answer."""
        self.program.process.send_signal(signal.SIGHUP)
        log = subprocess.Popen(["timeout", "30", "tail", "-n", "+1", "-f", self.program.log],
                               stdout=subprocess.PIPE, text=True)
        with log:
            heard = any(answer in line for line in log.stdout)
            log.terminate()
        self.assertTrue(heard, self.log())

    def client(self):
        client = wire.Client(self.program.port)
        self.addCleanup(client.close)
        return client

    def lock(self, client, tag):
        """Takes a share lock with a text that was not seen before; returns what it was rewritten to."""
        self.assertEqual(wire.rows(client.ask(wire.query(f"SELECT v AS {tag} FROM fenced WHERE k = 1 FOR SHARE"))),
                         [["a"]])
        lines = [line for line in self.log().splitlines() if f"AS {tag}" in line]
        self.assertEqual(len(lines), 1, lines)
        return lines[0]

    def test_new_sessions_get_new_rules(self):
        old = self.client()
        self.assertIn('after="FOR UPDATE"', self.lock(old, "one"))
        self.rules.write_text("tables: {fenced: {share: key_share}}\n")
        self.hang_up("reloaded")
        self.assertIn('after="FOR KEY SHARE"', self.lock(self.client(), "two"))
        self.assertIn('after="FOR UPDATE"', self.lock(old, "three"))

    def test_what_cannot_change_is_said(self):
        config = json.loads(self.config.read_text())
        config["threads"] = 7
        self.config.write_text(json.dumps(config))
        self.hang_up("only a restart applies it")
        self.assertIn('keys="threads"', self.log())

    def test_metrics_are_read_while_rules_change(self):
        for _ in range(20):
            self.program.process.send_signal(signal.SIGHUP)
            harness.metric(self.program.ports["admin"], "occam_rewriter_cache_misses_total")
        self.hang_up("reloaded")
        self.assertEqual(self.program.end(), 0, self.log())

    def test_mistakes_change_nothing(self):
        self.rules.write_text("tables: {fenced: {share: never}}\n")
        self.hang_up("not reloaded")
        self.assertIn("fenced.share", self.log())
        self.assertIn('after="FOR UPDATE"', self.lock(self.client(), "four"))

    def test_rules_that_cannot_be_read_change_nothing(self):
        self.rules.unlink()
        self.rules.mkdir()
        self.hang_up("not reloaded")
        self.assertIn("not a regular file", self.log())
        self.assertIn('after="FOR UPDATE"', self.lock(self.client(), "six"))

    def test_a_rewrite_is_logged_once_and_without_values(self):
        client = self.client()
        for _ in range(3):
            client.ask(wire.query("SELECT 'nobody-may-read' AS five FROM fenced FOR SHARE"))
        lines = [line for line in self.log().splitlines() if "AS five" in line]
        self.assertEqual(len(lines), 1)
        self.assertIn('original="SELECT ? AS five FROM fenced FOR SHARE"', lines[0])
        self.assertNotIn("nobody-may-read", self.log())


if __name__ == "__main__":
    harness.main()
