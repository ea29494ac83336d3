"""What must hold when a second history host (rival) steals shards from a Temporal server: its record of steals, the
ranges of the shards and the server's log tell one story. Knows nothing of who ran the workload."""
import json
import pathlib

import remains
import servers

RULES = servers.ROOT / "config/temporal.yaml"
# How a serialization failure reads in pgx's text and in lib/pq's.
CONFLICT = ["SQLSTATE 40001", "(OC000)", "(OC001)", "could not serialize"]
# Workflows per shard that are run after the last steal: a shard without work does not notice that it was stolen.
AFTERWARDS = 16


class Steals:
    def __init__(self, record):
        self.all = [json.loads(line) for line in pathlib.Path(record).read_text().splitlines()]
        self.done = [steal for steal in self.all if steal["outcome"].startswith("stolen")]
        # Too late: the owner moved first. A conflict that Occam could not hide says the same.
        self.missed = [steal for steal in self.all if steal["outcome"] == "too late" or is_conflict(steal["outcome"])]
        self.odd = [steal for steal in self.all if steal["outcome"] != "stolen" and steal not in self.missed]
        self.late = [steal for steal in self.done if steal.get("late")]


def is_conflict(line):
    return any(text in line for text in CONFLICT)


def ranges(main):
    """{shard: the range it is in}"""
    return {int(shard): int(number) for shard, number in remains.ask(main, "SELECT shard_id, range_id FROM shards")}


def judge(judge, main, record, log, unfenced):
    steals, now = Steals(record), ranges(main)
    for steal in steals.all:
        print(f"  {steal['at'][:23]} shard {steal['shard']} range {steal['range']}: {steal['outcome'][:120]}"
              + (f", then {len(steal['late'])} tasks of its former owner" if steal.get("late") else ""))
    judge.check(steals.done and not steals.odd,
                f"{len(steals.done)} shards stolen, {len(steals.missed)} times the owner was first {steals.odd or ''}")
    last = {steal["shard"]: steal["range"] for steal in steals.done}
    kept = {shard: number for shard, number in last.items() if now[shard] <= number}
    judge.check(not kept, f"each stolen shard was acquired again: ranges are {now} {kept or ''}")
    acquired = sum("Range updated for shardID" in line for line in log)
    judge.check(sum(now.values()) == acquired + len(steals.done),
                f"every one of the {sum(now.values())} ranges has one owner: {acquired} Temporal, {len(steals.done)} the rival")
    if unfenced:
        judge.check(steals.late, f"without the fence, former owners wrote tasks after {len(steals.late)} of {len(steals.done)} steals")
    else:
        judge.check(not steals.late, f"no task was written by an owner whose range had ended {steals.late or ''}")


def unfenced_rules(home):
    """A copy of the rules in which the shards' share lock is dropped."""
    text, fence = RULES.read_text(), "  shards:\n    share: auto\n"
    assert text.count(fence) == 1, f"{RULES} has no `share: auto` on shards"
    path = home / "unfenced.yaml"
    path.write_text(text.replace(fence, "  shards:\n    share: drop\n"))
    return {"rewriter": {"rules": str(path)}}
