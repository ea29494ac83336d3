"""What Occam finds out of its upstream's locks, and what it sends because of it: `share: auto` becomes FOR KEY
SHARE only where that was seen to fence, `dialect: auto` what the upstream speaks. On the emulator in each of its
answers and on plain PostgreSQL; an upstream that comes later; no right to the scratch table; several at once."""
import signal
import socket
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

import harness
import stack
import wire
from emulator_case import running_postgres
from tap import Tap

LOCK = "SELECT v FROM fenced WHERE k = 1 FOR "
PROVEN = 'key_share="proven"'
RULES = "tables: {fenced: {share: %s}}\n"


@unittest.skipIf(harness.DIRECT, "no Occam")
class Case(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="occam-locks-")))
        self.folder.chmod(0o755)
        self.postgres = running_postgres()
        self.postgres.sql("DROP TABLE IF EXISTS fenced, public.occam_probe; CREATE TABLE fenced (k int PRIMARY KEY, v text);"
                          "INSERT INTO fenced VALUES (1, 'a'); GRANT ALL ON fenced TO PUBLIC", "postgres")
        self.rules = self.folder / "rules.yaml"
        self.rules.write_text(RULES % "auto")

    def emulator(self, *flags):
        program = stack.emulator(self.folder, self.postgres.port, *flags)
        self.addCleanup(program.end)
        return program.start()

    def tapped(self, port):
        tap = Tap(port)
        self.addCleanup(tap.close)
        return tap

    def occam(self, port, name="", server="aurora_dsql", user="temporal", dialect="current", start=True, pool=None, **upstream):
        folder = self.folder / f"occam{name}"
        folder.mkdir()
        program = stack.occam(folder, port, {
            "upstream": {"server": server, "host": "127.0.0.1", "port": port, "user": user, **upstream},
            "rewriter": {"rules": str(self.rules), "dialect": dialect}, "pool": pool or {}})
        self.addCleanup(program.end)
        return program.start() if start else program

    def ask(self, occam, sql):
        client = wire.Client(occam.port, database="postgres")
        self.addCleanup(client.close)
        answer = client.ask(wire.query(sql))
        self.assertEqual(wire.rows(answer), [["a"]], answer)

    def sent(self, tap, occam, clause="SHARE"):
        """What a new session's FOR SHARE, or another clause, on the table with the rule arrives as."""
        tap.clear()
        self.ask(occam, LOCK + clause)
        found = [kind for kind in ("UPDATE", "KEY SHARE", "SHARE") if tap.asked(LOCK + kind)]
        self.assertEqual(len(found), 1, tap.sent)
        return found[0]

    def found(self, occam):
        """What the metrics say: the dialect, and whether FOR KEY SHARE fences."""
        port = occam.ports["admin"]
        dialects = [labels["dialect"] for labels, value in harness.series(port, "occam_upstream_dialect") if value]
        self.assertEqual(len(dialects), 1)
        return dialects[0], bool(harness.metric(port, "occam_key_share_proven"))

    def told(self, occam, words):
        """Returns the log once these words stand in one of its lines."""
        log = subprocess.Popen(["timeout", "60", "tail", "-n", "+1", "-f", occam.log], stdout=subprocess.PIPE, text=True)
        with log:
            heard = any(words in line for line in log.stdout)
            log.terminate()
        self.assertTrue(heard, occam.log.read_text())
        return occam.log.read_text()

    def left(self):
        return self.postgres.sql("SELECT count(*) FROM public.occam_probe", "postgres")

    def scratch_tables(self):
        return self.postgres.sql("SELECT count(*) FROM pg_class WHERE relname = 'occam_probe'", "postgres")


class Found(Case):
    def test_key_share_fences(self):
        tap = self.tapped(self.emulator().port)
        occam = self.occam(tap.port)
        self.assertEqual(self.sent(tap, occam), "KEY SHARE")
        self.assertEqual(self.found(occam), ("current", True))
        self.assertIn('dialect="current" key_share="proven"', occam.log.read_text())
        self.assertEqual(self.left(), "0")

    def test_its_connects_count_in_the_budget(self):
        emulator = self.emulator()
        occam = self.occam(emulator.port, pool={"reserve": 0, "connects_per_second": 1, "connect_burst": 2, "wait": "30s"})
        for _ in range(2):  # each needs a connection of its own
            client = wire.Client(occam.port, database="postgres")
            self.addCleanup(client.close)
            self.assertEqual(wire.tags(client.ask(wire.query("BEGIN"))), ["BEGIN"])
        made, peak = (harness.metric(emulator.ports["metrics"], f"dsql_emulator_connects_{name}") for name in ("total", "peak"))
        self.assertGreaterEqual(made, 4)  # with the two that ask
        self.assertLessEqual(peak, 2 + 1)

    def test_key_share_does_not_fence(self):
        tap = self.tapped(self.emulator("--key-share-fences", "off").port)
        occam = self.occam(tap.port)
        self.assertEqual(self.sent(tap, occam), "UPDATE")
        self.assertEqual(self.found(occam), ("current", False))
        self.assertIn("FOR KEY SHARE does not fence", occam.log.read_text())
        self.assertEqual(self.left(), "0")

    def test_dialect_2025(self):
        tap = self.tapped(self.emulator("--dialect", "2025").port)
        occam = self.occam(tap.port, dialect="auto")
        self.assertEqual(self.sent(tap, occam), "UPDATE")
        self.assertEqual(self.sent(tap, occam, "KEY SHARE"), "UPDATE")
        self.assertEqual(self.found(occam), ("2025", False))
        self.assertEqual(self.scratch_tables(), "0")

    def test_dialect_current(self):
        self.rules.write_text(RULES % "for_update")
        tap = self.tapped(self.emulator().port)
        occam = self.occam(tap.port, dialect="auto")
        self.assertEqual(self.sent(tap, occam, "KEY SHARE"), "KEY SHARE")
        self.assertEqual(self.sent(tap, occam), "UPDATE")
        self.assertEqual(self.found(occam), ("current", True))

    def test_a_dialect_that_is_configured_stays(self):
        tap = self.tapped(self.emulator("--dialect", "2025").port)
        occam = self.occam(tap.port)
        self.assertEqual(self.found(occam), ("2025", False))
        self.assertIn("write 2025 or auto", occam.log.read_text())
        self.assertEqual(self.sent(tap, occam), "UPDATE")

    def test_plain_postgresql(self):
        tap = self.tapped(self.postgres.port)
        occam = self.occam(tap.port, server="postgresql")
        self.assertEqual(self.sent(tap, occam), "KEY SHARE")
        self.assertEqual(self.found(occam), ("current", True))
        self.assertEqual(self.left(), "0")

    def test_rows_of_a_probe_that_died_disturb_nobody(self):
        self.postgres.sql("CREATE TABLE public.occam_probe (id text PRIMARY KEY, v bigint);"
                          "INSERT INTO public.occam_probe VALUES ('0123.fence', 1), ('0123.other', 1)", "postgres")
        occam = self.occam(self.emulator().port)
        self.assertEqual(self.found(occam), ("current", True))
        self.assertEqual(self.left(), "2")

    def test_several_at_once(self):
        emulator = self.emulator()
        programs = [self.occam(emulator.port, name=n, start=False) for n in range(4)]
        threads = [threading.Thread(target=program.start) for program in programs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for program in programs:
            self.assertEqual(self.found(program), ("current", True), program.log.read_text())
        self.assertEqual(self.left(), "0")

    def test_nothing_is_asked_where_nothing_depends_on_it(self):
        tap = self.tapped(self.emulator().port)
        for n, (rule, dialect) in enumerate([("key_share", "current"), ("auto", "2025")]):
            self.rules.write_text(RULES % rule)
            occam = self.occam(tap.port, name=n, dialect=dialect)
            self.assertEqual(self.found(occam), ("unknown", False))
        self.assertEqual(tap.lines, [])


class NotFound(Case):
    def test_conflicts_of_their_own_prove_nothing(self):
        self.postgres.sql("CREATE TABLE public.occam_probe (id text PRIMARY KEY, v bigint)", "postgres")
        # The first is the question for the dialect, the second the control.
        occam = self.occam(self.emulator("--inject", "conflict:nth=2,class=lock").port)
        said = self.told(occam, "asked again later")
        self.assertIn("the answer to COMMIT, nobody else at work, was 40001", said)
        self.assertLess(said.index("not proven"), self.told(occam, PROVEN).index(PROVEN))

    def test_no_right_to_the_scratch_table_until_it_is_given(self):
        self.postgres.sql("DROP ROLE IF EXISTS modest; CREATE ROLE modest LOGIN", "postgres")
        tap = self.tapped(self.postgres.port)
        occam = self.occam(tap.port, server="postgresql", user="modest")
        self.assertEqual(self.sent(tap, occam), "UPDATE")
        self.assertEqual(self.found(occam), ("unknown", False))
        said = self.told(occam, "permission denied for schema public")
        create = said[said.index("CREATE TABLE"):said.index("; then")].replace("upstream.user", "modest")
        self.postgres.sql(create, "postgres")
        self.assertEqual(self.found(self.occam(tap.port, name="again", server="postgresql", user="modest")), ("current", True))

    def test_nobody_to_log_in_as(self):
        tap = self.tapped(self.emulator().port)
        occam = self.occam(tap.port, user="")
        self.assertEqual(self.found(occam), ("unknown", False))
        self.assertIn("set upstream.user", self.told(occam, "nobody to log in as"))
        self.assertEqual(tap.lines, [])
        self.assertEqual(self.sent(tap, occam), "UPDATE")

    def test_a_server_that_waits_is_not_waited_for(self):
        """PostgreSQL where the configuration promises Aurora DSQL: its FOR UPDATE waits for the holder."""
        occam = self.occam(self.postgres.port, connect_timeout="100ms")
        self.assertEqual(self.found(occam), ("current", False))
        self.assertIn("it did not answer in time", occam.log.read_text())

    def test_lost_in_the_middle(self):
        tap = self.tapped(self.emulator().port)
        tap.cut_before("FOR UPDATE")
        occam = self.occam(tap.port)
        self.told(occam, "it closed a connection; asked again later")
        self.told(occam, PROVEN)
        self.assertEqual(self.found(occam), ("current", True))


class Later(Case):
    def reload(self, occam):
        before = occam.log.read_text().count("reloaded")
        occam.process.send_signal(signal.SIGHUP)
        log = subprocess.Popen(["timeout", "60", "tail", "-n", "+1", "-f", occam.log], stdout=subprocess.PIPE, text=True)
        with log:
            for line in log.stdout:
                before -= "reloaded" in line
                if before < 0:
                    break
            log.terminate()
        self.assertLess(before, 0)

    def test_the_upstream_comes_later(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        occam = self.occam(port)
        self.assertEqual(self.found(occam), ("unknown", False))
        self.told(occam, "asked again later")
        emulator = self.emulator("--listen", f"127.0.0.1:{port}")
        self.assertEqual(emulator.port, port)
        self.told(occam, PROVEN)
        self.ask(occam, LOCK + "SHARE")
        self.assertIn('after="FOR KEY SHARE"', occam.log.read_text())
        self.assertEqual(self.found(occam), ("current", True))

    def test_a_reload_keeps_what_was_found(self):
        tap = self.tapped(self.emulator().port)
        occam = self.occam(tap.port)
        tap.clear()
        self.reload(occam)
        self.assertEqual(self.sent(tap, occam), "KEY SHARE")
        self.assertEqual(tap.asked("occam_probe"), 0)

    def test_a_reload_that_first_needs_it_asks(self):
        self.rules.write_text(RULES % "for_update")
        tap = self.tapped(self.emulator().port)
        occam = self.occam(tap.port)
        self.assertEqual(self.sent(tap, occam), "UPDATE")
        self.rules.write_text(RULES % "auto")
        self.reload(occam)
        self.told(occam, PROVEN)
        self.assertEqual(self.sent(tap, occam), "KEY SHARE")

    def test_it_ends_while_it_waits_to_ask_again(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            occam = self.occam(taken.getsockname()[1], connect_timeout="100ms")
            self.told(occam, "asked again later")
            self.assertEqual(occam.end(), 0)


if __name__ == "__main__":
    harness.main()
