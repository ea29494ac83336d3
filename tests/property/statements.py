"""Random statements over a random schema with binary keys, for both forms of the tables. Everything follows from the
seed. Knows SQL; runs nothing."""
import re

from forms import BROKEN, READS, WRITES

BYTES = [b"", b"\x00", b"\x01", b"\xff", b"ab", b"abc", b"\x00\x01", b"\xc3\xa4", b"'\\"]
COMPARE = ["=", "=", "=", "<>", "<", ">", "<=", ">=", "!="]


class Column:
    def __init__(self, name, kind, key=False):
        self.name, self.kind, self.key = name, kind, key  # kind: bytea, integer, text


class Table:
    def __init__(self, name, columns, primary, ruled=True):
        self.name, self.columns, self.primary, self.ruled = name, columns, primary, ruled

    def create(self, hexed):
        parts = [f"{c.name} {'text' if hexed and c.key and self.ruled else c.kind}" for c in self.columns]
        return f"CREATE TABLE {self.name} ({', '.join(parts)}, PRIMARY KEY ({', '.join(self.primary)}))"


def random_schema(dice):
    """Three tables with binary keys that share some names, and one without a rule."""
    tables = []
    for number in range(3):
        keys = dice.sample(["k", "run_id", '"K ey"', "id"], dice.randint(1, 3))
        plain = [Column("n", "integer"), Column("word", "text"), Column("data", "bytea")]
        extra = [Column(name, "integer") for name in dice.sample(["m", '"order"', "w"], dice.randint(0, 2))]
        columns = [Column(name, "bytea", True) for name in keys] + plain + extra
        dice.shuffle(columns)
        primary = dice.sample([keys[0], "n"], 2) if dice.random() < 0.8 else [keys[0]]
        tables.append(Table(f"t{number}", columns, primary))
    tables.append(Table("u", [Column("k", "bytea"), Column("n", "integer"), Column("payload", "bytea"),
                              Column("word", "text")], ["n"], ruled=False))
    return tables


class Item:
    """One item of FROM as the rest of a statement sees it: (name, kind) of its columns."""

    def __init__(self, alias, columns, table=None):
        self.alias, self.columns, self.table = alias, columns, table


class Statement:
    """`pieces` are words and values; a value becomes $n or a literal."""

    def __init__(self, dice, tables):
        self.dice, self.tables = dice, tables
        self.ordered = False   # its rows come in one order only
        self.simple = dice.random() < 0.35
        self.values, self.formats, self.number, self.fuel = [], [], 0, dice.choice([6, 12, 20])
        self.text, self.written = "", None

    # choices
    def chance(self, share):
        return self.dice.random() < share

    def pick(self, *options):
        return self.dice.choice(options)()

    def one(self, things):
        return self.dice.choice(things)

    def alias(self):
        self.number += 1
        return f"a{self.number}"

    def spend(self):
        self.fuel -= 1
        return self.fuel > 0

    # values
    def literal(self, value):
        if value is None:
            return "NULL"
        return self.one(["'\\x{}'", "'\\x{}'::bytea", "E'\\\\x{}'", "CAST('\\x{}' AS bytea)"]).format(value.hex())

    def parameter(self, value):
        value = None if self.chance(0.05) else value
        if self.simple or self.chance(0.25):
            return self.literal(value)
        binary = self.chance(0.5)
        self.values.append(value if binary or value is None else b"\\x" + value.hex().encode())
        self.formats.append(int(binary))
        return f"${len(self.values)}" + self.one(["", "", "", "", "::bytea"])

    def value(self):
        return self.parameter(self.one(BYTES))

    def columns(self, scope, kind):
        return [(item, name) for item in scope for name, other in item.columns if other == kind]

    def column(self, scope, kind):
        found = self.columns(scope, kind)
        if not found:
            return None
        item, name = self.one(found)
        clash = sum(name == other for each in scope for other, _ in each.columns) > 1
        return name if not clash and self.chance(0.4) else f"{item.alias}.{name}"

    # expressions
    def bytes(self, scope):
        simple = [self.value] + [lambda: self.column(scope, "bytea")] * 4
        if not self.spend() or not self.columns(scope, "bytea"):
            return self.one(simple)() or self.value()
        more = [lambda: f"coalesce({self.bytes(scope)}, {self.bytes(scope)})",
                lambda: f"({self.bytes(scope)})",
                lambda: f"({self.bytes(scope)} || {self.bytes(scope)})",
                lambda: f"CASE WHEN {self.bool(scope)} THEN {self.bytes(scope)} ELSE {self.bytes(scope)} END",
                lambda: f"nullif({self.bytes(scope)}, {self.bytes(scope)})",
                lambda: f"greatest({self.bytes(scope)}, {self.column(scope, 'bytea')})",
                lambda: f"substring({self.column(scope, 'bytea')} from 1 for 2)",
                lambda: f"decode(encode({self.column(scope, 'bytea')}, 'base64'), 'base64')",
                lambda: f"{self.column(scope, 'bytea')}::bytea",
                lambda: f"({self.scalar(scope)})"]
        return self.one(simple * 2 + more)() or self.value()

    def int(self, scope):
        plain = [lambda: str(self.dice.randint(-1, 4)), lambda: self.column(scope, "integer") or "1"]
        if self.spend() and self.columns(scope, "bytea"):
            plain += [lambda: f"length({self.column(scope, 'bytea')})", lambda: f"({self.int(scope)} + 1)"]
        return self.one(plain)()

    def word(self, scope):
        plain = [lambda: self.one(["'a'", "'b'", "'zz'"]), lambda: self.column(scope, "text") or "'a'"]
        if self.columns(scope, "bytea"):
            plain += [lambda: f"encode({self.column(scope, 'bytea')}, 'hex')",
                      lambda: f"{self.column(scope, 'bytea')}::text", lambda: f"md5({self.column(scope, 'bytea')})"]
        return self.one(plain)()

    def bool(self, scope):
        left = self.column(scope, "bytea")
        if left is None or not self.spend():
            return f"{self.int(scope)} {self.one(COMPARE)} {self.int(scope)}"
        right = lambda: self.bytes(scope)  # noqa: E731
        compare = self.one(COMPARE)
        return self.pick(
            lambda: f"{left} {compare} {self.value()}", lambda: f"{left} {compare} {right()}",
            lambda: f"{right()} {compare} {left}", lambda: f"{self.value()} {compare} {left}",
            lambda: f"{left} {compare} {self.column(scope, 'bytea')}",
            lambda: f"{left} IS {self.one(['', 'NOT '])}DISTINCT FROM {right()}",
            lambda: f"{left} {self.one(['', 'NOT '])}BETWEEN {self.one(['', 'SYMMETRIC '])}{self.value()} AND {right()}",
            lambda: f"{left} {self.one(['', 'NOT '])}IN ({self.value()}, {self.value()}, {right()})",
            lambda: f"{left} IS {self.one(['', 'NOT '])}NULL", lambda: f"{left} {self.one(['', 'NOT '])}LIKE {self.parameter(self.one(BYTES[:-1]))}",
            lambda: f"{left} {compare} ANY({self.array()})", lambda: f"{left} <> ALL({self.array()})",
            lambda: f"{left} = ANY(ARRAY({self.single(scope)}))", lambda: f"{left} = ANY({self.single(scope, True)})",
            lambda: f"{left} {self.one(['', 'NOT '])}IN ({self.single(scope)})",
            lambda: f"{left} {compare} ({self.scalar(scope)})",
            lambda: f"({self.int(scope)}, {left}) {compare} ({self.int(scope)}, {right()})",
            lambda: f"({left}, {self.int(scope)}) IN (({self.value()}, 1), ({right()}, 2))",
            lambda: f"({left}, {self.int(scope)}) IN ({self.double(scope)})",
            lambda: f"{self.one(['', 'NOT '])}EXISTS ({self.exists(scope)})",
            lambda: f"({self.bool(scope)} {self.one(['AND', 'OR'])} {self.bool(scope)})",
            lambda: f"NOT {self.bool(scope)}", lambda: f"{self.word(scope)} = {self.word(scope)}")

    def array(self):
        if self.simple or self.chance(0.5):
            return "ARRAY[" + ", ".join(f"'\\x{self.one(BYTES).hex()}'::bytea" for _ in range(2)) + "]"
        inner = ", ".join(f'"\\\\x{self.one(BYTES).hex()}"' for _ in range(2))
        self.values.append(("{" + inner + "}").encode())
        self.formats.append(0)
        return f"${len(self.values)}"

    # sub-selects
    def source(self, scope=()):
        table = self.one(self.tables)
        item = Item(self.alias(), [(c.name, c.kind) for c in table.columns], table)
        return item, f"{self.one(['', '', 'public.'])}{table.name} {self.one(['', 'AS '])}{item.alias}"

    def single(self, scope, _=False):
        item, text = self.source()
        inner = [item]
        what = self.column(inner, "bytea") if self.chance(0.7) else self.bytes(inner)
        tail = f" WHERE {self.bool(inner + list(scope) if self.chance(0.4) else inner)}" if self.chance(0.6) else ""
        if self.chance(0.15):
            other, more = self.source()
            return f"SELECT {what} FROM {text}{tail} UNION SELECT {self.column([other], 'bytea')} FROM {more}"
        return f"SELECT {self.one(['', '', 'DISTINCT '])}{what} FROM {text}{tail}"

    def double(self, scope):
        item, text = self.source()
        return f"SELECT {self.bytes([item])}, {self.int([item])} FROM {text} WHERE {self.bool([item] + list(scope))}"

    def scalar(self, scope):
        item, text = self.source()
        key = self.column([item], "bytea")
        where = self.bool([item] + list(scope))
        return f"SELECT {key} FROM {text} WHERE {where} ORDER BY {key}, {item.alias}.n LIMIT 1"

    def exists(self, scope):
        item, text = self.source()
        return f"SELECT {self.one(['*', '1', item.alias + '.*'])} FROM {text} WHERE {self.bool([item] + list(scope))}"

    # FROM
    def from_item(self, scope):
        kind = self.dice.random()
        if kind < 0.7 or not self.spend():
            return self.source()
        query, columns = self.plain_query([] if kind < 0.9 else scope)
        item = Item(self.alias(), columns)
        return item, f"{'LATERAL ' if kind >= 0.9 else ''}({query}) AS {item.alias}"

    def from_clause(self):
        first, text = self.from_item([])
        scope = [first]
        for _ in range(self.one([0, 0, 0, 1, 1, 2])):
            item, more = self.from_item(scope)
            how = self.dice.random()
            if how < 0.3:
                text += f", {more}"
            else:
                text += f" {self.one(['JOIN', 'LEFT JOIN', 'INNER JOIN'])} {more} ON {self.bool(scope + [item])}"
            scope.append(item)
        return scope, text

    # SELECT: (text, [(name, kind)])
    def plain_query(self, outer=()):
        item, text = self.source()
        scope = [item]
        names = [f"c{i}" for i in range(self.dice.randint(1, 3))]
        kinds = [self.one(["bytea", "bytea", "integer", "text"]) for _ in names]
        make = {"bytea": self.bytes, "integer": self.int, "text": self.word}
        parts = []
        for name, kind in zip(names, kinds):
            made = make[kind](scope)
            made = f"{made}::{kind}" if made.startswith(("$", "'", "NULL", "E'")) and "::" not in made else made
            parts.append(f"{made} AS {name}")
        where = f" WHERE {self.bool(scope + list(outer))}" if self.chance(0.5) else ""
        return f"SELECT {', '.join(parts)} FROM {text}{where}", list(zip(names, kinds))

    def target(self, scope):
        made = self.one([self.bytes, self.bytes, self.bytes, self.int, self.word, self.bool])(scope)
        return made + (f" {self.one(['AS ', ''])}{self.one(['x', 'k', 'y'])}" if self.chance(0.25) else "")

    def targets(self, scope):
        parts = [self.target(scope) for _ in range(self.dice.randint(1, 4))]
        if self.chance(0.2):
            parts.insert(0, self.one(["*", self.one(scope).alias + ".*"]))
        return parts

    def select(self):
        form = self.dice.random()
        if form < 0.15:
            return self.grouped()
        if form < 0.25:
            return self.set_operation()
        if form < 0.32:
            return self.with_query()
        scope, text = self.from_clause()
        parts = self.targets(scope)
        words = "SELECT "
        if self.chance(0.1):
            words += "DISTINCT "
        text = f"{words}{', '.join(parts)} FROM {text}"
        if self.chance(0.7):
            text += f" WHERE {self.bool(scope)}"
        if self.chance(0.4):
            text += f" ORDER BY {self.order(scope)}"
            self.limit_ok = all(item.table for item in scope)
        return text

    def order(self, scope):
        parts = [self.one([lambda: self.column(scope, "bytea") or "1", lambda: self.bytes(scope), lambda: "1"])()
                 + self.one(["", "", " DESC", " NULLS FIRST"]) for _ in range(self.dice.randint(1, 2))]
        return ", ".join(part for part in parts)

    def keyed(self):
        """One table in the order of its primary key, as Temporal's pages are."""
        table = self.one(self.tables)
        item = Item(table.name, [(c.name, c.kind) for c in table.columns], table)
        scope = [item]
        parts = [c.name for c in self.dice.sample(table.columns, self.dice.randint(1, len(table.columns)))]
        parts = ["*"] if self.chance(0.3) else parts + ([self.target(scope)] if self.chance(0.3) else [])
        self.ordered = True
        direction = self.one(["", " DESC"])
        order = ", ".join(name + direction for name in table.primary)
        lock = self.one(["", "", " FOR UPDATE", " FOR SHARE"])
        return (f"SELECT {', '.join(parts)} FROM {table.name} WHERE {self.bool(scope)} ORDER BY {order} "
                f"LIMIT {self.dice.randint(1, 5)}{lock}")

    def grouped(self):
        item, text = self.source()
        scope = [item]
        key = f"{item.alias}.{self.one([n for n, k in item.columns if k == 'bytea'])}"
        having = f" HAVING {self.one([f'count(*) > 0', f'{key} <> {self.value()}', f'{key} IS NOT NULL'])}"
        tail = having if self.chance(0.4) else ""
        tail += f" ORDER BY {self.one([key, '1', '2', key + ' DESC'])}" if self.chance(0.5) else ""
        calls = self.one(["count(*)", f"count({key})", f"sum({self.int(scope)})", f"bool_or({self.bool(scope)})",
                          f"string_agg({self.column(scope, 'bytea')}, '\\x2c' ORDER BY {self.column(scope, 'bytea')}, n)"])
        by = self.one([key, key, "1", f"ROLLUP ({key})", f"GROUPING SETS (({key}), ())"])
        extra = self.one(["", f", length({key})", f", {key} IS NULL", f", {key} || '\\x00'"])
        return f"SELECT {key}, {calls}{extra} FROM {text} WHERE {self.bool(scope)} GROUP BY {by}{tail}"

    def set_operation(self):
        arms = []
        for _ in range(self.one([2, 2, 3])):
            item, text = self.source()
            arms.append(f"SELECT {self.column([item], 'bytea')}, {self.int([item])} FROM {text} WHERE {self.bool([item])}")
        how = self.one([" UNION ", " UNION ALL ", " EXCEPT ", " INTERSECT "])
        return how.join(arms) + self.one(["", " ORDER BY 1", " ORDER BY 1, 2 DESC"])

    def with_query(self):
        query, columns = self.plain_query()
        name = self.one(["q", "t0"])  # may hide a table
        item = Item(name, columns)
        if self.chance(0.3):
            table = self.one(self.tables)
            query = f"DELETE FROM {table.name} WHERE {self.bool([Item(table.name, [(c.name, c.kind) for c in table.columns])])} RETURNING *"
            self.written = table
            item = Item(name, [(c.name, c.kind) for c in table.columns])
        return f"WITH {name} AS ({query}) SELECT {', '.join(self.targets([item]))} FROM {name} WHERE {self.bool([item])}"

    # writes
    def returning(self, scope):
        return f" RETURNING {', '.join(self.targets(scope))}" if self.chance(0.4) else ""

    def filled(self, column, scope=()):
        if column.kind == "bytea":
            return self.bytes(scope) if self.chance(0.3) else self.value()
        return self.int(scope) if column.kind == "integer" else self.word([])

    def insert(self):
        table = self.written = self.one(self.tables)
        columns = list(table.columns) if self.chance(0.7) else [
            c for c in table.columns if c.name in table.primary or self.chance(0.6)]
        names = "" if columns == table.columns and self.chance(0.2) else f" ({', '.join(c.name for c in columns)})"
        rows = [f"({', '.join(self.filled(c) for c in columns)})" for _ in range(self.one([1, 1, 2, 3]))]
        text = f"INSERT INTO {table.name}{names} VALUES {', '.join(rows)}"
        if self.chance(0.3):
            item, source = self.source()
            parts = [self.column([item], c.kind) or "NULL" if self.chance(0.6) else self.filled(c, [item])
                     for c in columns]
            text = f"INSERT INTO {table.name}{names} SELECT {', '.join(parts)} FROM {source} WHERE {self.bool([item])}"
        item = Item(table.name, [(c.name, c.kind) for c in table.columns], table)
        if self.chance(0.6):
            text += f" ON CONFLICT ({', '.join(table.primary)}) DO {self.conflict(table, item)}"
        return text + self.returning([item])

    def conflict(self, table, item):
        if self.chance(0.3):
            return "NOTHING"
        excluded = Item("excluded", item.columns)
        if self.chance(0.5):
            return (f"UPDATE SET ({', '.join(c.name for c in table.columns)}) = "
                    f"({', '.join('excluded.' + c.name for c in table.columns)})")
        return f"UPDATE SET {self.assignments(table, [item, excluded])} WHERE {self.bool([item, excluded])}"

    def assignments(self, table, scope):
        parts = []
        columns = self.dice.sample(table.columns, self.dice.randint(1, len(table.columns)))
        if self.chance(0.3):
            parts.append(f"({', '.join(c.name for c in columns)}) = ROW({', '.join(self.filled(c, scope) for c in columns)})")
        elif self.chance(0.15):
            other, text = self.source()
            picks = [self.column([other], c.kind) or "NULL" for c in columns]
            parts.append(f"({', '.join(c.name for c in columns)}) = (SELECT {', '.join(picks)} FROM {text} "
                         f"ORDER BY {other.alias}.{(other.table.primary)[0]}, {other.alias}.n LIMIT 1)")
        else:
            parts += [f"{c.name} = {self.one(['DEFAULT', self.filled(c, scope), self.filled(c, scope)])}" for c in columns]
        return ", ".join(parts)

    def update(self):
        table = self.written = self.one(self.tables)
        item = Item(self.one([table.name, "z"]), [(c.name, c.kind) for c in table.columns], table)
        text = f"UPDATE {table.name}{'' if item.alias == table.name else ' AS z'} SET {self.assignments(table, [item])}"
        scope = [item]
        if self.chance(0.2):
            other, source = self.source()
            scope.append(other)
            text += f" FROM {source}"
            return text + f" WHERE {item.alias}.n = {other.alias}.n AND {self.bool(scope)}"
        return text + f" WHERE {self.bool(scope)}" + self.returning(scope)

    def delete(self):
        table = self.written = self.one(self.tables)
        item = Item(table.name, [(c.name, c.kind) for c in table.columns], table)
        scope, using = [item], ""
        if self.chance(0.2):
            other, source = self.source()
            scope.append(other)
            using = f" USING {source}"
        return f"DELETE FROM {table.name}{using} WHERE {self.bool(scope)}" + self.returning(scope[:1])

    def form(self, forms):
        table, other = self.one(self.tables[:3]), self.one(self.tables[:3])
        key, joined = (self.one([c.name for c in t.columns if c.key]) for t in (table, other))
        words = {"T": lambda: table.name, "U": lambda: other.name, "K": lambda: key, "J": lambda: joined,
                 "P": lambda: ", ".join(table.primary), "V": self.value, "W": self.value}
        text = self.one(forms)
        if ";" in text:
            self.simple = True
        self.written = table if forms is not READS else None
        return re.sub(r"\b[TUKJPVW]\b", lambda found: words[found[0]](), text)

    def make(self):
        kind = self.dice.random()
        make = (self.select if kind < 0.35 else self.keyed if kind < 0.42 else self.insert if kind < 0.57
                else self.update if kind < 0.67 else self.delete if kind < 0.72 else (lambda: self.form(READS)) if kind < 0.87
                else (lambda: self.form(WRITES)) if kind < 0.95 else (lambda: self.form(BROKEN)))
        self.text = make()
        self.renumber()
        return self

    def renumber(self):
        """Leaves out the parameters that were made and not used."""
        if self.simple:
            return
        used = sorted({int(n) for n in re.findall(r"\$(\d+)", self.text)})
        self.text = re.sub(r"\$(\d+)", lambda m: f"${used.index(int(m[1])) + 1}", self.text)
        while used and len(self.values) < used[-1]:
            self.values, self.formats = self.values + [b"\\x01"], self.formats + [0]
        self.values = [self.values[n - 1] for n in used]
        self.formats = [self.formats[n - 1] for n in used]
