"""Rows that carry a version and are read, locked, compared and written back: cluster metadata and the acknowledgement levels of a
queue; and the namespaces, whose versions are given out by a row of their own."""
import chain
from client import Refused, insist, put
from history import FAILED, OK, Violation
from temporal import PROTO, text
from workload import Workload, of

THINKS = 12
PARTITION = 54321  # of every namespace, and of their metadata


class Versioned(Workload):
    """Subclasses know the statements."""
    clients = 3

    def keys(self):
        return [1000 * self.round + number for number in range(2)]

    def step(self, client, number, state):
        key = client.random.choice(self.keys())
        read, answer = client.statement("read", key, *self.read(key))
        if not answer:
            return
        found = read.value["state"] = self.state(answer.rows)
        client.pause(THINKS)

        def body(op):
            op.value.update(version=found[0] + 1, mark=client.random.randbytes(8))
            self.update(client, key, found[0], op.value["mark"])
        client.transaction("update", key, body)

    @staticmethod
    def state(rows):
        """Of (data, encoding, version)."""
        return (rows[0][2], rows[0][0]) if rows else (0, b"")

    def final(self, client):
        return {key: insist(client, lambda client: self.state(client.run(*self.read(key)).rows)) for key in self.keys()}

    def check(self, ops, first, final):
        return [violation for key in self.keys() for violation in chain.versions(
            f"{self.name} {key}", self.beginning, final[key], of(ops, "update", key=key), of(ops, "read", key=key))]


class ClusterMetadata(Versioned):
    """SaveClusterMetadata; the first of a name inserts."""
    name = "cluster_metadata"
    writes = ("cluster_metadata_info",)
    expected = {"23505"}
    beginning = 0, b""

    @staticmethod
    def id(key):
        return 0, f"cluster {key}"

    def read(self, key):
        return text("L1 cluster_metadata_info"), *self.id(key)

    def update(self, client, key, version, mark):
        rows = client.run(text("L2 cluster_metadata_info", self.name not in client.weakened), *self.id(key)).rows
        if self.state(rows)[0] != version:
            raise Refused("the version has moved on")
        client.pause(THINKS)
        if not rows:
            client.run(text("L3 cluster_metadata_info"), *self.id(key), mark, PROTO, 1)
        elif client.run(text("L3 cluster_metadata_info (2)"), mark, PROTO, version + 1, *self.id(key)).count != 1:
            raise AssertionError("the row that was locked is gone")


class QueueMetadata(Versioned):
    """UpdateAckLevel, a conditional update without a lock; some read under one first, as Temporal's tests do."""
    name = "queue_metadata"
    writes = ("queue_metadata",)
    beginning = 1, b"nobody"

    def prepare(self, client):
        for key in self.keys():
            put(client, text("N5 queue_metadata"), key, b"nobody", PROTO, 1)

    def read(self, key):
        return text("N5 queue_metadata (2)"), key

    def update(self, client, key, version, mark):
        if client.random.random() < 0.4 and self.state(client.run(text("N5 queue_metadata (3)"), key).rows)[0] != version:
            raise Refused("the version has moved on")
        client.pause(THINKS)
        sql = text("N5 queue_metadata (4)")
        if self.name in client.weakened:
            sql = sql.replace("version = $5", "$5::integer IS NOT NULL")
        if client.run(sql, mark, PROTO, version, key, version).count != 1:
            raise Refused("the version has moved on")


class Namespaces(Workload):
    """UpdateNamespace: the version is taken from the metadata, written with the namespace, and the metadata moved on."""
    name = "namespaces"
    clients = 4
    writes = ("namespaces", "namespace_metadata")

    def keys(self):
        return [bytes([0xa0 + number]) + self.round.to_bytes(15, "big") for number in range(3)]

    def prepare(self, client):
        version = insist(client, lambda client: client.run(text("A6 namespace_metadata"), PARTITION).value())
        for key in self.keys():
            put(client, text("A1 namespaces"), PARTITION, key, self.title(key), False, b"nobody", PROTO, 0)
        return version

    @staticmethod
    def title(key):
        return f"namespace {key.hex()}"

    def step(self, client, number, state):
        if client.random.random() < 0.25:
            return self.look(client)
        key, mark, choice = client.random.choice(self.keys()), client.random.randbytes(8), client.random.random()
        expected, answer = client.statement("version", None, text("A6 namespace_metadata"), PARTITION)
        if not answer:
            return
        version = answer.value()
        expected.value["state"] = version, None

        def body(op):
            if client.run(text("A7 namespace_metadata", self.name not in client.weakened), PARTITION).value() != version:
                raise Refused("the version has moved on")
            op.value.update(version=version + 1, mark=mark)
            client.run(text("A2 namespaces"), self.title(key), mark, PROTO, False, version, key)
            client.pause(THINKS)
            if choice < 0.1:
                raise Refused("the caller has changed its mind")
            sql = text("A8 namespace_metadata")
            if self.name in client.weakened:
                sql = sql.replace("notification_version = $2", "$2::bigint IS NOT NULL")
            # A version that is not there: the update finds no row, and all of it must go.
            if client.run(sql, version + 1, version + 1000 if choice < 0.2 else version, PARTITION).count != 1:
                raise Refused("the version has moved on")
        client.transaction("update", key, body)
        client.pause(THINKS)

    def look(self, client):
        """The metadata, all namespaces, and the metadata again; three statements, no snapshot."""
        before, answer = client.statement("version", None, text("A6 namespace_metadata"), PARTITION)
        if not answer:
            return
        before.value["state"] = answer.value(), None
        listed, rows = client.statement("list", None, text("A4 namespaces (2)"), PARTITION, 100000, before=answer.value())
        after, answer = client.statement("version", None, text("A6 namespace_metadata"), PARTITION)
        if not answer:
            return
        after.value["state"] = answer.value(), None
        if rows:
            mine = set(self.keys())
            listed.value.update(after=answer.value(), rows={row[0]: (row[5], row[3]) for row in rows.rows if row[0] in mine})

    def final(self, client):
        version = insist(client, lambda client: client.run(text("A6 namespace_metadata"), PARTITION).value())
        return version, {key: insist(client, lambda client: self.row(client, key)) for key in self.keys()}

    @staticmethod
    def row(client, key):
        row = client.run(text("A3 namespaces"), PARTITION, key).rows[0]
        return row[5], row[3]

    def check(self, ops, first, final):
        last, rows = final
        updates = of(ops, "update")
        reads = [op for op in of(ops, "version") if "state" in op.value]
        found = chain.versions("namespaces", (first, None), (last, None), updates, reads)
        found += self.false_rows(updates, rows, "the end", last, last)
        for op in of(ops, "list"):
            if "rows" in op.value:
                found += self.false_rows(updates, op.value["rows"], op, op.value["before"], op.value["after"])
        return found

    def false_rows(self, updates, rows, where, before, after):
        """Rows read after the metadata showed `before`, and before it showed `after`."""
        by_mark = {op.value["mark"]: op for op in updates if "mark" in op.value}
        for key, (version, mark) in rows.items():
            op = by_mark.get(mark)
            if mark != b"nobody" and (op is None or op.outcome == FAILED or op.value["version"] != version + 1 or op.key != key):
                yield Violation("namespaces: a namespace holds what no update has put", [where, op or f"mark {mark!r}"])
            if version >= after:
                yield Violation("namespaces: a namespace has moved and the metadata has not", [where, op])
            for other in updates:
                if other.outcome == OK and other.key == key and version + 1 < other.value["version"] <= before:
                    yield Violation("namespaces: the metadata has moved and a namespace has not", [where, other])
                    break
