"""Shards: taken as UpdateShard does, with the history writes of Temporal under the fence of its FOR SHARE."""
import temporal
from client import Refused, put
from leases import THINKS, Leases
from temporal import NAMESPACE, PROTO, text


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
