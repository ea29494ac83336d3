"""Temporal's two queues: every sender reads the last number under a lock and takes the next (Enqueue, QueueV2 Enqueue). The lock is
what spares senders the primary key's refusal; the key is what numbers rest on (temporal.md §3). The second kind is also purged
(RangeDelete): the lowest number stands in a payload that is read under a lock and written back."""
import chain
import sequence
from client import Refused, insist, put
from temporal import EVERYTHING, PROTO, text
from workload import Workload, of

THINKS = 6
# The last message stays, for the next number is read from it; and some before it, for PostgreSQL at READ COMMITTED finds none
# at all if the one that was the last when N6 began is purged while N6 waits for its lock: so it does without Occam too.
STAYS = 20


class Queue(Workload):
    """One at a time in its table: what N1 asks also finds larger numbers of other queues, so those of the rounds before are removed.
    A COMMIT whose client left may still come late: a round with strangers in its table is not judged."""
    name = "queue"
    clients = 4
    writes = ("queue",)
    expected = {"23505"}  # two took one number, and the lock had not yet a row to lock

    def keys(self):
        return [self.round]

    def prepare(self, client):
        for earlier in range(max(1, self.round - 5), self.round):
            insist(client, lambda client: client.run(text("N4 queue (2)"), earlier, -1, EVERYTHING))

    def step(self, client, number, state):
        key = client.random.choice(self.keys())
        if number == 0:
            self.read(client, key, state)
        else:
            mark = client.random.randbytes(8)

            def body(op):
                last = self.last(client, key)
                op.value["number"] = 0 if last is None else last + 1
                client.pause(THINKS)
                self.insert(client, key, op.value["number"], mark)
            client.transaction("send", key, body, mark=mark)
        client.pause(THINKS)

    def read(self, client, key, state):
        """Goes on where it was; sometimes from the beginning."""
        least = state.get(key, 0) if client.random.random() < 0.9 else 0
        read, answer = client.statement("receive", key, *self.messages(key, least), least=least)
        if answer:
            read.value["messages"] = [row[:2] for row in answer.rows]
            state[key] = answer.rows[-1][0] + 1 if answer.rows else least

    def last(self, client, key):
        return client.run(text("N1 queue", "queue" not in client.weakened), key).value()

    def insert(self, client, key, number, mark):
        client.run(text("N2 queue"), key, number, mark, PROTO)

    def messages(self, key, least):
        return text("N3 queue (2)"), key, least - 1, EVERYTHING, EVERYTHING

    def final(self, client):
        stored = {key: [row[:2] for row in insist(client, lambda client: client.run(*self.messages(key, 0)).rows)] for key in self.keys()}
        return {**stored, "strangers": self.strangers(client)}

    def strangers(self, client):
        return insist(client, lambda client: client.run("SELECT count(*) FROM queue WHERE queue_type <> $1", self.round).value())

    def check(self, ops, first, final):
        if final.get("strangers"):
            return []
        return [violation for key in self.keys() for violation in sequence.check(
            f"{self.name} {key}", of(ops, "send", key=key), of(ops, "receive", key=key), final[key])]


class QueueMessages(Queue):
    name = "queue_messages"
    clients = 5
    writes = ("queue_messages", "queues")
    TYPE, PARTITION = 1, 0

    def keys(self):
        return [f"queue {self.round} {number}" for number in range(2)]

    def prepare(self, client):
        for key in self.keys():
            put(client, text("N8 queues"), self.TYPE, key, b"0/", PROTO)

    def step(self, client, number, state):
        if number == 1 and client.random.random() < 0.3:
            self.purge(client, client.random.choice(self.keys()))
        elif number == 2 and client.random.random() < 0.3:
            self.purge(client, client.random.choice(self.keys()))
        else:
            super().step(client, number, state)

    def purge(self, client, key):
        def body(op):
            locked = "queue_purges" not in client.weakened
            op.value["prev"] = payload = client.run(text("N8 queues (3)", locked), self.TYPE, key).value()
            last = self.last(client, key)
            least = int(payload.split(b"/")[0])
            if last is None or last - STAYS < least:
                raise Refused("nothing to purge")
            upto = client.random.randint(least, last - STAYS)
            client.pause(THINKS)
            op.value["next"] = b"%d/%s" % (upto + 1, client.random.randbytes(4).hex().encode())
            client.run(text("N7 queue_messages (3)"), self.TYPE, key, self.PARTITION, least, upto)
            client.run(text("N8 queues (5)"), op.value["next"], PROTO, self.TYPE, key)
        client.transaction("purge", key, body)

    def last(self, client, key):
        return client.run(text("N6 queue_messages", "queue_messages" not in client.weakened), self.TYPE, key, self.PARTITION).value()

    def insert(self, client, key, number, mark):
        client.run(text("N7 queue_messages"), self.TYPE, key, self.PARTITION, number, mark, PROTO)

    def messages(self, key, least):
        return text("N7 queue_messages (2)"), self.TYPE, key, self.PARTITION, least, EVERYTHING

    def strangers(self, client):
        return 0

    def final(self, client):
        stored = super().final(client)
        payload = text("N8 queues (2)")
        return {key: (stored[key], insist(client, lambda client: client.run(payload, self.TYPE, key).value())) for key in self.keys()}

    def check(self, ops, first, final):
        found = []
        for key in self.keys():
            what, (stored, payload) = f"{self.name} {key}", final[key]
            least = int(payload.split(b"/")[0])
            found += chain.pointers(f"{what}, purged", b"0/", payload, of(ops, "purge", key=key))
            found += sequence.check(what, of(ops, "send", key=key), of(ops, "receive", key=key), stored, least)
        return found
