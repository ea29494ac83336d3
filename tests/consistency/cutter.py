"""A TCP relay between an Occam and its upstream that cuts connections: all of them on order, and some at a COMMIT, before it is passed
on or when it has been answered. A process of its own, ended by its parent. What is sent with COMMIT comes in one piece, since Occam
waits for its answer."""
import multiprocessing
import random
import signal
import socket
import threading
import time

# One in so many commits is cut before, and one after.
EVERY = 150


class Cutter:
    """As its parent sees it. `upstream` is a shared number, the port that new connections are led to; without `every`, commits pass."""

    def __init__(self, upstream, seed, every=EVERY):
        fork = multiprocessing.get_context("fork")
        listener = socket.create_server(("127.0.0.1", 0), backlog=200)
        self.port = listener.getsockname()[1]
        self.orders, there = fork.Pipe()
        self.process = fork.Process(target=Relay(listener, upstream, seed, every).serve, args=(there,), daemon=True)
        self.process.start()
        there.close()
        listener.close()

    def drop(self):
        """Cuts every connection there is at this moment; how many they were."""
        return self.ask("drop")

    def lines(self):
        return self.ask("lines")

    def accepted(self):
        """When each connection came, by time.monotonic()."""
        return self.ask("accepted")

    def ask(self, order):
        self.orders.send(order)
        return self.orders.recv()

    def end(self):
        self.process.terminate()
        self.process.join()


class Relay:
    def __init__(self, listener, upstream, seed, every):
        self.listener, self.upstream, self.every = listener, upstream, every
        self.chance = random.Random(f"{seed}/cutter")
        self.lock, self.lines, self.accepted = threading.Lock(), set(), []

    def serve(self, orders):
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        threading.Thread(target=self.obey, args=(orders,), daemon=True).start()
        while True:
            client, _ = self.listener.accept()
            self.accepted.append(time.monotonic())
            try:
                server = socket.create_connection(("127.0.0.1", self.upstream.value))
            except OSError:
                client.close()
                continue
            for side in (client, server):
                side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            line = Line(client, server, self)
            with self.lock:
                self.lines.add(line)
            threading.Thread(target=line.forward, daemon=True).start()
            threading.Thread(target=line.back, daemon=True).start()

    def obey(self, orders):
        while True:
            try:
                order = orders.recv()
            except EOFError:
                return
            orders.send({"drop": self.drop, "lines": lambda: len(self.lines), "accepted": lambda: self.accepted}[order]())

    def drop(self):
        with self.lock:
            lines, self.lines = self.lines, set()
        for line in lines:
            line.shut()
        return len(lines)

    def forget(self, line):
        with self.lock:
            self.lines.discard(line)


class Line:
    def __init__(self, client, server, relay):
        self.client, self.server, self.relay = client, server, relay
        self.cut_at_answer = False

    def forward(self):
        try:
            while part := self.client.recv(65536):
                if self.relay.every and b"commit" in part.lower():
                    choice = self.relay.chance.randrange(self.relay.every)
                    if choice == 0:
                        break
                    self.cut_at_answer = choice == 1
                self.server.sendall(part)
        except OSError:
            pass
        self.close()

    def back(self):
        try:
            while part := self.server.recv(65536):
                if self.cut_at_answer:
                    break
                self.client.sendall(part)
        except OSError:
            pass
        self.close()

    def close(self):
        self.relay.forget(self)
        self.shut()

    def shut(self):
        for side in (self.client, self.server):
            try:
                side.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
