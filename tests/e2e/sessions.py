"""Real clients of Occam: psycopg2, which speaks the simple protocol and writes values into the text, and one that prepares
as pgx does: named statements, binary values, Close after an error (temporal.md §1.3). Both take Temporal's texts with $n."""
import hashlib
import re
import struct

import psycopg2

import statements
import wire

BINARY = {statements.BOOL, statements.BYTEA, statements.INT2, statements.INT4, statements.INT8}
TIMEOUT = 60  # seconds without any answer: then something hangs, which is a finding


class Failed(Exception):
    """The server's answer is an error; the session goes on."""

    def __init__(self, code, message):
        super().__init__(f"{code} {message}")
        self.code = code


class Lost(Exception):
    """The connection is gone; nothing can be said of what was asked last."""


class Answer:
    def __init__(self, rows=(), count=0, tag=""):
        self.rows, self.count, self.tag = rows, count, tag

    def value(self):
        """The first column of the first row; None without a row."""
        return self.rows[0][0] if self.rows else None


def parameter(oid, value):
    if value is None:
        return None
    if oid in statements.INTEGERS:
        return struct.pack(statements.INTEGERS[oid], value)
    if oid == statements.BOOL:
        return b"\1" if value else b"\0"
    return value if isinstance(value, bytes) else str(value).encode()


def column(oid, raw):
    if raw is None:
        return None
    if oid in statements.INTEGERS:
        return struct.unpack(statements.INTEGERS[oid], raw)[0]
    if oid == statements.BYTEA:
        return raw
    return raw == b"\1" if oid == statements.BOOL else raw.decode()


class Prepared:
    """The extended protocol, statement by statement: Parse and Describe once, then Bind, Execute, Sync."""

    def __init__(self, port):
        try:
            self.client = wire.Client(port)
            self.client.socket.settimeout(TIMEOUT)
        except (OSError, wire.Closed) as error:
            raise Lost(str(error)) from error
        self.known, self.stale, self.aborted = {}, [], False

    def run(self, sql, *values):
        if not values:
            return self.answer(self.ask(wire.query(sql)), [])
        name, parameters, columns, formats = self.known.get(sql) or self.prepare(sql)
        body = [wire.text(""), wire.text(name), struct.pack("!h", len(values))]
        raw = [parameter(oid, value) for oid, value in zip(parameters, values)]
        body += [struct.pack("!h", 0 if isinstance(value, str) or value is None else 1) for value in values]
        body.append(struct.pack("!h", len(raw)))
        body += [struct.pack("!i", -1) if value is None else struct.pack("!i", len(value)) + value for value in raw]
        body.append(formats)
        try:
            return self.answer(self.ask(wire.message("B", b"".join(body)), wire.execute(), wire.sync()), columns)
        except Failed:
            self.stale.append(self.known.pop(sql)[0])
            raise

    def prepare(self, sql):
        name = "stmtcache_" + hashlib.sha256(sql.encode()).hexdigest()[:48]
        seen = self.ask(wire.parse(name, sql), wire.message("D", b"S" + wire.text(name)), wire.sync())
        parameters, columns = [], []
        for kind, body in seen:
            if kind == "t":
                parameters = list(struct.unpack_from(f"!{struct.unpack_from('!h', body)[0]}i", body, 2))
            elif kind == "T":
                columns = [found[1] for found in statements.columns(body)]
        self.answer(seen, columns)
        formats = struct.pack(f"!h{len(columns)}h", len(columns), *[int(oid in BINARY) for oid in columns])
        self.known[sql] = name, parameters, columns, formats
        return self.known[sql]

    def ask(self, *parts):
        try:
            if self.stale and not self.aborted:
                self.client.ask(*[wire.message("C", b"S" + wire.text(name)) for name in self.stale], wire.sync())
                self.stale = []
            seen = self.client.ask(*parts)
        except (OSError, wire.Closed) as error:
            raise Lost(str(error)) from error
        self.aborted = wire.status(seen) == "E"
        return seen

    @staticmethod
    def answer(seen, columns):
        rows, tag, failed = [], "", None
        for kind, body in seen:
            if kind == "D":
                raw = statements.raw_row(body)
                rows.append(tuple(column(oid, value) for oid, value in zip(columns, raw)) if columns
                            else tuple(None if value is None else value.decode() for value in raw))
            elif kind == "C":
                tag = body[:-1].decode()
            elif kind == "E":
                failed = wire.fields(body)
        if failed:
            raise Failed(failed["C"], failed["M"])
        last = tag.rsplit(" ", 1)[-1]
        return Answer(rows, int(last) if last.isdigit() else 0, tag)

    def send_only(self, sql):
        """Sends a query and does not wait for its answer."""
        try:
            self.client.send(wire.query(sql))
        except OSError as error:
            raise Lost(str(error)) from error

    def close(self):
        self.client.close()


class Simple:
    """libpq through psycopg2, in autocommit mode: begin and commit are sent as texts."""

    def __init__(self, port):
        try:
            self.connection = psycopg2.connect(f"postgresql://temporal:temporal@127.0.0.1:{port}/temporal",
                                               connect_timeout=TIMEOUT)
        except psycopg2.Error as error:
            raise Lost(str(error)) from error
        self.connection.autocommit = True
        self.cursor, self.texts = self.connection.cursor(), {}

    def run(self, sql, *values):
        given = {f"p{number}": value for number, value in enumerate(values, 1)}
        if values and sql not in self.texts:
            self.texts[sql] = re.sub(r"\$(\d+)", r"%(p\1)s", sql)
        try:
            if values:
                self.cursor.execute(self.texts[sql], given)
            else:
                self.cursor.execute(sql)
            rows = self.cursor.fetchall() if self.cursor.description else []
        except psycopg2.Error as error:
            # A FATAL ends the connection but tells its reason, which may be 08007 all the same.
            if self.connection.closed or error.pgcode is None:
                raise Lost(str(error)) from error
            raise Failed(error.pgcode, error.diag.message_primary) from error
        rows = [tuple(bytes(value) if isinstance(value, memoryview) else value for value in row) for row in rows]
        return Answer(rows, self.cursor.rowcount, self.cursor.statusmessage)

    def send_only(self, sql):
        raise NotImplementedError("libpq waits for its answers")

    def close(self):
        self.connection.close()
