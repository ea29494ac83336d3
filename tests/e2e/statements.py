"""A recorded catalogue of statements (tests/temporal/catalogue), one conversation with a server that plays it, and what
the server answered, in a form in which two servers can be compared. Shares no code with the proxy."""
import datetime
import json
import struct

import wire

BOOL, BYTEA, INT8, INT2, INT4, TIMESTAMP = 16, 17, 20, 21, 23, 1114
INTEGERS = {INT2: "!h", INT4: "!i", INT8: "!q"}
EPOCH = datetime.datetime(2000, 1, 1)


class Statement:
    def __init__(self, name, sql):
        self.name, self.sql, self.executions = name, sql, []

    @property
    def verb(self):
        return self.sql.split(None, 1)[0].upper()

    @property
    def is_ordered(self):
        """Whether its rows come in an order of their own, which is that of the outermost SELECT."""
        depth, outer = 0, ""
        for letter in self.sql:
            depth += (letter == "(") - (letter == ")")
            outer += letter if not depth else ""
        return "ORDER BY" in outer.upper()


def read(path):
    found = []
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "occam statements 1", lines[0]
    for line in lines[1:]:
        if line.startswith("  ["):
            found[-1].executions.append(json.loads(line))
        elif line.startswith("  "):
            found[-1].sql = line[2:].replace("\\\\", "\0").replace("\\n", "\n").replace("\0", "\\")
        elif line and not line.startswith("#"):
            found.append(Statement(line, ""))
    return found


def binary(oid, value):
    """A parameter as pgx would send it: binary where it knows the type."""
    if oid in INTEGERS:
        return struct.pack(INTEGERS[oid], int(value))
    if oid == BYTEA:
        return bytes.fromhex(value[2:])
    if oid == BOOL:
        return b"\1" if value == "true" else b"\0"
    if oid == TIMESTAMP:
        return struct.pack("!q", (datetime.datetime.fromisoformat(value) - EPOCH) // datetime.timedelta(microseconds=1))
    return value.encode()


def literal(oid, value):
    """As pgx writes a parameter into the text in its simple protocol: spaces around, brackets for a negative number."""
    if value is None:
        return " null "
    if oid in INTEGERS:
        return f" ({value}) " if value.startswith("-") else f" {value} "
    if oid == BOOL:
        return f" {value} "
    return " '" + value.replace("'", "''") + "' "


def bind(values, form):
    """Bind of the unnamed statement; `form` is 0 for text and 1 for binary, for parameters and results alike."""
    body = wire.text("") + wire.text("c") + struct.pack("!hhh", 1, form, len(values))
    for value in values:
        body += struct.pack("!i", -1) if value is None else struct.pack("!i", len(value)) + value
    return wire.message("B", body + struct.pack("!hh", 1, form))


def raw_row(body):
    count, values, at = struct.unpack_from("!h", body)[0], [], 2
    for _ in range(count):
        size = struct.unpack_from("!i", body, at)[0]
        at += 4
        values.append(None if size < 0 else body[at:at + size])
        at += max(size, 0)
    return values


def columns(body):
    """Of a RowDescription what a driver decodes by: name, type, size, modifier, format; not which table it came from."""
    found, at = [], 2
    for _ in range(struct.unpack_from("!h", body)[0]):
        end = body.index(b"\0", at)
        table_and_number, kind, size, modifier, form = 6, *struct.unpack_from("!ihih", body, end + 7)
        found.append((body[at:end].decode(), kind, size, modifier, form))
        at = end + 1 + table_and_number + 12
    return found


def answer(messages, is_ordered):
    """(kind, content) of each answer; rows sorted unless the statement orders them."""
    seen = []
    for kind, body in messages:
        if kind == "D":
            seen.append(("row", raw_row(body)))
        elif kind == "E":
            fields = wire.fields(body)
            seen.append(("error", (fields["S"], fields["C"], fields["M"])))
        elif kind == "C":
            seen.append(("tag", body[:-1].decode()))
        elif kind == "T":
            seen.append(("columns", columns(body)))
        elif kind == "t":
            count = struct.unpack_from("!h", body)[0]
            seen.append(("parameters", list(struct.unpack_from(f"!{count}i", body, 2))))
        elif kind == "Z":
            seen.append(("status", body.decode()))
    if not is_ordered:
        places = [place for place, (kind, _) in enumerate(seen) if kind == "row"]
        for place, row in zip(places, sorted((seen[p] for p in places), key=repr)):
            seen[place] = row
    return seen


class Side:
    """One server and the database on it that the catalogue is played on."""

    def __init__(self, port, **words):
        self.client = wire.Client(port, **words)
        self.types = {}

    def describe(self, statement):
        self.client.send(wire.message("C", b"S" + wire.text("c")) + wire.parse("c", statement.sql)
                         + wire.message("D", b"S" + wire.text("c")) + wire.sync())
        seen = answer(self.client.until_ready(), True)
        self.types = next((content for kind, content in seen if kind == "parameters"), [])
        return seen

    def execute(self, statement, values, form, types):
        given = [None if v is None else binary(oid, v) if form else v.encode() for oid, v in zip(types, values)]
        self.client.send(bind(given, form) + wire.execute() + wire.sync())
        return answer(self.client.until_ready(), statement.is_ordered)

    def query(self, sql, is_ordered=True):
        return answer(self.client.ask(wire.query(sql)), is_ordered)

    def simply(self, statement, values, types):
        sql = statement.sql
        # From the last, so that $1 does not stand for the front of $10.
        for number in range(len(values), 0, -1):
            sql = sql.replace(f"${number}", literal(types[number - 1], values[number - 1]))
        return self.query(sql, statement.is_ordered)
