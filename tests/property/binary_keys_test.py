#!/usr/bin/env python3
"""Binary keys: random statements on a real PostgreSQL, once on tables with bytea and once, translated, on tables that
hold hex text. Rows, names, types, tags and SQLSTATEs must be equal, and so must the tables afterwards. A part of them is
not translated here but sent through Occam.

  tests/property/binary_keys_test.py                     about 2,000 statements
  tests/property/binary_keys_test.py --statements 50000 --seed 7
"""
import argparse
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "deploy"), str(ROOT / "tests/property")]
import binary_keys_plans  # noqa: E402
import libpq  # noqa: E402
import stack  # noqa: E402
import statements  # noqa: E402

PER_SCHEMA = 250
MOST_REFUSED = 0.04
THROUGH_OCCAM = 0.3
# PostgreSQL says of a value of another type that it cannot be assigned; of encode(), that there is no such function.
TYPE_ERRORS = {"42804", "42883"}
FOR_DSQL_TO_REFUSE = re.compile(r"^(CREATE|PREPARE|DECLARE)")


class Translator:
    """One process that translates a line at a time."""

    def __init__(self, rules, folder):
        path = Path(folder) / "rules.yaml"
        path.write_text(json.dumps(rules))
        self.process = subprocess.Popen([str(stack.BIN / "translate_lines"), str(path)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def __call__(self, text):
        self.process.stdin.write(json.dumps(text) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def end(self):
        self.process.stdin.close()
        self.process.wait()


class Comparison:
    def __init__(self, dsns, upstream_port, seed, folder):
        self.connections = [libpq.Connection(dsn) for dsn in dsns]
        self.upstream_port, self.program, self.session = upstream_port, None, None
        self.dice, self.seed, self.folder = random.Random(seed), seed, folder
        self.counts, self.failures = Counter(), []
        self.tables, self.translate, self.all_known = [], None, True

    def new_schema(self):
        self.close()
        self.tables = statements.random_schema(self.dice)
        self.all_known = self.dice.random() < 0.5  # or a table whose columns Occam does not know
        for hexed, connection in enumerate(self.connections):
            connection.simple("SET client_min_messages = error; DROP TABLE IF EXISTS t0, t1, t2, u")
            for table in self.tables:
                assert not connection.simple(table.create(bool(hexed))).code
        self.translate = Translator(self.rules(), self.folder)
        self.program = stack.occam(self.folder, self.upstream_port, {
            "upstream": {"server": "aurora_dsql", "database": "hexed"},
            "rewriter": {"rules": str(Path(self.folder) / "rules.yaml")}}).start()
        self.session = libpq.Connection(stack.uri(self.program.port, "postgres"))
        for _ in range(40):
            self.fill()

    def rules(self):
        return {"tables": {t.name: {"binary_keys": [c.name.strip('"') for c in t.columns if c.key and t.ruled],
                                    "columns": [c.name.strip('"') for c in t.columns]}
                           for t in self.tables if t.ruled or self.all_known}}

    def fill(self):
        table = self.dice.choice(self.tables)
        names = ", ".join(c.name for c in table.columns)
        made = {"integer": lambda: str(self.dice.randint(-1, 4)), "text": lambda: self.dice.choice(["'a'", "'b'", "NULL"]),
                "bytea": lambda: f"'\\x{self.dice.choice(statements.BYTES).hex()}'::bytea"}
        values = [made[c.kind]() for c in table.columns]
        for hexed, connection in enumerate(self.connections):
            stored = [f"encode({v}, 'hex')" if hexed and c.key and table.ruled else v
                      for c, v in zip(table.columns, values)]
            connection.simple(f"INSERT INTO {table.name} ({names}) VALUES ({', '.join(stored)}) ON CONFLICT DO NOTHING")

    def contents(self, table, translated):
        """As both sides hold them, in the client's terms; Occam translates for itself."""
        found = []
        for connection in (self.connections[0], translated):
            hexed = connection is self.connections[1]
            parts = [f"decode({c.name}, 'hex')" if hexed and c.key and table.ruled else c.name for c in table.columns]
            answer = connection.simple(f"SELECT {', '.join(parts)} FROM {table.name}")
            found.append(sorted(answer.rows, key=repr))
        return found

    def run_one(self, through_occam):
        statement = statements.Statement(self.dice, self.tables).make()
        before = len(self.failures)
        binary = self.dice.random() < 0.5
        native, translated = self.connections
        done = self.translate(statement.text)
        if through_occam and not FOR_DSQL_TO_REFUSE.search(statement.text):
            self.counts["sent through Occam"] += 1
            translated, done = self.session, {"text": statement.text}
        native.simple("BEGIN")
        translated.simple("BEGIN")
        expected = self.answer(native, statement.text, statement, binary)
        got = None if "refused" in done else self.answer(translated, done["text"], statement, binary)
        code, message = done.get("refused") or (got.code, got.message)
        if got is None or (got.code != expected.code and message.startswith("Occam cannot")):
            self.count_refusal(code, message, expected)
        else:
            self.compare(statement, done["text"], expected, got)
            if statement.written and not expected.code:
                self.compare_tables(statement, done["text"], translated)
        # What Occam refused was carried out on one side only.
        end = "COMMIT" if self.dice.random() < 0.5 and got and not got.code else "ROLLBACK"
        native.simple(end)
        translated.simple(end)
        if len(self.failures) > before:
            self.new_schema()  # the two may no longer hold the same

    def count_refusal(self, code, message, expected):
        same = code == expected.code
        self.counts["refused as PostgreSQL does" if same else "refused"] += 1
        if not same:
            self.counts[f"  {message}"] += 1

    def compare_tables(self, statement, text, translated):
        mine, theirs = self.contents(statement.written, translated)
        if mine != theirs:
            self.fail("the table differs afterwards", statement, text, mine, theirs)

    def answer(self, connection, text, statement, binary):
        if statement.simple:
            return connection.simple(text)
        return connection.extended(text, statement.values, statement.formats, binary)

    def compare(self, statement, text, expected, got):
        self.counts["failed as on PostgreSQL" if expected.code else "answered"] += 1
        if expected.code:
            self.counts[f"  SQLSTATE {expected.code}"] += 1
        if expected.code != got.code and not {expected.code, got.code} <= TYPE_ERRORS:
            return self.fail("the errors differ", statement, text, (expected.code, expected.message),
                             (got.code, got.message))
        if expected.code:
            return None
        for name in ("tag", "parameters", "columns"):
            if getattr(expected, name) != getattr(got, name):
                return self.fail(f"the {name} differ", statement, text, getattr(expected, name), getattr(got, name))
        mine, theirs = (a.rows if statement.ordered else sorted(a.rows, key=repr) for a in (expected, got))
        self.counts["rows"] += len(mine)
        if mine != theirs:
            return self.fail("the rows differ", statement, text, mine, theirs)
        return None

    def fail(self, what, statement, text, expected, got):
        self.counts["differences"] += 1
        self.failures.append(f"{what}\n  statement  {statement.text}\n  translated {text}\n  values     {statement.values}\n"
                             f"  expected   {str(expected)[:600]}\n  got        {str(got)[:600]}")

    def close(self):
        if self.translate:
            self.translate.end()
            self.session.close()
            self.program.end()


def plans(dsn, folder):
    translate = Translator(binary_keys_plans.RULES, folder)
    connection = libpq.Connection(dsn)
    failed = [what for what, holds in binary_keys_plans.checks(connection, translate) if not holds]
    connection.close()
    translate.end()
    print(f"{len(failed)} of the promised plans and guards fail")
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--statements", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    chosen = parser.parse_args()
    print(f"seed {chosen.seed}", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="occam-keys-"))
    folder.chmod(0o755)
    postgres = stack.Postgres(folder / "postgres")
    began, run = time.monotonic(), None
    try:
        postgres.start()
        for database in ("native", "hexed", "plans"):
            postgres.sql(f"CREATE DATABASE {database}", "postgres")
        failed_plans = plans(postgres.dsn("plans"), folder)
        run = Comparison([postgres.dsn("native"), postgres.dsn("hexed")], postgres.port, chosen.seed, folder)
        for number in range(chosen.statements):
            if number % PER_SCHEMA == 0:
                run.new_schema()
            run.run_one(through_occam=run.dice.random() < THROUGH_OCCAM)
    finally:
        if run:
            run.close()
        postgres.stop()
        shutil.rmtree(folder, True)
    for name, count in sorted(run.counts.items(), key=lambda pair: (pair[0].startswith(" "), -pair[1])):
        print(f"{count:7} {name}")
    share = run.counts["refused"] / chosen.statements
    for failure in failed_plans + run.failures[:20]:
        print(failure)
    print(f"seed {chosen.seed}: {share:.1%} refused, {time.monotonic() - began:.0f} s")
    bad = len(run.failures) + len(failed_plans) + (share > MOST_REFUSED)
    print(f"{chosen.statements - len(run.failures)} passed, {bad} failed")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
