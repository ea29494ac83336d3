"""Coordination by rows of task queues, runs, queues and cluster metadata, one named test each (see coordination_test.py)."""
import harness
import temporal
from coordination_case import CROWD, Case
from sessions import Failed
from temporal import NAMESPACE, PROTO, text

C4 = text("C4 current_executions")
RUN, OTHER = bytes(range(16)), bytes(range(1, 17))


class TaskQueues(Case):
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


class Executions(Case):
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


class Queues(Case):
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


class ClusterMetadata(Case):
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


if __name__ == "__main__":
    harness.main()
