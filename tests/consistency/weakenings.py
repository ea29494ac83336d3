"""The protections that can be taken away, one by one, to show that a checker notices. Each says how: a rule that drops the lock, a
client that leaves its clause out, a table without its key; and on which upstream that is a loss at all."""
from dataclasses import dataclass


@dataclass(frozen=True)
class Weakening:
    name: str
    workload: str
    # Under snapshot isolation a row that is read and then written needs no lock (temporal.md §3): its loss shows on
    # PostgreSQL at READ COMMITTED only.
    upstreams: tuple
    tables: tuple = ()   # lose their share locks by rule; else the clients do it
    schema: tuple = ()   # (text of the schema, what stands there instead)


BOTH, PLAIN = ("emulator", "postgresql"), ("postgresql",)

BY_NAME = {each.name: each for each in (
    Weakening("shards", "shards", BOTH, tables=("shards",)),
    Weakening("shard_takes", "shards", PLAIN),
    Weakening("task_queues", "task_queues", BOTH),
    Weakening("task_queue_takes", "task_queues", PLAIN),
    Weakening("pairs", "pairs", BOTH),
    Weakening("bank", "bank", PLAIN),
    Weakening("registers", "registers", PLAIN),
)}


def tables(names):
    return [table for name in names for table in BY_NAME[name].tables]


def schema(text, names):
    for name in names:
        for old, new in BY_NAME[name].schema:
            assert old in text, f"the schema has no {old}"
            text = text.replace(old, new)
    return text
