"""Registers in a plain table: read, write, and compare-and-set by SELECT … FOR UPDATE. No rule names the table."""
import linearizability
from client import insist, put
from workload import Workload, of

KEYS = 6
THINKS = 8


class Registers(Workload):
    name = "registers"
    writes = ("registers",)
    clients = 5
    schema = "CREATE TABLE registers (k integer PRIMARY KEY, v integer NOT NULL)"

    def keys(self):
        return [self.round * KEYS + number for number in range(KEYS)]

    def prepare(self, client):
        for key in self.keys():
            put(client, "INSERT INTO registers (k, v) VALUES ($1, $2)", key, 0)

    def step(self, client, number, state):
        key, choice = client.random.choice(self.keys()), client.random.random()
        state["written"] = state.get("written", 0) + 1
        new = state["written"] * 100 + number + 1  # nobody else writes it
        if choice < 0.35:
            read, answer = client.statement("read", key, "SELECT v FROM registers WHERE k = $1", key)
            if answer:
                read.value["found"] = answer.value()
        elif choice < 0.55:
            client.statement("write", key, "UPDATE registers SET v = $2 WHERE k = $1", key, new, put=new)
        else:
            lock = client.random.choice(("FOR UPDATE", "FOR NO KEY UPDATE"))
            lock = "" if "registers" in client.weakened else lock

            def body(op):
                op.value.update(found=client.run(f"SELECT v FROM registers WHERE k = $1 {lock}", key).value(), put=new)
                client.pause(THINKS)
                client.run("UPDATE registers SET v = $2 WHERE k = $1", key, new)
            client.transaction("swap", key, body)
        client.pause(THINKS)

    def final(self, client):
        return {key: insist(client, lambda client: client.run("SELECT v FROM registers WHERE k = $1", key).value())
                for key in self.keys()}

    def check(self, ops, first, final):
        return [violation for key in self.keys()
                for violation in linearizability.check(f"register {key}", of(ops, "read", "write", "swap", key=key), 0, final[key])]
