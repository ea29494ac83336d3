"""Transfers between accounts of a plain table: with SELECT … FOR UPDATE on both, or blind. A ledger row goes with each. And pairs
of accounts of which one may be overdrawn as long as both together are not: both are read under a lock, one is written, which
is where a lock that is lost shows as write skew."""
from client import Refused, insist, put
from history import FAILED, OK, Violation
from workload import Workload, of

ACCOUNTS, MONEY = 6, 1000
PAIRS, MOST = 4, 5
THINKS = 10


class Bank(Workload):
    name = "bank"
    writes = ("accounts", "ledger")
    clients = 5
    schema = """CREATE TABLE accounts (id integer PRIMARY KEY, balance bigint NOT NULL);
        CREATE TABLE ledger (id bigint PRIMARY KEY, giver integer NOT NULL, taker integer NOT NULL, amount bigint NOT NULL)"""

    def keys(self):
        return [self.round * ACCOUNTS + number for number in range(ACCOUNTS)]

    def prepare(self, client):
        for key in self.keys():
            put(client, "INSERT INTO accounts (id, balance) VALUES ($1, $2)", key, MONEY)

    def total(self):
        keys = self.keys()
        return "SELECT sum(balance)::bigint FROM accounts WHERE id >= $1 AND id <= $2", keys[0], keys[-1]

    def step(self, client, number, state):
        if client.random.random() < 0.1:
            read, answer = client.statement("total", None, *self.total())
            if answer:
                read.value["sum"] = int(answer.value())
            return
        state["done"] = state.get("done", 0) + 1
        ledger = (self.round * 100 + number) * 100000 + state["done"]
        giver, taker = client.random.sample(self.keys(), 2)
        amount = client.random.randint(1, 50)
        move = self.blind if client.random.random() < 0.5 else self.locking

        def body(op):
            move(client, giver, taker, amount)
            client.run("INSERT INTO ledger (id, giver, taker, amount) VALUES ($1, $2, $3, $4)", ledger, giver, taker, amount)
        client.transaction("transfer", None, body, ledger=ledger, giver=giver, taker=taker, amount=amount)
        client.pause(THINKS)

    @staticmethod
    def blind(client, giver, taker, amount):
        # In the order of ids, so that PostgreSQL itself has no deadlock.
        for key, change in sorted(((giver, -amount), (taker, amount))):
            client.run("UPDATE accounts SET balance = balance + $2 WHERE id = $1", key, change)

    @staticmethod
    def locking(client, giver, taker, amount):
        lock = "" if "bank" in client.weakened else "FOR UPDATE"
        balance = {key: client.run(f"SELECT balance FROM accounts WHERE id = $1 {lock}", key).value() for key in sorted((giver, taker))}
        if balance[giver] < amount:
            raise Refused("not enough money")
        client.pause(THINKS)
        for key, change in ((giver, -amount), (taker, amount)):
            client.run("UPDATE accounts SET balance = $2 WHERE id = $1", key, balance[key] + change)

    def final(self, client):
        keys = self.keys()
        balances = insist(client, lambda c: c.run("SELECT id, balance FROM accounts WHERE id >= $1 AND id <= $2", keys[0], keys[-1]).rows)
        base = self.round * 100 * 100000
        ledger = insist(client, lambda c: c.run("SELECT id, giver, taker, amount FROM ledger WHERE id >= $1 AND id < $2",
                                                base, base + 100 * 100000).rows)
        return dict(balances), {row[0]: row[1:] for row in ledger}

    def check(self, ops, first, final):
        balances, ledger = final
        found = []
        for op in of(ops, "total"):
            if op.outcome == OK and op.value["sum"] != ACCOUNTS * MONEY:
                found.append(Violation("bank: a read finds another sum than there is money", [op]))
        known = set()
        for op in of(ops, "transfer"):
            number = op.value["ledger"]
            known.add(number)
            if op.outcome == OK and number not in ledger:
                found.append(Violation("bank: an acknowledged transfer is lost", [op]))
            if op.outcome == FAILED and number in ledger:
                found.append(Violation("bank: a failed transfer has happened", [op]))
        if set(ledger) - known:
            found.append(Violation("bank: a transfer is stored that nobody made", [str(min(set(ledger) - known))]))
        should = dict.fromkeys(self.keys(), MONEY)
        for giver, taker, amount in ledger.values():
            should[giver] -= amount
            should[taker] += amount
        for key, balance in balances.items():
            if balance != should[key]:
                moves = [op for op in of(ops, "transfer") if key in (op.value["giver"], op.value["taker"]) and op.outcome == OK]
                found.append(Violation(f"bank: account {key} holds {balance}, its transfers say {should[key]}", moves[-3:]))
        return found


class Pairs(Workload):
    name = "pairs"
    writes = ("pairs",)
    clients = 4
    schema = "CREATE TABLE pairs (pair integer, side integer, balance bigint NOT NULL, PRIMARY KEY (pair, side))"

    def keys(self):
        return [self.round * PAIRS + number for number in range(PAIRS)]

    def prepare(self, client):
        for key in self.keys():
            for side in (0, 1):
                put(client, "INSERT INTO pairs (pair, side, balance) VALUES ($1, $2, $3)", key, side, MOST * (side == 0))

    def step(self, client, number, state):
        key, side = client.random.choice(self.keys()), client.random.randint(0, 1)
        lock = "" if "pairs" in client.weakened else "FOR UPDATE"

        def body(op):
            held = [client.run(f"SELECT balance FROM pairs WHERE pair = $1 AND side = $2 {lock}", key, at).value() for at in (0, 1)]
            op.value.update(held=held)
            client.pause(THINKS)
            # Takes all that both have from one side; when there is nothing, gives back.
            change = -sum(held) if sum(held) > 0 else MOST
            op.value.update(side=side, change=change)
            client.run("UPDATE pairs SET balance = $3 WHERE pair = $1 AND side = $2", key, side, held[side] + change)
        client.transaction("draw", key, body)
        client.pause(THINKS)

    def final(self, client):
        return {key: [insist(client, lambda c: c.run("SELECT balance FROM pairs WHERE pair = $1 AND side = $2", key, at).value())
                      for at in (0, 1)] for key in self.keys()}

    def check(self, ops, first, final):
        """Each draw leaves a sum of 0 or MOST; any other was left by two that drew from the same sum."""
        found = []
        for key in self.keys():
            draws = sorted(of(ops, "draw", key=key), key=lambda op: op.ended)
            if sum(final[key]) not in (0, MOST):
                found.append(Violation(f"pairs: pair {key} ends with {final[key]}", draws[-4:]))
            for op in draws:
                if op.outcome == OK and sum(op.value["held"]) not in (0, MOST):
                    before = sorted((other for other in draws if other.outcome == OK and other.ended <= op.ended), key=lambda o: o.ended)
                    found.append(Violation(f"pairs: pair {key} was drawn from twice, though both its sides were locked", before[-4:]))
                    break
        return found
