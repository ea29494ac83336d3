"""What the tests of coordination share: Temporal's schema through Occam on the emulator, two Occams side by side, clients of both
protocols, and the shard that most of them need."""
import threading

import harness
import stack
import temporal
from sessions import Failed, Prepared, Simple
from temporal import PROTO, text

CROWD = 8


class Case(harness.Case):
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


class Faulty(harness.Case):
    """One Occam and shard 1, on an emulator whose faults each class names."""
    settings = {"upstream": {"server": "aurora_dsql"}}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        stack.sql(cls.port, "CREATE DATABASE temporal", "postgres")
        stack.sql(cls.port, temporal.SCHEMA.read_text())
        stack.sql(cls.port, "INSERT INTO shards VALUES (1, 1, '', '')")

    def begun(self):
        """In a transaction that has read the shard's range under its read lock."""
        session = Prepared(self.port)
        self.addCleanup(session.close)
        session.run("begin")
        session.run(text("S5 shards"), 1)
        return session
