"""Runs and the pointers to current runs. A run's record is moved on by E5 and E2, the pointer by C4 or C5 and C2. What only reads
them under a lock and writes elsewhere is a history write in bypass mode for the pointer, and the read lock of Temporal's tests
(E6) for the run; both are fences as a shard's is (temporal.md §3)."""
import temporal
from client import Refused, put
from leases import THINKS, Leases
from temporal import NAMESPACE, PROTO, text


class Fenced(Leases):
    """Rows written under the lock are transfer tasks of a shard of their own."""

    def batch(self, client, key, lease, rows):
        if self.look(client, key) != lease["range"]:
            raise Refused("it has moved on")
        client.pause(THINKS)
        for row in rows:
            client.run(text("K1 transfer_tasks"), key, row, client.name.encode(), PROTO)


class Executions(Fenced):
    name = "executions"
    clients = 5
    writes = ("executions", "transfer_tasks")
    first = 2_000_000
    RUN = bytes(range(16))

    def run(self, key):
        return key, NAMESPACE, "workflow", self.RUN

    def create(self, client, key):
        put(client, text("E1 executions"), *temporal.execution(key, "workflow", self.RUN, 1, b"nobody"))

    def lease(self, key):
        return text("E3 executions"), *self.run(key)

    @staticmethod
    def state(row):
        return row[-1], row[6]

    def lock(self, client, key):
        return client.run(text("E5 executions", "execution_updates" not in client.weakened), *self.run(key)).value()

    def move(self, client, key, version, mark):
        return client.run(text("E2 executions"), *temporal.execution_update(key, "workflow", self.RUN, version, mark))

    def look(self, client, key):
        return client.run(text("E6 executions"), *self.run(key)).value()


class CurrentExecutions(Fenced):
    """The mark is the run's id; its place in the line stands in last_write_version, which C4, C5 and C3 show."""
    name = "current_executions"
    clients = 5
    writes = ("current_executions", "executions")
    first = 3_000_000
    FIRST = bytes(range(16))

    def create(self, client, key):
        put(client, text("C1 current_executions"), *temporal.current(key, "workflow", self.FIRST, "request", b"", 1))
        put(client, text("E1 executions"), *temporal.execution(key, "workflow", self.FIRST, 1, b"", last_write=1))

    def nobody(self):
        return self.FIRST

    def lease(self, key):
        return text("C3 current_executions"), key, NAMESPACE, "workflow"

    @staticmethod
    def state(row):
        return row[-3], row[3]

    def lock(self, client, key):
        """As an update that continues as a new run does, or as the start of a workflow whose name is known."""
        locked = "current_switches" not in client.weakened
        name = "C4 current_executions" if client.random.random() < 0.5 else "C5 current_executions"
        rows = client.run(text(name, locked), key, NAMESPACE, "workflow").rows
        return rows[0][-3] if rows else None

    def move(self, client, key, version, run):
        client.run(text("E1 executions"), *temporal.execution(key, "workflow", run, 1, b"", last_write=version))
        return client.run(text("C2 current_executions"), *temporal.current_update(key, "workflow", run, "request", b"", version))

    def look(self, client, key):
        locked = "current_bypass" not in client.weakened
        return client.run(text("C4 current_executions", locked), key, NAMESPACE, "workflow").rows[0][-3]
