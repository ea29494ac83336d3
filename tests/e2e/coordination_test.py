"""What Temporal's coordination rests on, one named test each: clients through Occam on the emulator, step by step, with Temporal's own
statements (temporal.md §2.16, §3). Here shards, namespaces, and what is told of conflicts and losses; the rest stands in
coordination_rows_test.py. tests/consistency asks the same of many clients by chance."""
import socket
import struct

import harness
import temporal
import wire
from coordination_case import Case, Faulty
from sessions import Failed, Lost, Prepared, Simple
from temporal import NAMESPACE, PROTO, text

PARTITION = 54321  # of every namespace, and of their metadata
S5 = text("S5 shards")
IN_SHARE_MODE = S5.replace("FOR SHARE", "LOCK IN SHARE MODE")


class Shards(Case):
    def test_shard_is_taken_by_a_conditional_update_of_range_id(self):
        self.shard(5)
        ours, theirs = self.two()
        self.assertTrue(self.take(ours, 5))
        self.assertFalse(self.take(theirs, 5))
        self.assertEqual(self.range(), 6)

    def test_renewing_and_releasing_move_range_id_on_at_once(self):
        self.shard(1)
        ours, theirs = self.two()
        self.take(ours, 1, commit=False)
        self.assertEqual(theirs.run(text("S2 shards"), self.key).rows[0][1], 1)
        ours.run("commit")
        self.assertEqual(theirs.run(text("S2 shards"), self.key).rows[0][1], 2)
        self.take(ours, 2, commit=False)
        ours.run("rollback")
        self.assertEqual(self.range(), 2)

    def test_of_two_that_take_a_shard_at_once_one_wins(self):
        self.shard(1)
        ours, theirs = self.two()
        self.take(ours, 1, commit=False)
        self.take(theirs, 1, commit=False)
        theirs.run("commit")
        self.assert_conflict(ours)
        self.assertEqual(self.range(), 2)
        self.assertEqual(self.new_verdicts(), {"results_changed": 1})

    def test_many_services_one_winner_for_a_shard(self):
        self.shard(1)
        self.assertEqual(self.crowd(lambda session: self.take(session, 1)), 1)
        self.assertEqual(self.range(), 2)

    def test_a_shard_operation_that_runs_out_of_time_corrupts_nothing(self):
        """Its client hangs up in mid-transaction, as pgx does (temporal.md §5.4)."""
        self.shard(1)
        ours, theirs = self.two()
        self.take(ours, 1, commit=False)
        self.add_task(ours)
        ours.close()
        self.assertTrue(self.take(theirs, 1))
        self.assertEqual((self.range(), self.tasks()), (2, []))

    def assert_fenced(self, lock, protocol=Prepared):
        """Who has read the range under this lock commits nothing once another owner has taken the shard."""
        self.shard(1)
        zombie, owner = self.session(protocol), self.session(port=self.other.port)
        zombie.run("begin")
        self.assertEqual(zombie.run(lock, self.key).value(), 1)
        self.add_task(zombie)
        self.assertTrue(self.take(owner, 1))
        self.assert_conflict(zombie)
        self.assertEqual(self.tasks(), [])

    def test_read_locks_fence(self):
        self.assert_fenced(S5)

    def test_read_locks_fence_in_the_simple_protocol(self):
        self.assert_fenced(S5, Simple)

    def test_lock_in_share_mode_fences(self):
        self.assert_fenced(IN_SHARE_MODE)

    def test_write_locks_fence(self):
        self.assert_fenced(text("S4 shards"))

    def test_holders_of_one_range_are_all_acknowledged(self):
        self.shard(1)
        ours, theirs = self.two()
        for number, session in enumerate((ours, theirs), 1):
            session.run("begin")
            self.assertEqual(session.run(S5, self.key).value(), 1)
            self.add_task(session, number)
        theirs.run("commit")
        ours.run("commit")
        self.assertEqual(self.tasks(), [1, 2])
        self.assertLessEqual(set(self.new_verdicts()), {"replayed"})


class Namespaces(Case):
    def namespace(self):
        session = self.session()
        session.run(text("A1 namespaces"), PARTITION, self.id(), f"name {self.key}", False, b"old", PROTO, 0)
        return session, session.run(text("A6 namespace_metadata"), PARTITION).value()

    def id(self):
        return self.key.to_bytes(16, "big")

    def update_namespace(self, session, version, data, commit=True):
        session.run("begin")
        if session.run(text("A7 namespace_metadata"), PARTITION).value() != version:
            session.run("rollback")
            return False
        session.run(text("A2 namespaces"), f"name {self.key}", data, PROTO, False, version, self.id())
        self.assertEqual(session.run(text("A8 namespace_metadata"), version + 1, version, PARTITION).count, 1)
        if commit:
            session.run("commit")
        return True

    def stored_namespace(self):
        session = self.session(Simple)
        row = session.run(text("A3 namespaces"), PARTITION, self.id()).rows[0]
        return row[3], row[5], session.run(text("A6 namespace_metadata"), PARTITION).value()

    def test_namespaces_are_locked_by_a_conditional_update(self):
        _, version = self.namespace()
        ours, theirs = self.two()
        self.update_namespace(ours, version, b"ours", commit=False)
        self.update_namespace(theirs, version, b"theirs", commit=False)
        ours.run("commit")
        self.assert_conflict(theirs)
        self.assertEqual(self.stored_namespace(), (b"ours", version, version + 1))

    def test_notification_version_is_validated(self):
        session, version = self.namespace()
        self.assertTrue(self.update_namespace(session, version, b"new"))
        self.assertFalse(self.update_namespace(session, version, b"late"))
        session.run("begin")
        self.assertEqual(session.run(text("A8 namespace_metadata"), version + 5, version, PARTITION).count, 0)
        session.run("rollback")
        self.assertEqual(self.stored_namespace(), (b"new", version, version + 1))

    def test_a_namespace_conflict_is_repeated_and_resolved(self):
        """By the caller, who reads the version again."""
        _, version = self.namespace()
        ours, theirs = self.two()
        self.update_namespace(ours, version, b"ours", commit=False)
        self.assertTrue(self.update_namespace(theirs, version, b"theirs"))
        self.assert_conflict(ours)
        again = ours.run(text("A6 namespace_metadata"), PARTITION).value()
        self.assertTrue(self.update_namespace(ours, again, b"ours"))
        self.assertEqual(self.stored_namespace(), (b"ours", version + 1, version + 2))

    def test_concurrent_updates_of_namespaces_are_serialized(self):
        _, version = self.namespace()
        self.assertEqual(self.crowd(lambda session: self.update_namespace(session, version, b"crowd")), 1)
        self.assertEqual(self.stored_namespace(), (b"crowd", version, version + 1))

    def test_a_failed_update_of_a_namespace_leaves_the_old_state(self):
        session, version = self.namespace()
        self.update_namespace(session, version, b"new", commit=False)
        with self.assertRaises(Failed):
            session.run("SELECT 1 / $1::integer", 0)
        self.assertEqual(session.run("commit").tag, "ROLLBACK")
        self.assertEqual(self.stored_namespace(), (b"old", 0, version))


class Losses(Case):
    def test_a_lost_connection_before_commit_is_hidden(self):
        """Transient: nothing was committed, so the transaction is run again on another connection."""
        session = self.shard()
        session.run("begin")
        session.run(S5, self.key)
        self.tap.cut_before("INTO transfer_tasks")
        self.add_task(session)
        self.assertEqual(session.run("commit").tag, "COMMIT")
        self.assertEqual(self.tasks(), [1])
        self.assertEqual(self.new_verdicts(), {"replayed": 1})

    def test_a_commit_in_doubt_is_told_and_never_sent_again(self):
        session = self.shard()
        session.run("begin")
        session.run(S5, self.key)
        self.add_task(session)
        self.tap.cut_after("commit")
        with self.assertRaises(Failed) as told:
            session.run("commit")
        self.assertEqual(told.exception.code, "08007")
        self.assertEqual(self.tasks(), [1])
        self.assertEqual(self.new_verdicts(), {"in_doubt": 1})

    def test_a_server_that_is_gone_is_told_as_such(self):
        """Permanent: not a conflict, which a client would repeat at once; and its session is there when the server is again."""
        session = self.shard()
        there, self.tap.upstream_port = self.tap.upstream_port, 1  # nobody listens
        try:
            for line in self.tap.lines:
                line.cut()
            with self.assertRaises((Failed, Lost)) as told:
                session.run("begin")
                session.run(S5, self.key)
            if isinstance(told.exception, Failed):
                self.assertTrue(told.exception.code.startswith(("08", "57")), told.exception)
        finally:
            self.tap.upstream_port = there
        self.assertEqual(self.session().run(text("S2 shards"), self.key).rows[0][1], 1)

    def test_recovery_resumes_without_loss(self):
        """All connections are terminated, again and again, while shards move on: every acknowledged step is there."""
        self.shard()
        session, reached = self.session(), 1
        for step in range(5):
            session.run("begin")
            self.assertEqual(session.run(text("S4 shards"), self.key).value(), reached)
            self.postgres.sql("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE backend_type = 'client backend' "
                              "AND pid <> pg_backend_pid()", "postgres")
            session.run(text("S3 shards"), reached + 1, b"data", PROTO, self.key)
            self.assertEqual(session.run("commit").tag, "COMMIT")
            reached += 1
            self.assertEqual(self.range(), reached)


class Retries(Faulty):
    """Conflicts on order: the first commits that write transfer or replication tasks fail, and all that write visibility tasks."""
    emulator_flags = ["--databases", "one", "--inject", "conflict:first=4,table=transfer_tasks,class=write",
                      "--inject", "conflict:first=4,table=replication_tasks,class=write",
                      "--inject", "conflict:every=1,table=visibility_tasks,class=write"]
    settings = {"upstream": {"server": "aurora_dsql"}, "retry": {"attempts": 6, "elapsed": "60s", "backoff_first": "2ms", "backoff_cap": "8ms"}}

    def write(self, table):
        session = self.begun()
        session.run(text(f"K1 {table}"), 1, 1, b"task", PROTO)
        return session

    def assert_hidden(self, session):
        """Pauses are drawn from 0 to 2, 4, 8 and 8 ms: four of them, and no more than their sum."""
        before, replayed = self.pauses(), self.verdicts().get("replayed", 0)
        self.assertEqual(session.run("commit").tag, "COMMIT")
        self.assertEqual(self.verdicts().get("replayed"), replayed + 1)
        count, seconds = (after - so_far for after, so_far in zip(self.pauses(), before))
        self.assertEqual(count, 4)
        self.assertLessEqual(seconds, 0.022)

    def pauses(self):
        return self.metric("occam_backoff_seconds_count"), self.metric("occam_backoff_seconds_sum")

    def test_a_shard_conflict_is_retried_with_exponential_backoff(self):
        self.assert_hidden(self.write("transfer_tasks"))

    def test_an_execution_conflict_is_retried_with_exponential_backoff(self):
        session = Prepared(self.port)
        self.addCleanup(session.close)
        session.run(text("E1 executions"), *temporal.execution(1, "workflow", b"r", 1, b"old"))
        session.run("begin")
        self.assertEqual(session.run(text("E5 executions"), 1, NAMESPACE, "workflow", b"r").value(), 1)
        session.run(text("E2 executions"), *temporal.execution_update(1, "workflow", b"r", 2, b"new"))
        session.run(text("K1 replication_tasks"), 1, 1, b"task", PROTO)
        self.assert_hidden(session)
        self.assertEqual(session.run(text("E3 executions"), 1, NAMESPACE, "workflow", b"r").rows[0][-1], 2)

    def test_when_attempts_are_used_up_the_error_is_clear(self):
        session = self.write("visibility_tasks")
        with self.assertRaises(Failed) as told:
            session.run("commit")
        self.assertEqual(told.exception.code, "40001")
        self.assertIn("conflicts with another transaction", str(told.exception))
        self.assertEqual(self.verdicts().get("attempts_exhausted"), 1)
        self.assertEqual(session.run("SELECT $1::integer", 1).value(), 1)
        self.assertEqual(session.run(text("K2 visibility_tasks"), 1, 0, 10, 10).rows, [])


class Leaving(harness.Case):
    """No commit of this table ever succeeds: without a client that leaves, only the policy ends its repetitions."""
    emulator_flags = ["--databases", "any", "--inject", "conflict:every=1,table=never,class=write"]
    settings = {"upstream": {"server": "aurora_dsql", "database": "temporal"},
                "retry": {"attempts": 100, "elapsed": "60s", "backoff_first": "1s", "backoff_cap": "1s"}}
    schema = "CREATE TABLE never (id int PRIMARY KEY)"

    def leave(self, how):
        client = self.client()
        exhausted = self.verdicts().get("attempts_exhausted", 0)
        begun = self.metric("occam_attempts_total")
        client.send(wire.query("INSERT INTO never VALUES (1)"))
        while self.metric("occam_attempts_total") < begun + 2:
            pass
        how(client)
        while self.metric("occam_sessions"):
            pass
        self.assertEqual(self.verdicts().get("attempts_exhausted", 0), exhausted)
        self.assertLess(self.metric("occam_attempts_total"), begun + 50)

    def test_who_closes_the_connection(self):
        self.leave(lambda client: client.close())

    def test_who_sent_more_than_is_read_meanwhile(self):
        def how(client):
            client.socket.settimeout(1)
            with self.assertRaises(OSError):
                while True:
                    client.send(wire.query("SELECT '" + "x" * 1_000_000 + "'"))
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # reset, not queued behind all that
            client.close()
        self.leave(how)


if __name__ == "__main__":
    harness.main()
