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
QUEUE_KEY = ",\n  PRIMARY KEY(queue_type, message_id)"
QUEUE_MESSAGES_KEY = """,
    PRIMARY KEY (
        queue_type,
        queue_name,
        queue_partition,
        message_id
    )"""

BY_NAME = {each.name: each for each in (
    Weakening("shards", "shards", BOTH, tables=("shards",)),
    Weakening("shard_takes", "shards", PLAIN),
    Weakening("task_queues", "task_queues", BOTH),
    Weakening("task_queue_takes", "task_queues", PLAIN),
    Weakening("current_bypass", "current_executions", BOTH),
    Weakening("current_switches", "current_executions", PLAIN),
    Weakening("execution_reads", "executions", BOTH, tables=("executions",)),
    Weakening("execution_updates", "executions", PLAIN),
    # Numbers rest on the primary key, the lock only spares a refusal.
    Weakening("queue", "queue", BOTH, schema=((QUEUE_KEY, ""),)),
    Weakening("queue_messages", "queue_messages", BOTH, schema=((QUEUE_MESSAGES_KEY, ""),)),
    Weakening("queue_purges", "queue_messages", PLAIN),
    # The lock and the condition of the update.
    Weakening("namespaces", "namespaces", PLAIN),
    Weakening("cluster_metadata", "cluster_metadata", PLAIN),
    Weakening("queue_metadata", "queue_metadata", PLAIN),
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
