"""Owners fight for shards and for task queues, with the statements of Temporal's UpdateShard and history writes, and of its
UpdateTaskQueue and CreateTasks (temporal.md §2.16). An owner that has lost does not know: it goes on with its old range, reads
the range first and compares as Temporal does, thinks, and writes rows that no other writes (temporal.md §3.1)."""
import chain
import fence
import temporal
from client import Refused, insist, put
from history import OK
from temporal import EVERYTHING, NAMESPACE, PROTO, text
from workload import Workload, of

KEYS = 3
THINKS = 15  # milliseconds at most, between what was read and what is written


class Leases(Workload):
    """Subclasses know the statements."""

    clients = 6


    def keys(self):
        return [self.round * KEYS + number for number in range(1, KEYS + 1)]

    def prepare(self, client):
        for key in self.keys():
            self.create(client, key)

    def step(self, client, number, state):
        key = client.random.choice(self.keys())
        if key not in state or client.random.random() < 0.2:
            self.take(client, key, state)
        else:
            self.write(client, key, state)
        client.pause(THINKS)

    def take(self, client, key, state):
        read, answer = client.statement("read", key, *self.lease(key))
        if not answer:
            return
        found = read.value["state"] = self.state(answer.rows[0])

        def body(op):
            if self.lock(client, key) != found[0]:
                raise Refused("the range has moved on")
            client.pause(THINKS)
            op.value.update(version=found[0] + 1, mark=f"{client.name}/{len(client.ops)}".encode())
            assert self.move(client, key, op.value["version"], op.value["mark"]).count == 1
        op = client.transaction("take", key, body)
        if not op or op.outcome != OK:
            return
        # What the new owner reads before it does anything else; later nothing may join it.
        listing, answer = client.statement("list", key, *self.listing(key), range=op.value["version"])
        if answer:
            listing.value["rows"] = self.rows(answer)
        state[key] = {"range": op.value["version"], "next": 0}

    def write(self, client, key, state):
        lease = state[key]
        lease["next"] += 2
        rows = [temporal.task(lease["range"], lease["next"] + more) for more in range(client.random.randint(1, 2))]
        op = client.transaction("write", key, lambda op: self.batch(client, key, lease, rows), range=lease["range"], rows=rows)
        # Some do not give up at once: zombies.
        if op and op.why.startswith("refused") and client.random.random() < 0.7:
            del state[key]

    def final(self, client):
        def body(client):
            return {key: (self.state(client.run(*self.lease(key)).rows[0]), self.rows(client.run(*self.listing(key))))
                    for key in self.keys()}
        return insist(client, body)

    def check(self, ops, first, final):
        found = []
        for key in self.keys():
            what, (state, rows) = f"{self.name} {key}", final[key]
            found += chain.versions(what, (1, b"nobody"), state, of(ops, "take", key=key), of(ops, "read", key=key))
            found += fence.check(what, of(ops, "write", key=key), of(ops, "list", key=key), rows)
        return found

    @staticmethod
    def state(row):
        """Of (…, range_id, data, encoding)."""
        return row[-3], row[-2]

    @staticmethod
    def rows(answer):
        return frozenset(row[0] for row in answer.rows)


class Shards(Leases):
    name = "shards"
    writes = ("shards", "transfer_tasks")

    def create(self, client, key):
        put(client, text("S1 shards"), key, 1, b"nobody", PROTO)

    def lease(self, key):
        return text("S2 shards"), key

    def lock(self, client, key):
        return client.run(text("S4 shards", "shard_takes" not in client.weakened), key).value()

    def move(self, client, key, version, mark):
        return client.run(text("S3 shards"), version, mark, PROTO, key)

    def listing(self, key):
        return text("K2 transfer_tasks"), key, 0, EVERYTHING, EVERYTHING

    def batch(self, client, key, lease, rows):
        if client.run(text("S5 shards"), key).value() != lease["range"]:
            raise Refused("the shard is lost")
        client.pause(THINKS)
        if client.random.random() < 0.4:
            self.create_workflow(client, key, f"{client.name} {rows[0]}")
        for row in rows:
            client.run(text("K1 transfer_tasks"), key, row, client.name.encode(), PROTO)

    @staticmethod
    def create_workflow(client, key, name):
        run = client.random.randbytes(16)
        if client.run(text("C5 current_executions"), key, NAMESPACE, name).rows:
            raise Refused("there is such a workflow")
        client.run(text("C1 current_executions"), *temporal.current(key, name, run, "request", b"current"))
        client.run(text("E1 executions"), *temporal.execution(key, name, run, 1, b"created"))


class TaskQueues(Leases):
    """CreateTasks writes first and looks at the range afterwards."""
    name = "task_queues"
    writes = ("task_queues", "task_queues_v2", "tasks", "tasks_v2")

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
