"""Two who believe that every shard is theirs: a program that steals shards from a Temporal server (rival/), or a second
whole server with a ring of its own. What must hold then: the ranges of the shards, the record of the steals and the
servers' logs tell one story. Knows nothing of the workload."""
import contextlib
import json
import os
import pathlib
import signal
import subprocess
import threading

import remains
import servers

RULES = servers.ROOT / "config/temporal.yaml"
# How a serialization failure reads in pgx's text and in lib/pq's.
CONFLICT = ["SQLSTATE 40001", "(OC000)", "(OC001)", "could not serialize"]
# Workflows per shard that are run after the last steal: a shard without work does not notice that it was stolen.
AFTERWARDS = 16
PATIENCE = 60  # seconds for the rival to end
STILL = 4      # seconds for which a server is held: enough for the other to take its shards and to write down what it has read


@contextlib.contextmanager
def rival(home, main, plugin, seconds, shards):
    """Steals a shard about every so many seconds until the block ends. Yields the file in which each steal is a line of JSON."""
    record, log = home / "steals.jsonl", home / "rival.log"
    command = [servers.GO_PROGRAMS / "rival", "--main", servers.address(main), "--plugin", plugin, "--every", f"{seconds}s",
               "--shards", shards, "--record", record]
    with open(log, "wb") as out:
        process = subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    try:
        yield record
    finally:
        process.terminate()
        code = process.wait(timeout=PATIENCE)
    if code:
        raise servers.stack.DidNotStart(f"the rival ended with {code}: {log.read_text(errors='replace')[-2000:]}")


def eager(home):
    """What each of two servers is told: to look often for shards that it has not, and to write down at once how far it has
    read their tasks. By default it would be a minute and five, and a shard that moves to and fro would be read from its
    beginning each time, late tasks too."""
    path = home / "eager.yaml"
    path.write_text("history.acquireShardInterval: [{value: 2s}]\nhistory.shardUpdateMinInterval: [{value: 1s}]\n")
    return path


@contextlib.contextmanager
def second_server(home, main, plain, plugin, first, dynamic):
    """Another server on the same store. Yields its directory. A server joins the ring of those it finds in
    cluster_membership: so that this one makes its own, the first is held still, and not to be found, until this one has
    started."""
    pid = int((first / "server.pid").read_text())
    with contextlib.ExitStack() as held:
        os.kill(pid, signal.SIGSTOP)
        held.callback(os.kill, pid, signal.SIGCONT)
        servers.stack.sql(main, "DELETE FROM cluster_membership")
        with servers.temporal(home, main, plain, plugin, dynamic, "second") as second:
            held.close()
            yield second


@contextlib.contextmanager
def held_still(server, seconds):
    """Holds a server again and again, in the middle of whatever it writes, and lets it go on when it has lost its shards.
    Yields a list that grows by one each time."""
    pid, ended, times = int((server / "server.pid").read_text()), threading.Event(), []

    def hold():
        while not ended.wait(seconds):
            os.kill(pid, signal.SIGSTOP)
            try:
                ended.wait(STILL)
            finally:
                os.kill(pid, signal.SIGCONT)
            times.append(len(times))
    thread = threading.Thread(target=hold)
    thread.start()
    try:
        yield times
    finally:
        ended.set()
        thread.join()


def contended(options):
    return bool(options.rival or options.second)


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


def acquired(directory):
    """(shard, range) of each that a server has begun, by its log."""
    with open(directory / "server.log", errors="replace") as log:
        begun = [json.loads(line) for line in log if '"msg":"Range updated for shardID"' in line]
    return [(line["shard-id"], line["shard-range-id"]) for line in begun]


def judge_rival(judge, main, record, directory, unfenced):
    steals, now = Steals(record), ranges(main)
    for steal in steals.all:
        print(f"  {steal['at'][:23]} shard {steal['shard']} range {steal['range']}: {steal['outcome'][:120]}"
              + (f", then {len(steal['late'])} tasks of its former owner" if steal.get("late") else ""))
    judge.check(steals.done and not steals.odd,
                f"{len(steals.done)} shards stolen, {len(steals.missed)} times the owner was first {steals.odd or ''}")
    last = {steal["shard"]: steal["range"] for steal in steals.done}
    kept = {shard: number for shard, number in last.items() if now[shard] <= number}
    judge.check(not kept, f"each stolen shard was acquired again: ranges are {now} {kept or ''}")
    judge_ranges(judge, now, {"Temporal": acquired(directory), "the rival": [(steal["shard"], steal["range"]) for steal in steals.done]})
    if unfenced:
        judge.check(steals.late, f"without the fence, former owners wrote tasks after {len(steals.late)} of {len(steals.done)} steals")
    else:
        judge.check(not steals.late, f"no task was written by an owner whose range had ended {steals.late or ''}")


def judge_ranges(judge, now, owners):
    """`owners` are the (shard, range) of each. A range that none of them knows was begun by one that did not hear the answer."""
    every = [one for ranges_of_one in owners.values() for one in ranges_of_one]
    twice = {one for one in every if every.count(one) > 1}
    unknown = sum(now.values()) - len(every)
    judge.check(every and not twice and unknown >= 0,
                f"no range has two owners: { {who: len(theirs) for who, theirs in owners.items()} } of {sum(now.values())} {twice or ''}")


def unfenced_rules(home):
    """A copy of the rules in which the shards' share lock is dropped."""
    text, fence = RULES.read_text(), "  shards:\n    share: auto\n"
    assert text.count(fence) == 1, f"{RULES} has no `share: auto` on shards"
    path = home / "unfenced.yaml"
    path.write_text(text.replace(fence, "  shards:\n    share: drop\n"))
    return {"rewriter": {"rules": str(path)}}
