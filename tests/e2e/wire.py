"""PostgreSQL's protocol by hand, for what no driver sends or shows: messages and a raw client. Shares no
code with the proxy."""
import socket
import struct

TIMEOUT = 30


def message(kind, body=b""):
    return kind.encode() + struct.pack("!i", len(body) + 4) + body


def text(value):
    return value.encode() + b"\0"


def query(sql):
    return message("Q", text(sql))


def parse(name, sql):
    return message("P", text(name) + text(sql) + b"\0\0")


def bind(statement, *values, portal=""):
    body = text(portal) + text(statement) + b"\0\0" + struct.pack("!h", len(values))
    for value in values:
        raw = None if value is None else str(value).encode()
        body += struct.pack("!i", -1) if raw is None else struct.pack("!i", len(raw)) + raw
    return message("B", body + b"\0\0")


def execute(portal="", rows=0):
    return message("E", text(portal) + struct.pack("!i", rows))


def sync():
    return message("S")


def run(sql, *values):
    """An unnamed statement, without Sync."""
    return parse("", sql) + bind("", *values) + execute()


def startup(user="temporal", database="temporal", **parameters):
    words = {"user": user, "database": database, **parameters}
    body = struct.pack("!i", 196608) + b"".join(text(k) + text(v) for k, v in words.items()) + b"\0"
    return struct.pack("!i", len(body) + 4) + body


def fields(body):
    """The fields of an ErrorResponse or NoticeResponse."""
    return {part[:1].decode(): part[1:].decode() for part in body.split(b"\0") if part}


def split(buffer):
    """Cuts whole messages off the front: ([(kind, body)], rest)."""
    found, at = [], 0
    while len(buffer) - at >= 5:
        size = struct.unpack_from("!i", buffer, at + 1)[0] + 1
        if len(buffer) - at < size:
            break
        found.append((chr(buffer[at]), bytes(buffer[at + 5:at + size])))
        at += size
    return found, buffer[at:]


def row(body):
    count, values, at = struct.unpack("!h", body[:2])[0], [], 2
    for _ in range(count):
        size = struct.unpack_from("!i", body, at)[0]
        at += 4
        values.append(None if size < 0 else body[at:at + size].decode())
        at += max(size, 0)
    return values


class Closed(Exception):
    """The peer closed the connection."""


class Client:
    def __init__(self, port, log_in=True, **words):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer, self.waiting = b"", []
        if log_in:
            self.send(startup(**words))
            self.key = next((body for kind, body in self.until_ready() if kind == "K"), None)

    def send(self, *parts):
        self.socket.sendall(b"".join(parts))

    def receive(self):
        """One message: (kind, body)."""
        while not self.waiting:
            part = self.socket.recv(65536)
            if not part:
                raise Closed
            self.waiting, self.buffer = split(self.buffer + part)
        return self.waiting.pop(0)

    def until_ready(self, times=1):
        seen = []
        while times:
            seen.append(self.receive())
            times -= seen[-1][0] == "Z"
        return seen

    def until_closed(self):
        seen = []
        try:
            while True:
                seen.append(self.receive())
        except (Closed, ConnectionResetError):
            return seen

    def ask(self, *parts, times=1):
        self.send(*parts)
        return self.until_ready(times)

    def close(self):
        self.socket.close()


def kinds(messages, without="SNA"):
    return "".join(kind for kind, _ in messages if kind not in without)


def errors(messages):
    return [fields(body)["C"] for kind, body in messages if kind == "E"]


def rows(messages):
    return [row(body) for kind, body in messages if kind == "D"]


def tags(messages):
    return [body[:-1].decode() for kind, body in messages if kind == "C"]


def status(messages):
    return messages[-1][1].decode()
