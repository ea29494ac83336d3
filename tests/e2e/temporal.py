"""Temporal's own statements by their numbers (tests/temporal/catalogue), and the values of its rows that tests
want. A text may be asked for without its locking clause, which is how a client drops a protection."""
import re
from pathlib import Path

import statements

ROOT = Path(__file__).resolve().parent.parent.parent

SCHEMA = ROOT / "tests/traces/temporal_schema.sql"
RULES = ROOT / "config/temporal.yaml"
TEXTS = {found.name: found.sql for found in statements.read(ROOT / "tests/temporal/catalogue/statements.txt")}
CLAUSE = re.compile(r"\s+FOR (?:UPDATE|SHARE)\s*$")

PROTO, NAMESPACE = "Proto3", bytes.fromhex("f00102030405060708090a0b0c0d0e0f")
EVERYTHING = 2 ** 62
# Temporal takes task ids from a block that belongs to the range (temporal.md §3).
IDS_PER_RANGE = 1 << 20


def text(name, locked=True):
    sql = TEXTS[name]
    if locked:
        return sql
    cut = CLAUSE.sub("", sql)
    assert cut != sql, f"{name} has no locking clause"
    return cut


def execution(shard, workflow, run, version, data, last_write=0):
    """The values of E1."""
    return shard, NAMESPACE, workflow, run, 3, last_write, data, PROTO, b"state", PROTO, version


def execution_update(shard, workflow, run, version, data):
    """The values of E2."""
    return version, 3 + version, 0, data, PROTO, b"state", PROTO, shard, NAMESPACE, workflow, run


def current(shard, workflow, run, request, data, last_write=0):
    """The values of C1."""
    return shard, NAMESPACE, workflow, run, request, 1, 1, None, last_write, data, PROTO


def current_update(shard, workflow, run, request, data, last_write=0):
    """The values of C2."""
    return run, request, 1, 1, None, last_write, data, PROTO, shard, NAMESPACE, workflow


def task(range_id, number):
    return range_id * IDS_PER_RANGE + number


def range_of(task_id):
    return task_id // IDS_PER_RANGE
