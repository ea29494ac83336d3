"""What Temporal's coordination rests on, one named test each: two or more clients through Occam on the emulator, step by step, with
Temporal's own statements (temporal.md §2.16, §3). tests/consistency asks the same of many clients by chance."""
import threading

import harness
import stack
import temporal
from sessions import Failed, Lost, Prepared, Simple
from temporal import NAMESPACE, PROTO, text

PARTITION = 54321  # of every namespace, and of their metadata
CROWD = 8
S5, C4 = text("S5 shards"), text("C4 current_executions")
IN_SHARE_MODE = S5.replace("FOR SHARE", "LOCK IN SHARE MODE")
RUN, OTHER = bytes(range(16)), bytes(range(1, 17))


class Coordination(harness.Case):
    emulator_flags = ["--databases", "one"]
    settings = {"upstream": {"server": "aurora_dsql"}}
    tapped = True
    numbers = iter(range(1, 10000))

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        stack.sql(cls.port, "CREATE DATABASE temporal", "postgres")
        stack.sql(cls.port, temporal.SCHEMA.read_text())
        # A sidecar of another service.
        folder = cls.folder / "other"
        folder.mkdir()
        cls.other = cls.started(stack.occam(folder, cls.tap.port, cls.settings))

    def setUp(self):
        self.key = next(self.numbers)
        self.before = self.verdicts()

    def session(self, kind=Prepared, port=None):
        session = kind(port or self.port)
        self.addCleanup(session.close)
        return session

    def two(self):
        """Two clients, each through an Occam of its own and in a protocol of its own."""
        return self.session(), self.session(Simple, self.other.port)

    def new_verdicts(self):
        return {verdict: count - self.before.get(verdict, 0) for verdict, count in self.verdicts().items()
                if count > self.before.get(verdict, 0)}

    def assert_conflict(self, session, sql="commit", *values):
        with self.assertRaises(Failed) as told:
            session.run(sql, *values)
        self.assertEqual(told.exception.code, "40001")

    # Shards.

    def shard(self, range_id=1):
        session = self.session()
        session.run(text("S1 shards"), self.key, range_id, b"data", PROTO)
        return session

    def range(self):
        return self.session().run(text("S2 shards"), self.key).rows[0][1]

    def take(self, session, expected, commit=True):
        """UpdateShard: true if the range was as expected; its conflicts are the caller's to meet."""
        session.run("begin")
        if session.run(text("S4 shards"), self.key).value() != expected:
            session.run("rollback")
            return False
        self.assertEqual(session.run(text("S3 shards"), expected + 1, b"data", PROTO, self.key).count, 1)
        if commit:
            session.run("commit")
        return True

    def add_task(self, session, task=1):
        session.run(text("K1 transfer_tasks"), self.key, task, b"task", PROTO)

    def tasks(self):
        return [row[0] for row in self.session().run(text("K2 transfer_tasks"), self.key, 0, 1000, 1000).rows]

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

    def crowd(self, body):
        """How many of a crowd, half of it at each Occam, were told that they succeeded. Each begins when all are there."""
        gate, won, broken = threading.Barrier(CROWD), [], []

        def one(number):
            try:
                session = (Prepared if number % 4 < 2 else Simple)(self.other.port if number % 2 else self.port)
                gate.wait(30)
                try:
                    if body(session):
                        won.append(number)
                except Failed as failed:
                    if failed.code not in ("40001", "23505"):
                        raise
                session.close()
            except Exception as failure:
                broken.append(failure)

        threads = [threading.Thread(target=one, args=(number,)) for number in range(CROWD)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
            self.assertFalse(thread.is_alive(), "a client waits for ever")
        self.assertEqual(broken, [])
        return len(won)

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

    # Namespaces.

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

    # Task queues.

    def queue_id(self):
        return self.key, NAMESPACE + b"queue"

    def task_queue(self):
        self.session().run(text("Q1 task_queues"), *self.queue_id(), 1, b"data", PROTO)

    def lease(self, session, expected, commit=True, data=b"new"):
        session.run("begin")
        if session.run(text("Q4 task_queues"), *self.queue_id()).value() != expected:
            session.run("rollback")
            return False
        session.run(text("Q2 task_queues"), expected + 1, data, PROTO, *self.queue_id())
        if commit:
            session.run("commit")
        return True

    def create_task(self, session, task=1):
        """CreateTasks up to its COMMIT: the task first, then the lock."""
        session.run("begin")
        session.run(text("Q7 tasks"), *self.queue_id(), task, b"task", PROTO)
        return session.run(text("Q4 task_queues"), *self.queue_id()).value()

    def stored_queue(self):
        session = self.session()
        row = session.run(text("Q3 task_queues"), *self.queue_id()).rows[0]
        tasks = session.run(text("Q8 tasks"), *self.queue_id(), 0, 1000).rows
        return row[2], row[3], [task[0] for task in tasks]

    def test_task_queue_lock(self):
        self.task_queue()
        zombie, owner = self.two()
        self.assertEqual(self.create_task(zombie), 1)
        self.assertTrue(self.lease(owner, 1))
        self.assert_conflict(zombie)
        self.assertEqual(self.stored_queue(), (2, b"new", []))

    def test_task_queue_metadata(self):
        self.task_queue()
        ours, theirs = self.two()
        self.assertTrue(self.lease(ours, 1, data=b"ours"))
        self.assertFalse(self.lease(theirs, 1, data=b"theirs"))
        self.assertEqual(self.stored_queue(), (2, b"ours", []))

    def test_task_queue_conflict(self):
        self.task_queue()
        ours, theirs = self.two()
        self.lease(ours, 1, commit=False)
        self.lease(theirs, 1, commit=False)
        ours.run("commit")
        self.assert_conflict(theirs)
        self.assertTrue(self.lease(theirs, 2))
        self.assertEqual(self.stored_queue()[0], 3)

    def test_task_queue_many_workers_without_deadlock(self):
        """Tasks of one owner, from many connections: all are acknowledged, the conflicts of their locks are Occam's."""
        self.task_queue()
        tasks = iter(range(1, CROWD + 1))

        def body(session):
            self.assertEqual(self.create_task(session, next(tasks)), 1)
            session.run("commit")
            return True
        self.assertEqual(self.crowd(body), CROWD, self.new_verdicts())
        self.assertEqual(self.stored_queue(), (1, b"data", list(range(1, CROWD + 1))))

    def test_task_queue_timeout(self):
        self.task_queue()
        ours, theirs = self.two()
        self.create_task(ours)
        ours.close()
        self.assertTrue(self.lease(theirs, 1))
        self.assertEqual(self.stored_queue(), (2, b"new", []))

    # Runs.

    def execution(self):
        session = self.session()
        session.run(text("E1 executions"), *temporal.execution(self.key, "workflow", RUN, 1, b"old"))
        session.run(text("C1 current_executions"), *temporal.current(self.key, "workflow", RUN, "request", b"old"))

    def run_of(self):
        return self.key, NAMESPACE, "workflow", RUN

    def update_execution(self, session, expected, commit=True, data=b"new"):
        session.run("begin")
        if session.run(text("E5 executions"), *self.run_of()).value() != expected:
            session.run("rollback")
            return False
        session.run(text("E2 executions"), *temporal.execution_update(self.key, "workflow", RUN, expected + 1, data))
        if commit:
            session.run("commit")
        return True

    def stored_execution(self):
        row = self.session().run(text("E3 executions"), *self.run_of()).rows[0]
        return row[-1], row[6]

    def test_execution_read_lock(self):
        self.execution()
        reader, writer = self.two()
        reader.run("begin")
        self.assertEqual(reader.run(text("E6 executions"), *self.run_of()).value(), 1)
        self.add_task(reader)
        self.assertTrue(self.update_execution(writer, 1))
        self.assert_conflict(reader)
        self.assertEqual(self.tasks(), [])

    def test_execution_write_lock(self):
        self.execution()
        ours, theirs = self.two()
        for session in (ours, theirs):
            session.run("begin")
            self.assertEqual(session.run(text("E5 executions"), *self.run_of()).value(), 1)
        self.add_task(ours, 1)
        self.add_task(theirs, 2)
        session = self.session()
        self.assertTrue(self.update_execution(session, 1))
        self.assert_conflict(ours)
        self.assert_conflict(theirs)
        self.assertEqual(self.tasks(), [])

    def test_execution_conditional_update(self):
        self.execution()
        ours, theirs = self.two()
        self.update_execution(ours, 1, commit=False, data=b"ours")
        self.update_execution(theirs, 1, commit=False, data=b"theirs")
        theirs.run("commit")
        self.assert_conflict(ours)
        self.assertFalse(self.update_execution(ours, 1))
        self.assertEqual(self.stored_execution(), (2, b"theirs"))

    def test_execution_timeout(self):
        self.execution()
        ours, theirs = self.two()
        self.update_execution(ours, 1, commit=False)
        ours.close()
        self.assertEqual(self.stored_execution(), (1, b"old"))
        self.assertTrue(self.update_execution(theirs, 1))

    def test_current_execution_in_bypass_mode(self):
        """A run that is not the current one is updated; meanwhile it becomes it."""
        self.execution()
        zombie, switch = self.two()
        zombie.run("begin")
        self.assertEqual(zombie.run(C4, self.key, NAMESPACE, "workflow").rows[0][3], RUN)
        self.add_task(zombie)
        switch.run("begin")
        switch.run(C4, self.key, NAMESPACE, "workflow")
        switch.run(text("C2 current_executions"), *temporal.current_update(self.key, "workflow", OTHER, "request", b"new"))
        switch.run("commit")
        self.assert_conflict(zombie)
        self.assertEqual(self.tasks(), [])

    def test_complex_locking_queries(self):
        """A join under FOR UPDATE, where either row may change; a lock in a sub-select, and in a WITH."""
        self.execution()
        where = "WHERE shard_id = $1 AND namespace_id = $2 AND workflow_id = $3"
        locked = f"SELECT run_id, create_request_id FROM current_executions {where} FOR SHARE"
        join = text("C5 current_executions")
        for number, (lock, change) in enumerate((
                (join, self.change_run), (join, self.change_pointer), (f"SELECT * FROM ({locked}) AS pointer", self.change_pointer),
                (f"WITH pointer AS ({locked}) SELECT * FROM pointer", self.change_pointer)), 1):
            with self.subTest(lock=lock, change=change.__name__):
                reader, writer = self.two()
                reader.run("begin")
                self.assertEqual(len(reader.run(lock, self.key, NAMESPACE, "workflow").rows), 1)
                self.add_task(reader, number)
                change(writer, number)
                self.assert_conflict(reader)
        self.assertEqual(self.tasks(), [])

    def change_run(self, session, number):
        values = list(temporal.execution_update(self.key, "workflow", RUN, 1, b"new"))
        values[2] = number  # last_write_version, which the join shows
        self.assertEqual(session.run(text("E2 executions"), *values).count, 1)

    def change_pointer(self, session, number):
        values = temporal.current_update(self.key, "workflow", RUN, f"request {number}", b"new")
        self.assertEqual(session.run(text("C2 current_executions"), *values).count, 1)

    # Queues.

    def enqueue(self, session, queue, payload=b"message"):
        """Up to its COMMIT; the number that the message has."""
        session.run("begin")
        last = session.run(text("N6 queue_messages"), 1, queue, 0).value()
        number = 0 if last is None else last + 1
        session.run(text("N7 queue_messages"), 1, queue, 0, number, payload, PROTO)
        return number

    def messages(self, queue):
        return [row[:2] for row in self.session().run(text("N7 queue_messages (2)"), 1, queue, 0, 0, 1000).rows]

    def test_queue_metadata_conditional_update(self):
        session = self.session()
        session.run(text("N5 queue_metadata"), self.key, b"old", PROTO, 1)
        ours, theirs = self.two()
        counts = []
        for data, writer in ((b"ours", ours), (b"theirs", theirs)):
            writer.run("begin")
            counts.append(writer.run(text("N5 queue_metadata (4)"), data, PROTO, 1, self.key, 1).count)
        self.assertEqual(counts, [1, 1])
        ours.run("commit")
        self.assert_conflict(theirs)
        self.assertEqual(theirs.run(text("N5 queue_metadata (4)"), b"late", PROTO, 1, self.key, 1).count, 0)
        self.assertEqual(session.run(text("N5 queue_metadata (2)"), self.key).rows, [(b"ours", PROTO, 2)])

    def test_queue_last_message_without_refused_clauses(self):
        """N1 and N6: a sub-select, a range and FOR UPDATE. What N1 says of other queues' numbers stays as it is."""
        session = self.session()
        session.run(text("N2 queue"), self.key, 10 ** 9 + self.key, b"message", PROTO)
        self.assertEqual(session.run(text("N1 queue"), self.key).rows, [(10 ** 9 + self.key,)])
        self.assertEqual(session.run(text("N1 queue"), -self.key).rows, [])
        self.assertEqual(self.enqueue(session, f"queue {self.key}"), 0)
        session.run("commit")
        self.assertEqual(session.run(text("N6 queue_messages"), 1, f"queue {self.key}", 0).rows, [(0,)])

    def test_queue_conflict(self):
        """Two take one number: one is told, reads again, and has the next."""
        queue = f"queue {self.key}"
        ours, theirs = self.two()
        self.assertEqual([self.enqueue(ours, queue, b"ours"), self.enqueue(theirs, queue, b"theirs")], [0, 0])
        ours.run("commit")
        with self.assertRaises(Failed) as told:
            theirs.run("commit")
        self.assertIn(told.exception.code, ("40001", "23505"))
        self.assertEqual(self.enqueue(theirs, queue, b"theirs"), 1)
        theirs.run("commit")
        self.assertEqual(self.messages(queue), [(0, b"ours"), (1, b"theirs")])

    def test_queue_order_with_many_producers(self):
        queue = f"queue {self.key}"
        sent = []

        def body(session):
            for tries in range(200):
                try:
                    number = self.enqueue(session, queue)
                    session.run("commit")
                    sent.append(number)
                    return True
                except Failed as failed:
                    if failed.code not in ("40001", "23505"):
                        raise
                    session.run("rollback")
            return False
        self.assertEqual(self.crowd(body), CROWD)
        self.assertEqual(sorted(sent), list(range(CROWD)))
        self.assertEqual([number for number, _ in self.messages(queue)], list(range(CROWD)))

    def test_queue_failure_leaves_no_gap(self):
        queue = f"queue {self.key}"
        ours, theirs = self.two()
        self.enqueue(ours, queue, b"lost")
        ours.close()
        self.assertEqual(self.enqueue(theirs, queue, b"kept"), 0)
        theirs.run("commit")
        self.enqueue(theirs, queue, b"taken back")
        theirs.run("rollback")
        self.assertEqual(self.messages(queue), [(0, b"kept")])

    # Cluster metadata.

    def save_cluster(self, session, version, data, commit=True):
        """SaveClusterMetadata; version 0: there must be none yet."""
        name = f"cluster {self.key}"
        session.run("begin")
        rows = session.run(text("L2 cluster_metadata_info"), 0, name).rows
        if (rows[0][2] if rows else 0) != version:
            session.run("rollback")
            return False
        if rows:
            session.run(text("L3 cluster_metadata_info (2)"), data, PROTO, version + 1, 0, name)
        else:
            session.run(text("L3 cluster_metadata_info"), 0, name, data, PROTO, 1)
        if commit:
            session.run("commit")
        return True

    def stored_cluster(self):
        return self.session().run(text("L1 cluster_metadata_info"), 0, f"cluster {self.key}").rows[0]

    def test_cluster_metadata_versions(self):
        ours, theirs = self.two()
        self.assertTrue(self.save_cluster(ours, 0, b"first"))
        self.assertTrue(self.save_cluster(theirs, 1, b"second"))
        self.assertFalse(self.save_cluster(ours, 1, b"late"))
        self.assertEqual(self.stored_cluster(), (b"second", PROTO, 2))

    def test_cluster_metadata_conflicts_are_resolved_alike_each_time(self):
        """Who commits first stays; the other is told each time, whoever began first."""
        self.save_cluster(self.session(), 0, b"first")
        for version in range(1, 5):
            ours, theirs = self.two()
            self.save_cluster(ours, version, b"ours", commit=False)
            self.save_cluster(theirs, version, b"theirs", commit=False)
            first, second = (ours, theirs) if version % 2 else (theirs, ours)
            first.run("commit")
            self.assert_conflict(second)
            self.assertEqual(self.stored_cluster(), (b"ours" if version % 2 else b"theirs", PROTO, version + 1))

    def test_cluster_metadata_many_nodes(self):
        self.assertEqual(self.crowd(lambda session: self.save_cluster(session, 0, b"node")), 1)
        self.assertEqual(self.stored_cluster()[2], 1)

    def test_cluster_metadata_timeout(self):
        ours, theirs = self.two()
        self.save_cluster(ours, 0, b"ours", commit=False)
        ours.close()
        self.assertTrue(self.save_cluster(theirs, 0, b"theirs"))
        self.assertEqual(self.stored_cluster(), (b"theirs", PROTO, 1))

    # The server is lost.

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


class Retries(harness.Case):
    """Conflicts on order: the first commits that write transfer tasks fail, and all that write visibility tasks."""
    emulator_flags = ["--databases", "one", "--inject", "conflict:first=4,table=transfer_tasks,class=write",
                      "--inject", "conflict:every=1,table=visibility_tasks,class=write"]
    settings = {"upstream": {"server": "aurora_dsql"}, "retry": {"attempts": 6, "elapsed": "60s", "backoff_first": "2ms", "backoff_cap": "8ms"}}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        stack.sql(cls.port, "CREATE DATABASE temporal", "postgres")
        stack.sql(cls.port, temporal.SCHEMA.read_text())
        stack.sql(cls.port, "INSERT INTO shards VALUES (1, 1, '', '')")

    def write(self, table):
        session = Prepared(self.port)
        self.addCleanup(session.close)
        session.run("begin")
        session.run(S5, 1)
        session.run(text(f"K1 {table}"), 1, 1, b"task", PROTO)
        return session

    def test_a_shard_conflict_is_retried_with_exponential_backoff(self):
        """Pauses are drawn from 0 to 2, 4, 8 and 8 ms: four of them, and no more than their sum."""
        before = self.pauses()
        session = self.write("transfer_tasks")
        self.assertEqual(session.run("commit").tag, "COMMIT")
        self.assertEqual(self.verdicts().get("replayed"), 1)
        count, seconds = (after - so_far for after, so_far in zip(self.pauses(), before))
        self.assertEqual(count, 4)
        self.assertLessEqual(seconds, 0.022)

    def pauses(self):
        return self.metric("occam_backoff_seconds_count"), self.metric("occam_backoff_seconds_sum")

    def test_when_attempts_are_used_up_the_error_is_clear(self):
        session = self.write("visibility_tasks")
        with self.assertRaises(Failed) as told:
            session.run("commit")
        self.assertEqual(told.exception.code, "40001")
        self.assertIn("conflicts with another transaction", str(told.exception))
        self.assertEqual(self.verdicts().get("attempts_exhausted"), 1)
        self.assertEqual(session.run("SELECT $1::integer", 1).value(), 1)
        self.assertEqual(session.run(text("K2 visibility_tasks"), 1, 0, 10, 10).rows, [])


if __name__ == "__main__":
    harness.main()
