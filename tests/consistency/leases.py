"""Owners fight for what only one may have, and write under it: the shape of Temporal's shards, task queues, current executions and
runs (temporal.md §2.16). One takes by read, lock, compare, update of the next version. One writes by reading the version under a
lock, comparing as Temporal does, and writing rows that no other writes (temporal.md §3.1). An owner that has lost does not know:
it goes on with its old version."""
import chain
import fence
import temporal
from client import Refused, insist
from history import OK
from temporal import EVERYTHING, text
from workload import Workload, of

KEYS = 3
THINKS = 15  # milliseconds at most, between what was read and what is written


class Leases(Workload):
    """Subclasses know the statements: create, lease, lock, move, batch, and listing unless the rows are transfer tasks."""

    clients = 6
    first = 0  # of the keys, which are its own among those of all workloads


    def keys(self):
        return [self.first + self.round * KEYS + number for number in range(1, KEYS + 1)]

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
            op.value.update(version=found[0] + 1, mark=self.mark(client))
            if self.move(client, key, op.value["version"], op.value["mark"]).count != 1:
                raise AssertionError("the row that was locked is gone")
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
            found += chain.versions(what, (1, self.nobody()), state, of(ops, "take", key=key), of(ops, "read", key=key))
            found += fence.check(what, of(ops, "write", key=key), of(ops, "list", key=key), rows)
        return found

    def listing(self, key):
        return text("K2 transfer_tasks"), key, 0, EVERYTHING, EVERYTHING

    def nobody(self):
        """The mark that a key begins with."""
        return b"nobody"

    @staticmethod
    def mark(client):
        """What no other move puts."""
        return client.random.randbytes(16)

    @staticmethod
    def state(row):
        """Of (…, range_id, data, encoding)."""
        return row[-3], row[-2]

    @staticmethod
    def rows(answer):
        return frozenset(row[0] for row in answer.rows)
