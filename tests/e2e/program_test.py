"""The program itself: command line, mistakes in the configuration, signals, drain, an upstream that is away."""
import signal
import socket
import subprocess
import unittest

import harness
import stack
import wire

OCCAM = stack.BIN / "occam"


def occam(*arguments):
    return subprocess.run([OCCAM, *map(str, arguments)], capture_output=True, text=True, timeout=60)


@unittest.skipIf(harness.DIRECT, "no Occam")
class CommandLine(unittest.TestCase):
    def config(self, text):
        path = self.enterContext(harness.tempfile.NamedTemporaryFile("w", suffix=".yaml"))
        path.write(text)
        path.flush()
        return path.name

    def test_help_and_version(self):
        done = occam("--help")
        self.assertEqual(done.returncode, 0)
        for word in ("serve", "explain", "check", "token", "--version"):
            self.assertIn(word, done.stdout)
        for command in ("serve", "explain", "check", "token"):
            done = occam(command, "--help")
            self.assertEqual(done.returncode, 0)
            self.assertIn("xample", done.stdout, command)
        done = occam("--version")
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stdout, r"^occam \d+\.\d+\.\d+")

    def test_wrong_usage(self):
        for arguments in (["--nonsense"], ["nonsense"], [], ["serve", "--nonsense"], ["explain"]):
            with self.subTest(arguments):
                done = occam(*arguments)
                self.assertEqual(done.returncode, 2)
                self.assertEqual(done.stdout, "")
                self.assertNotEqual(done.stderr, "")

    def test_config_that_is_not_there(self):
        done = occam("serve", "--config", "/nowhere/occam.yaml")
        self.assertEqual(done.returncode, 2)
        self.assertEqual(len(done.stderr.strip().splitlines()), 1)
        self.assertIn("/nowhere/occam.yaml", done.stderr)

    def test_config_that_is_no_file(self):
        with harness.tempfile.TemporaryDirectory() as folder:
            done = occam("serve", "--config", folder)
        self.assertEqual(done.returncode, 2)
        self.assertIn("give the path of a readable file", done.stderr)

    def test_every_mistake_at_once_with_its_line(self):
        path = self.config("listen: 127.0.0.1:0\nupstreem:\n  port: 1\nretry:\n  attempts: many\n")
        done = occam("serve", "--config", path)
        self.assertEqual(done.returncode, 2)
        self.assertIn(f"{path}:2:", done.stderr)
        self.assertIn("upstream", done.stderr)  # the nearest name
        self.assertIn(f"{path}:5:", done.stderr)

    def test_listening_to_everybody_must_be_asked_for(self):
        done = occam("serve", "--config", self.config("listen: 0.0.0.0:0\nadmin:\n  listen: 127.0.0.1:0\n"))
        self.assertEqual(done.returncode, 2)
        self.assertIn("listen_anywhere", done.stderr)

    def test_tokens_are_for_one_user_only(self):
        """Not for whomever a client names: each name would have its own search for credentials."""
        done = occam("serve", "--config", self.config(
            "upstream: {authentication: iam, host: abcdefghijklmnopqrst123456.dsql.us-east-1.on.aws}\n"))
        self.assertEqual(done.returncode, 2)
        self.assertIn("no user; give the database role", done.stderr)

    def test_address_in_use(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            done = occam("serve", "--config",
                         self.config(f"listen: 127.0.0.1:{port}\nadmin:\n  listen: 127.0.0.1:0\n"))
        self.assertEqual(done.returncode, 1)
        self.assertIn(str(port), done.stderr)

    def test_explain(self):
        done = occam("explain", "SELECT range_id FROM shards WHERE shard_id = $1 FOR SHARE")
        self.assertEqual(done.returncode, 0)
        self.assertIn("FOR UPDATE", done.stdout)
        done = occam("explain", "--json", "SELECT 1")
        self.assertEqual(done.returncode, 0)
        self.assertIsInstance(harness.json.loads(done.stdout), dict)


@unittest.skipIf(harness.DIRECT, "no Occam")
class Life(harness.Case):
    def fresh(self, upstream=None, **settings):
        folder = self.enterContext(harness.tempfile.TemporaryDirectory(prefix="occam-life-"))
        program = stack.occam(folder, upstream or self.postgres.port, settings)
        self.addCleanup(program.end)
        return program.start()

    def test_term_lets_a_transaction_finish(self):
        program = self.fresh()
        busy, idle = wire.Client(program.port), wire.Client(program.port)
        self.addCleanup(busy.close)
        self.addCleanup(idle.close)
        busy.ask(wire.query("CREATE TABLE kept (k int)"))
        busy.ask(wire.query("BEGIN"))
        busy.ask(wire.query("INSERT INTO kept VALUES (1)"))
        program.process.send_signal(signal.SIGTERM)
        # The idle session is closed, and from then on nobody new comes in.
        idle.until_closed()
        with self.assertRaises((OSError, wire.Closed)):
            wire.Client(program.port)
        self.assertEqual(wire.tags(busy.ask(wire.query("INSERT INTO kept VALUES (2)"))), ["INSERT 0 1"])
        self.assertEqual(wire.tags(busy.ask(wire.query("COMMIT"))), ["COMMIT"])
        busy.until_closed()
        self.assertEqual(program.process.wait(30), 0)
        self.assertEqual(self.postgres.sql("SELECT count(*) FROM kept"), "2")

    def test_drain_is_bounded(self):
        program = self.fresh(drain_timeout="200ms")
        client = wire.Client(program.port)
        self.addCleanup(client.close)
        client.ask(wire.query("BEGIN"))
        client.ask(wire.query("SELECT 1"))
        program.process.send_signal(signal.SIGTERM)
        client.until_closed()
        self.assertEqual(program.process.wait(30), 0)

    def test_second_signal_ends_at_once(self):
        program = self.fresh(drain_timeout="10m")
        client, idle = wire.Client(program.port), wire.Client(program.port)
        self.addCleanup(client.close)
        client.ask(wire.query("BEGIN"))
        client.ask(wire.query("SELECT 1"))
        program.process.send_signal(signal.SIGTERM)
        idle.until_closed()
        program.process.send_signal(signal.SIGTERM)
        client.until_closed()
        program.process.wait(30)

    def test_upstream_away(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            nobody = taken.getsockname()[1]
        program = self.fresh(upstream=nobody)
        client = wire.Client(program.port, log_in=False)
        self.addCleanup(client.close)
        client.send(wire.startup())
        codes = wire.errors(client.until_closed())
        self.assertEqual(len(codes), 1)
        self.assertIsNone(program.process.poll())

    def test_one_client_too_many(self):
        program = self.fresh(limits={"clients": 2})
        for _ in range(2):
            self.addCleanup(wire.Client(program.port).close)
        late = wire.Client(program.port, log_in=False)
        self.addCleanup(late.close)
        late.send(wire.startup())
        self.assertEqual(wire.errors(late.until_closed()), ["53300"])

    def test_metrics(self):
        self.assertGreater(sum(1 for _ in harness.series(self.occam.ports["admin"], r"occam_\w+")), 10)

    def test_hang_up_keeps_sessions(self):
        client = self.client()
        client.ask(wire.query("BEGIN"))
        self.occam.process.send_signal(signal.SIGHUP)
        self.assertEqual(wire.rows(client.ask(wire.query("SELECT 1"))), [["1"]])
        self.assertEqual(wire.tags(client.ask(wire.query("COMMIT"))), ["COMMIT"])

    def test_no_secret_in_the_log(self):
        client = self.client()
        client.ask(wire.query("SELECT 'a-literal-value-nobody-may-read'"))
        client.ask(wire.run("SELECT $1::text", "a-parameter-nobody-may-read"), wire.sync())
        client.ask(wire.query("SELECT 1/0 /* a-literal-value-nobody-may-read */"))
        self.assertNotIn("nobody-may-read", self.occam.log.read_text() + self.occam.out.read_text())


if __name__ == "__main__":
    harness.main()
