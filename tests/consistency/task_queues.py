"""Task queues, both of Temporal's forms: leased as UpdateTaskQueue does, with the batches of CreateTasks."""
from client import Refused, put
from leases import THINKS, Leases
from temporal import EVERYTHING, NAMESPACE, PROTO, text


class TaskQueues(Leases):
    """CreateTasks writes first and looks at the range afterwards."""
    name = "task_queues"
    writes = ("task_queues", "task_queues_v2", "tasks", "tasks_v2")

    first = 1_000_000

    @staticmethod
    def version_of(key):
        """Every other queue is one of the newer matcher's."""
        return "_v2" if key % 2 else ""

    def table(self, key):
        return "task_queues" + self.version_of(key)

    def create(self, client, key):
        put(client, text(f"Q1 {self.table(key)}"), *self.id(key), 1, b"nobody", PROTO)

    @staticmethod
    def id(key):
        return key, NAMESPACE + b"queue %d" % key

    def lease(self, key):
        return text(f"Q3 {self.table(key)}"), *self.id(key)

    def lock(self, client, key):
        return client.run(text(f"Q4 {self.table(key)}", "task_queue_takes" not in client.weakened), *self.id(key)).value()

    def move(self, client, key, version, mark):
        return client.run(text(f"Q2 {self.table(key)}"), version, mark, PROTO, *self.id(key))

    def listing(self, key):
        if self.version_of(key):
            return text("Q8 tasks_v2"), *self.id(key), 0, 0, EVERYTHING
        return text("Q8 tasks"), *self.id(key), 0, EVERYTHING

    def batch(self, client, key, lease, rows):
        for row in rows:
            if self.version_of(key):
                client.run(text("Q7 tasks_v2"), *self.id(key), row, 1, client.name.encode(), PROTO)
            else:
                client.run(text("Q7 tasks"), *self.id(key), row, client.name.encode(), PROTO)
        client.pause(THINKS)
        locked = "task_queues" not in client.weakened
        if client.run(text(f"Q4 {self.table(key)}", locked), *self.id(key)).value() != lease["range"]:
            raise Refused("the lease is lost")
        client.pause(THINKS)

    @staticmethod
    def rows(answer):
        # tasks_v2 has (pass, task_id, …) first or (task_id, pass, …): the task's id is the large one.
        return frozenset(max(value for value in row if isinstance(value, int)) for row in answer.rows)
