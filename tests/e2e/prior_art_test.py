"""The fifteen defects of the earlier DSQL plugin for Temporal (prior-art.md §3.11), by their numbers there: what each would do to a
client of Occam, and that it does not."""
import re
import tempfile
import unittest

import harness
import stack
import temporal
import wire
from coordination_case import CROWD, Case, Faulty
from sessions import Failed
from temporal import NAMESPACE, PROTO, text

PARTITION = 54321
READ_LOCK = text("S5 shards")
LARGE = (1 << 20) + 1
LOG_LINE = re.compile(r"\d{4}-\d\d-\d\dT\S+Z (info|warning|error) ")


class Owners(Case):
    def begin_as_owner(self):
        """A transaction that has read the shard's range under Temporal's read lock and writes a task."""
        session = self.session()
        session.run("begin")
        self.assertEqual(session.run(READ_LOCK, self.key).value(), 1)
        self.add_task(session)
        return session


@unittest.skipIf(harness.SHORT, "the sanitizers meet the same in coordination_test")
class Defects(Owners):
    def namespace(self, session):
        session.run(text("A1 namespaces"), PARTITION, self.key.to_bytes(16, "big"), f"name {self.key}", False, b"old", PROTO, 0)
        return session.run(text("A6 namespace_metadata"), PARTITION).value()

    def test_03_a_read_lock_of_a_shard_locks(self):
        self.shard(1)
        zombie = self.begin_as_owner()
        self.assertTrue(self.take(self.session(port=self.other.port), 1))
        self.assert_conflict(zombie)
        self.assertEqual(self.tasks(), [])

    def test_04_the_update_of_a_shard_is_fenced_inside_its_transaction(self):
        """UpdateShards names no range (temporal.md S3); that of the lock before it holds all the same."""
        self.shard(1)
        ours, theirs = self.two()
        self.take(ours, 1, commit=False)
        self.assertTrue(self.take(theirs, 1))
        self.assert_conflict(ours)
        self.assertEqual(self.range(), 2)

    def test_05_an_update_of_a_namespace_expects_the_version_that_was_read(self):
        ours, theirs = self.two()
        version = self.namespace(ours)
        for session in (ours, theirs):
            session.run("begin")
            self.assertEqual(session.run(text("A7 namespace_metadata"), PARTITION).value(), version)
            self.assertEqual(session.run(text("A8 namespace_metadata"), version + 1, version, PARTITION).count, 1)
        ours.run("commit")
        self.assert_conflict(theirs)
        self.assertEqual(self.session().run(text("A6 namespace_metadata"), PARTITION).value(), version + 1)

    def test_06_numbers_are_the_servers_and_no_two_transactions_share_one(self):
        session = self.session()
        run = (1, NAMESPACE, f"workflow {self.key}", bytes(16))

        def body(session):
            session.run("begin")
            for _ in range(5):
                session.run(text("B1 buffered_events"), *run, b"event", PROTO)
            session.run("commit")
            return True
        self.assertEqual(self.crowd(body), CROWD)
        self.assertEqual(len(session.run(text("B3 buffered_events"), *run).rows), 5 * CROWD)
        self.assertEqual(self.postgres.sql("SELECT count(DISTINCT id) - count(*) FROM temporal.buffered_events", "postgres"), "0")

    def test_07_a_condition_that_fails_is_an_answer_and_is_not_repeated(self):
        session = self.session()
        version = self.namespace(session)
        session.run("begin")
        self.tap.clear()
        self.assertEqual(session.run(text("A8 namespace_metadata"), version + 5, version + 4, PARTITION).count, 0)
        session.run("rollback")
        self.assertEqual(self.tap.asked("UPDATE namespace_metadata"), 1)
        self.assertEqual(self.new_verdicts(), {})

    def test_08_a_query_inside_a_transaction_sees_its_writes(self):
        self.shard(1)
        session = self.begin_as_owner()
        self.assertEqual(len(session.run(text("K2 transfer_tasks"), self.key, 0, 1000, 1000).rows), 1)
        self.assertEqual(self.tasks(), [])
        session.run("rollback")
        self.assertEqual(self.tasks(), [])

    def test_10_what_a_client_held_is_given_back_however_it_leaves(self):
        """Connections to the upstream are what the plugin's leases counted."""
        self.shard(1)
        held = self.metric("occam_upstream_connections")
        for leave in (lambda session: session.close(), lambda session: session.client.socket.shutdown(2)):
            leave(self.begin_as_owner())
        while self.metric("occam_upstream_connections") > held:
            pass  # the harness ends what never ends
        self.assertTrue(self.take(self.session(), 1))

    def test_11_a_crowd_of_retries_shares_no_state_and_prints_nothing(self):
        self.shard(1)

        def body(session):
            session.run("begin")
            session.run("UPDATE shards SET range_id = range_id + 1 WHERE shard_id = $1", self.key)
            return session.run("commit").tag == "COMMIT"
        won = self.crowd(body)
        self.assertEqual(self.range(), 1 + won)
        lines = self.occam.log.read_text().splitlines()
        self.assertEqual([line[:200] for line in lines if not LOG_LINE.match(line)], [])

    def test_12_a_commit_whose_answer_is_lost_is_told_and_not_repeated(self):
        self.shard(1)
        session = self.begin_as_owner()
        self.tap.clear()
        self.tap.cut_after("commit")
        with self.assertRaises(Failed) as told:
            session.run("commit")
        self.assertEqual(told.exception.code, "08007")
        self.assertEqual((self.tap.asked("commit"), self.tasks()), (1, [1]))

    def test_13_a_limit_is_told_as_what_it_is(self):
        """54000 is many limits (dsql.md §5), and none of them a timeout."""
        for values, rows in ((f"repeat('x', {LARGE})::bytea", 1), ("'x'::bytea", 3001)):
            with self.subTest(values=values):
                answer = self.client().ask(wire.query(
                    f"INSERT INTO transfer_tasks SELECT {self.key}, n, {values}, 'Proto3' FROM generate_series(1, {rows}) n"))
                told = next(wire.fields(body) for kind, body in answer if kind == "E")
                self.assertEqual(told["C"], "54000")
                self.assertNotIn("timeout", told["M"].lower())
                self.assertRegex(told["H"], r"limit\.|system\.")
        self.assertEqual(self.tasks(), [])

    def test_15_a_value_of_more_than_a_mebibyte_is_refused_with_the_setting_to_lower(self):
        client = self.client()
        answer = client.ask(wire.parse("task", text("K1 transfer_tasks")), wire.bind("task", self.key, 1, "x" * LARGE, PROTO),
                            wire.execute(), wire.sync())
        told = next(wire.fields(body) for kind, body in answer if kind == "E")
        self.assertEqual(told["C"], "54000")
        self.assertIn("limit.blobSize.error", told["H"])
        self.assertEqual(self.tasks(), [])


@unittest.skipIf(harness.SHORT, "the sanitizers meet the same in coordination_test")
class Conflicts(Faulty):
    """One at the commit of a shard's task, one at a statement."""
    emulator_flags = ["--databases", "one", "--inject", "conflict:first=1,table=transfer_tasks,class=write",
                      "--inject", "oc001:first=1,table=timer_tasks,class=write"]

    def run_into(self, write):
        """A transaction that meets a conflict."""
        session = self.begun()
        write(session)
        self.assertEqual(session.run("commit").tag, "COMMIT")

    def write_task(self, session):
        session.run(text("K1 transfer_tasks"), 1, 1, b"task", PROTO)

    def write_timer(self, session):
        session.run(text("K1 timer_tasks"), 1, "2026-01-01 00:00:00", 1, b"task", PROTO)

    def test_01_and_02_a_conflict_is_retried_and_counted(self):
        for write, kind, at in ((self.write_task, "data", "commit"), (self.write_timer, "schema", "statement")):
            with self.subTest(kind=kind):
                before, attempts = self.verdicts().get("replayed", 0), self.metric("occam_attempts_total")
                self.run_into(write)
                self.assertEqual(self.verdicts()["replayed"], before + 1)
                self.assertEqual(self.metric("occam_attempts_total"), attempts + 1)
                self.assertEqual(self.metric("occam_conflicts_total", kind=kind, at=at), 1)


@unittest.skipIf(harness.SHORT, "the sanitizers meet the same in coordination_test")
class Dropped(Owners):
    settings = {"upstream": {"server": "aurora_dsql"}, "rewriter": {"rules": "rules.yaml"}}

    @classmethod
    def setUpClass(cls):
        rules, times = re.subn(r"(?m)^(  shards:\n(?:    .*\n)*?    share: )\w+", r"\g<1>drop", temporal.RULES.read_text())
        assert times == 1, "the rules have no share clause for shards"
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write(rules)
            file.flush()
            cls.settings = {**cls.settings, "rewriter": {"rules": file.name}}
            super().setUpClass()

    def test_14_the_test_of_the_read_lock_fails_without_it(self):
        self.shard(1)
        zombie = self.begin_as_owner()
        self.assertTrue(self.take(self.session(port=self.other.port), 1))
        self.assertEqual(zombie.run("commit").tag, "COMMIT")
        self.assertEqual(self.tasks(), [1])


@unittest.skipIf(harness.SHORT, "the sanitizers meet the same in coordination_test")
class Ages(harness.Case):
    emulator_flags = ["--databases", "one", "--limits-session-age-s", "1"]
    settings = {"upstream": {"server": "aurora_dsql"}}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        stack.sql(cls.port, "CREATE DATABASE temporal", "postgres")

    def test_09_a_session_past_its_age_costs_the_client_nothing(self):
        """DSQL cuts it at 60 minutes, here at one second. Transactions are rolled back: the cut of a commit is test 12."""
        client = self.client()
        self.assertEqual(wire.errors(client.ask(wire.query("CREATE TABLE steps (id bigint PRIMARY KEY)"))), [])
        connects = self.metric("occam_upstream_connects_total")
        while self.metric("occam_upstream_connects_total") < connects + 3:
            for sql in ("BEGIN", "INSERT INTO steps VALUES (1)", "SELECT count(*) FROM steps", "ROLLBACK"):
                self.assertEqual(wire.errors(client.ask(wire.query(sql))), [])


if __name__ == "__main__":
    harness.main()
