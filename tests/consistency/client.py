"""One client of a workload: a connection to one of several Occams, its random choices, and the transaction that writes down
what became of itself. Clients come and go as real ones do: some vanish in mid-transaction, some right after COMMIT."""
import random
import threading

import history
import sessions
from history import FAILED, OK, UNKNOWN, Op

CONFLICT = "40001"
# What may be told without a word on COMMIT's fate: then it may or may not have been done.
IN_DOUBT = {"08007", "XX000", "57P01", "57P02", "57P03", "08006", "08003"}


class Refused(Exception):
    """The client's own check failed, as Temporal's do: it rolls back."""


class Client:
    """`ports` are the Occams, read anew at each connect. `ending` is set when the round is over."""

    def __init__(self, name, seed, ports, ending, weakened=(), vanish=0.0):
        self.name, self.ports, self.ending, self.weakened = name, ports, ending, weakened
        self.random = random.Random(f"{seed}/{name}")
        self.vanish = vanish
        self.protocol = sessions.Prepared if self.random.random() < 0.6 else sessions.Simple
        self.session, self.ops = None, []
        self.stop = threading.Event()

    def run(self, sql, *values):
        return self.session.run(sql, *values)

    def pause(self, milliseconds):
        """Thinks for up to so long."""
        self.stop.wait(self.random.random() * milliseconds / 1000)

    def connected(self):
        while self.session is None:
            try:
                self.session = self.protocol(self.random.choice(self.ports))
            except sessions.Lost:
                if self.ending.wait(0.05):
                    return False
        return True

    def forget(self):
        if self.session:
            self.session.close()
            self.session = None

    def transaction(self, kind, key, body, **value):
        """Runs body between begin and commit. What it returns is added to the Op's value, also what it noted in `value`
        before it failed. Returns the Op, or None if there is no Occam to talk to and the round ends."""
        if not self.connected():
            return None
        op = Op(self.name, kind, key, FAILED, history.now(), 0, value)
        sent = False
        try:
            self.run("begin")
            body(op)
            if self.random.random() < self.vanish:
                sent = self.leave(op)
                return self.note(op)
            sent = True
            tag = self.run("commit").tag
            op.outcome, op.why = (OK, "") if tag == "COMMIT" else (FAILED, tag)
        except Refused as refusal:
            op.why = f"refused {refusal}".strip()
            self.roll_back()
        except sessions.Failed as failed:
            op.why = str(failed)
            if sent and failed.code in IN_DOUBT:
                op.outcome = UNKNOWN
            if not sent:
                self.roll_back()
        except sessions.Lost as lost:
            op.outcome, op.why = UNKNOWN if sent else FAILED, f"lost {lost}"
            self.forget()
        return self.note(op)

    def leave(self, op):
        """Closes the connection in mid-transaction, or with the COMMIT on its way."""
        sent = self.protocol is sessions.Prepared and self.random.random() < 0.5
        if sent:
            self.session.send_only("commit")
        op.outcome, op.why = (UNKNOWN, "left after commit") if sent else (FAILED, "left before commit")
        self.forget()
        return sent

    def statement(self, kind, key, sql, *values, **value):
        """One statement outside a transaction; its answer is the Op's `answer`, None unless it is acknowledged."""
        if not self.connected():
            return None, None
        op, answer = Op(self.name, kind, key, OK, history.now(), 0, value), None
        try:
            answer = self.run(sql, *values)
        except sessions.Failed as failed:
            op.outcome, op.why = UNKNOWN if failed.code in IN_DOUBT else FAILED, str(failed)
        except sessions.Lost as lost:
            op.outcome, op.why = UNKNOWN, f"lost {lost}"
            self.forget()
        return self.note(op), answer

    def roll_back(self):
        try:
            self.run("rollback")
        except (sessions.Failed, sessions.Lost):
            self.forget()

    def note(self, op):
        op.ended = history.now()
        self.ops.append(op)
        return op


def insist(client, body):
    """Does what prepares or ends a round, through Occam too, until it is done; body may be run several times."""
    for _ in range(200):
        if not client.connected():
            continue
        try:
            return body(client)
        except sessions.Failed as failed:
            if failed.code not in IN_DOUBT | {CONFLICT}:
                raise
        except sessions.Lost:
            client.forget()
    raise RuntimeError("Occam answered nothing but conflicts and losses")


def put(client, sql, *values):
    """An INSERT that may have been done already by an attempt whose answer was lost."""
    def body(client):
        try:
            client.run(sql, *values)
        except sessions.Failed as failed:
            if failed.code != "23505":
                raise
    insist(client, body)
