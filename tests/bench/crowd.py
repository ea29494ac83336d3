"""Many PostgreSQL clients in one thread, cheaply: each is a Python generator that yields the bytes to send and is given the
messages up to the next ReadyForQuery. Every answer is verified. Knows the protocol (tests/e2e/wire.py), not what stands behind
the port."""
import selectors
import socket
import time

import wire

IN_FLIGHT = 64  # clients that log in at the same time
BYTES = 65536


class Unserved(Exception):
    """A client did not get the answer it must get."""


class Crowd:
    """Clients of one port. `run` lets them do what is theirs to do, all at once, until they are done."""

    def __init__(self, port):
        self.port, self.selector, self.clients = port, selectors.EpollSelector(), []

    def join(self, count, seconds, **words):
        """Logs in so many more; returns them."""
        joined = []
        while len(joined) < count:
            some = [Client(self.port) for _ in range(min(IN_FLIGHT, count - len(joined)))]
            for client in some:
                self.selector.register(client.socket, selectors.EVENT_READ, client)
            self.clients += some
            joined += some
            self.run({client: login(words) for client in some}, seconds)
        return joined

    def run(self, work, seconds):
        """`work` is {client: generator}. Raises Unserved where one is not done after so many seconds."""
        deadline = time.monotonic() + seconds
        left = len(work)
        for client, steps in work.items():
            left -= client.begin(steps)
        while left:
            patience = deadline - time.monotonic()
            if patience <= 0:
                raise Unserved(f"{left} of {len(work)} clients had no answer after {seconds} s")
            for key, _ in self.selector.select(patience):
                left -= key.data.receive()

    def leave(self):
        for client in self.clients:
            client.socket.close()
        self.clients = []
        self.selector.close()


class Client:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer, self.messages, self.steps = b"", [], None

    def begin(self, steps):
        """Starts what is to be done; whether that was nothing."""
        self.steps = steps
        return self.resume(None)

    def resume(self, messages):
        try:
            self.socket.sendall(self.steps.send(messages))
            return False
        except StopIteration:
            self.steps = None
            return True

    def receive(self):
        """What has come; whether all is done with it."""
        part = self.socket.recv(BYTES)
        if not part:
            raise Unserved("a client's connection was closed")
        found, self.buffer = wire.split(self.buffer + part)
        self.messages += found
        if not self.messages or self.messages[-1][0] != "Z" or not self.steps:
            return False
        messages, self.messages = self.messages, []
        return self.resume(messages)


def answered(messages, rows, status):
    """Raises unless these rows came, no error, and this transaction status."""
    if wire.errors(messages) or wire.rows(messages) != rows or wire.status(messages) != status:
        refusals = [wire.fields(body).get("M") for kind, body in messages if kind == "E"]
        raise Unserved(f"got {wire.rows(messages)} {refusals} {wire.status(messages)}, want {rows} {status}")


def login(words):
    answered((yield wire.startup(**words)), [], "I")


def autocommit(number):
    """One statement that is prepared without a name."""
    answered((yield wire.run("SELECT $1::int8 * 2", number) + wire.sync()), [[str(2 * number)]], "I")


def named(number):
    """One that is prepared by name, and kept."""
    prepared = yield wire.parse("kept", "SELECT $1::int8 * 3 AS three_times") + wire.sync()
    answered(prepared, [], "I")
    answered((yield wire.bind("kept", number) + wire.execute() + wire.sync()), [[str(3 * number)]], "I")


def named_again(number):
    answered((yield wire.bind("kept", number) + wire.execute() + wire.sync()), [[str(3 * number)]], "I")


def transactions(number, times, until, hold, name):
    """Transactions, one after the other, that keep an upstream connection for `hold` seconds, until that time. `times` gets each one's
    duration. With a name the statement is prepared once, without at each time."""
    text = f"SELECT $1::int8 + {number} FROM pg_sleep({hold})"
    if name:
        answered((yield wire.parse(name, text) + wire.sync()), [], "I")
    value = 0
    while (began := time.monotonic()) < until:
        value += 1
        answered((yield wire.query("BEGIN")), [], "T")
        ask = wire.bind(name, value) + wire.execute() if name else wire.run(text, value)
        answered((yield ask + wire.sync()), [[str(value + number)]], "T")
        answered((yield wire.query("COMMIT")), [], "I")
        times.append(time.monotonic() - began)


def opened(_):
    """A transaction that has its connection, and stays open."""
    answered((yield wire.query("BEGIN")), [], "T")
    answered((yield wire.query("SELECT 1")), [["1"]], "T")


def committed():
    answered((yield wire.query("COMMIT")), [], "I")
