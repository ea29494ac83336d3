"""A TCP relay between an Occam and its upstream that cuts some connections at COMMIT: before it is passed on, or when it has been
answered. A process of its own, ended by its parent. What is sent with COMMIT comes in one piece, since Occam waits for its answer."""
import multiprocessing
import random
import signal
import socket
import threading

# One in so many commits is cut before, and one after.
EVERY = 150


def start(upstream, seed):
    """(process, port)"""
    fork = multiprocessing.get_context("fork")
    listener = socket.create_server(("127.0.0.1", 0), backlog=200)
    process = fork.Process(target=serve, args=(listener, upstream, seed), daemon=True)
    process.start()
    port = listener.getsockname()[1]
    listener.close()
    return process, port


def serve(listener, upstream, seed):
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    chance = random.Random(f"{seed}/cutter")
    while True:
        client, _ = listener.accept()
        try:
            server = socket.create_connection(("127.0.0.1", upstream))
        except OSError:
            client.close()
            continue
        for side in (client, server):
            side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line = Line(client, server, chance)
        threading.Thread(target=line.forward, daemon=True).start()
        threading.Thread(target=line.back, daemon=True).start()


class Line:
    def __init__(self, client, server, chance):
        self.client, self.server, self.chance = client, server, chance
        self.cut_at_answer = False

    def forward(self):
        try:
            while part := self.client.recv(65536):
                if b"commit" in part.lower():
                    choice = self.chance.randrange(EVERY)
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
        for side in (self.client, self.server):
            try:
                side.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
