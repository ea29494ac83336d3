"""A TCP port between Occam and its upstream that writes down what Occam sends and can cut the line."""
import socket
import struct
import threading

from wire import message, split


class Tap:
    """Every message after the start-up is kept in `sent` as (connection, kind, body). `cut_before(sql)` closes
    both sides when a query or Parse with this text is about to pass to the server; `cut_after(sql)` once the
    server has answered it up to ReadyForQuery, without passing the answer on. Each works once."""

    def __init__(self, upstream_port):
        self.upstream_port = upstream_port
        self.sent, self.lines, self.lock = [], [], threading.Lock()
        self.order, self.cuts = None, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.upstream_port))
            except OSError:  # nobody is there: the client learns that by the end of its connection
                client.close()
                continue
            for side in (client, server):
                side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            line = Line(self, len(self.lines) + 1, client, server)
            self.lines.append(line)
            threading.Thread(target=line.forward, daemon=True).start()
            threading.Thread(target=line.back, daemon=True).start()

    def note(self, number, kind, body):
        with self.lock:
            self.sent.append((number, kind, body))

    def asked(self, sql):
        """How often this text passed to the server as a query or to be parsed."""
        with self.lock:
            return sum(1 for _, kind, body in self.sent if kind in "QP" and sql.encode() in body)

    def own(self):
        """How often a statement of Occam's own was executed."""
        with self.lock:
            return sum(1 for _, kind, body in self.sent if kind == "B" and body.startswith(b"occam\0occam_"))

    def count(self, wanted):
        """How many messages of this kind passed to the server."""
        with self.lock:
            return sum(1 for _, kind, _ in self.sent if kind == wanted)

    def clear(self):
        with self.lock:
            self.sent.clear()

    def cut_before(self, sql):
        self.order = ("before", sql.encode())

    def cut_after(self, sql):
        self.order = ("after", sql.encode())

    def close(self):
        self.listener.close()
        for line in self.lines:
            line.cut()


class Line:
    def __init__(self, tap, number, client, server):
        self.tap, self.number, self.client, self.server = tap, number, client, server
        self.cut_at_ready = False

    def forward(self):
        buffer, started = b"", False
        try:
            while part := self.client.recv(65536):
                buffer += part
                while not started and len(buffer) >= 4:
                    size = struct.unpack_from("!i", buffer)[0]
                    if len(buffer) < size:
                        break
                    # A start-up packet has no type byte; encryption requests are 8 bytes, cancels 16.
                    started = size not in (8, 16)
                    self.server.sendall(buffer[:size])
                    buffer = buffer[size:]
                if started:
                    found, buffer = split(buffer)
                    for kind, body in found:
                        if not self.pass_on(kind, body):
                            return
        except OSError:
            pass
        self.cut()

    def pass_on(self, kind, body):
        order = self.tap.order
        if order and kind in "QP" and order[1] in body:
            self.tap.order = None
            self.tap.cuts += 1
            if order[0] == "before":
                self.cut()
                return False
            self.cut_at_ready = True
        self.tap.note(self.number, kind, body)
        self.server.sendall(message(kind, body))
        return True

    def back(self):
        held = b""
        try:
            while part := self.server.recv(65536):
                if not self.cut_at_ready:
                    self.client.sendall(part)
                    continue
                held += part
                if any(kind == "Z" for kind, _ in split(held)[0]):
                    break
        except OSError:
            pass
        self.cut()

    def cut(self):
        for side in (self.client, self.server):
            try:
                side.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            side.close()
