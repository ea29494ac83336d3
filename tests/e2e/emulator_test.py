"""Occam before the emulator: conflicts that arise by themselves and on order are hidden, nothing is lost, and
both sides count the same."""
import tempfile
import threading
import unittest

import harness
import wire

# Nothing is asked of the upstream at the start: its conflicts would come among those that are counted here.
RULES = tempfile.NamedTemporaryFile("w", prefix="occam-rules-", suffix=".yaml")
RULES.write((harness.ROOT / "config/temporal.yaml").read_text().replace("share: auto", "share: for_update"))
RULES.flush()
PATIENT = {"retry": {"attempts": 100, "elapsed": "60s"}, "rewriter": {"rules": RULES.name}}


class Emulated(harness.Case):
    emulator_flags = []
    settings = PATIENT
    schema = "CREATE TABLE counters (k int PRIMARY KEY, v bigint NOT NULL); INSERT INTO counters SELECT g, 0 FROM generate_series(1, 4) g;"

    def told(self, **labels):
        return harness.metric(self.emulator.ports["metrics"], "dsql_emulator_conflicts_total", **labels)

    def assert_counts_agree(self):
        self.assertEqual(self.metric("occam_conflicts_total"), self.told())
        self.assertEqual(self.metric("occam_verdict_conflicts_total"), self.told())

    def sum(self):
        return int(self.postgres.sql("SELECT sum(v) FROM counters"))


@unittest.skipIf(harness.DIRECT, "PostgreSQL itself hides nothing")
class Contention(Emulated):
    threads, rounds = 8, 10 if harness.SHORT else 25

    def in_parallel(self, work):
        failures = []

        def run(number):
            try:
                client = wire.Client(self.port)
                for round_ in range(self.rounds):
                    for answer in work(client, number, round_):
                        self.assertEqual(wire.errors(answer), [])
                client.close()
            except Exception as error:  # shown by the main thread
                failures.append(repr(error))

        threads = [threading.Thread(target=run, args=(n,)) for n in range(self.threads)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])

    def assert_added(self, work):
        before, conflicts = self.sum(), self.told()
        self.in_parallel(work)
        self.assertEqual(self.sum() - before, self.threads * self.rounds)
        self.assert_counts_agree()
        print(f"{self.threads * self.rounds} increments, {self.told() - conflicts:.0f} conflicts, all hidden")

    def test_blind_autocommit_writes(self):
        self.assert_added(lambda client, n, i: [
            client.ask(wire.query("UPDATE counters SET v = v + 1 WHERE k = 1"))])

    def test_blind_transactions_on_two_rows(self):
        self.assert_added(lambda client, n, i: [
            client.ask(wire.query("BEGIN")),
            client.ask(wire.run("UPDATE counters SET v = v + 1 WHERE k = $1", 2 + n % 2), wire.sync()),
            client.ask(wire.run("UPDATE counters SET v = v + 0 WHERE k = $1", 3 - n % 2), wire.sync()),
            client.ask(wire.query("COMMIT"))])

    def test_whole_transactions_in_a_pipeline(self):
        self.assert_added(lambda client, n, i: [
            client.ask(wire.run("BEGIN"), wire.run("UPDATE counters SET v = v + 1 WHERE k = 4"), wire.run("COMMIT"),
                       wire.sync())])

    def test_read_modify_write_loses_nothing(self):
        """Occam cannot hide these; it must not lose one either: acknowledged = stored."""
        before, acknowledged = self.sum(), []

        def work(client, n, i):
            client.ask(wire.query("BEGIN"))
            seen = int(wire.rows(client.ask(wire.query("SELECT v FROM counters WHERE k = 1")))[0][0])
            client.ask(wire.run("UPDATE counters SET v = $1 WHERE k = 1", seen + 1), wire.sync())
            answer = client.ask(wire.query("COMMIT"))
            if wire.tags(answer) == ["COMMIT"]:
                acknowledged.append(n)
            else:
                self.assertEqual(wire.errors(answer), ["40001"])
            return []

        self.in_parallel(work)
        self.assertEqual(self.sum() - before, len(acknowledged))
        self.assert_counts_agree()


@unittest.skipIf(harness.DIRECT, "PostgreSQL itself hides nothing")
class Ordered(Emulated):
    emulator_flags = ["--inject", "conflict:every=3", "--inject", "oc001:every=11", "--inject", "unavailable:every=17"]

    def test_every_fault_is_hidden_and_counted(self):
        client = self.client()
        for number in range(60):
            for text in ("BEGIN", "SELECT v FROM counters WHERE k = 1",
                         "UPDATE counters SET v = v + 1 WHERE k = 1", "COMMIT"):
                self.assertEqual(wire.errors(client.ask(wire.query(text))), [], (number, text))
        self.assertEqual(self.sum(), 60)
        unavailable = harness.metric(self.emulator.ports["metrics"], "dsql_emulator_unavailable_total")
        self.assertGreater(unavailable, 0)
        self.assertGreater(self.told(marker="OC001"), 0)
        self.assertEqual(self.metric("occam_conflicts_total"), self.told() + unavailable)

    def test_lock_clauses_are_rewritten(self):
        client = self.client()
        client.ask(wire.query("BEGIN"))
        answer = client.ask(wire.query("SELECT v FROM counters WHERE k = 2 FOR SHARE"))
        self.assertEqual(wire.rows(answer), [["0"]], answer)
        self.assertEqual(wire.tags(client.ask(wire.query("COMMIT"))), ["COMMIT"])
        direct = wire.Client(self.emulator.port)
        self.addCleanup(direct.close)
        answer = direct.ask(wire.query("SELECT v FROM counters WHERE k = 2 FOR SHARE"))
        self.assertEqual(wire.errors(answer), ["0A000"])

    def test_refusals_say_what_to_do(self):
        client = self.client()
        for text in ("LOCK TABLE counters", "SELECT pg_advisory_lock(1)"):
            kind, body = client.ask(wire.query(text))[0]
            self.assertEqual(kind, "E")
            self.assertEqual(wire.fields(body)["C"], "0A000")
            self.assertIn("H", wire.fields(body))


@unittest.skipIf(harness.DIRECT, "PostgreSQL itself hides nothing")
class DroppedAfter(Emulated):
    emulator_flags = ["--inject", "drop-after-commit:nth=1"]
    stored = 1

    def test_doubt_is_told_and_nothing_is_sent_again(self):
        client = self.client()
        client.ask(wire.query("BEGIN"))
        client.ask(wire.query("UPDATE counters SET v = v + 1 WHERE k = 1"))
        self.assertEqual(wire.errors(client.ask(wire.query("COMMIT"))), ["08007"])
        self.assertEqual(self.sum(), self.stored)
        self.assertEqual(self.verdicts(), {"in_doubt": 1})
        self.assertEqual(wire.rows(client.ask(wire.query("SELECT sum(v) FROM counters"))), [[str(self.stored)]])


class DroppedBefore(DroppedAfter):
    emulator_flags = ["--inject", "drop-before-commit:nth=1"]
    stored = 0


if __name__ == "__main__":
    harness.main()
