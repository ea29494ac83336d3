"""All connections to the upstream are lost at one moment, again and again while clients work: cut on their way, or with the emulator
that is killed and started again. What clients may see of it: a COMMIT in doubt, and nothing else. And no storm afterwards: Occam's
connects stay within its budget."""
import random

from disturbance import Disturbance

# Of each Occam's upstream connections, by the mode of its pool. In transaction mode many clients share few; in session mode each client
# has its own, so that more are made after a drop than the budget gives at once.
POOLS = {"transaction": {"connections": 8, "reserve": 2, "connects_per_second": 5, "connect_burst": 4},
         "session": {"connections": 100, "reserve": 2, "connects_per_second": 20, "connect_burst": 6}}
# Conflicts, so that a connection is lost during repetitions too, and answers that are late.
FAULTS = ("conflict:p=0.08", "latency:p=0.05,ms=8")
# SQLSTATEs: a read that had changed, which no one can hide, and a COMMIT in doubt.
SEEN = {"40001", "08007"}
# Verdicts: the same, and the tenth conflict in a row, which contention brings about without any drop. That it was none which the
# client is told, its SQLSTATE says.
SHOWN = {"results_changed", "attempts_exhausted", "in_doubt"}
# Connects made in time come late by up to so many seconds, and so closer together: two connects' worth, and four.
LATE = {"transaction": 0.4, "session": 0.2}


def pool(options):
    return {"mode": options.pool_mode, **POOLS[options.pool_mode]}


class MassDrops(Disturbance):
    """In place of Faults. Ends by itself after the drops ordered; one round after the other goes on with them."""

    def __init__(self, rig, options):
        super().__init__()
        self.rig, self.how, self.left = rig, options.drop, options.mass_drop
        self.random = random.Random(f"{options.seed}/drops")
        self.done = {"drops": 0, "connections lost": 0}

    def disturb(self):
        while self.left and not self.ending.wait(self.random.uniform(0.5, 3)):
            self.left -= 1
            self.done["drops"] += 1
            self.done["connections lost"] += self.rig.drop_all(self.how)


def checks(judged, counters, cutters, options):
    """(whether it holds, what it is) of each; `judged` has seen all rounds."""
    verdicts = {name: count for (kind, name), count in counters.items() if kind == "verdict" and count}
    errors = {name: count for (kind, name), count in counters.items() if kind == "session_error" and count}
    shown = {name: count for name, count in verdicts.items() if name not in ("replayed", "restarted")}
    accepted = [cutter.accepted() for cutter in cutters]
    budget = POOLS[options.pool_mode]
    above = [excess(times, budget["connects_per_second"], budget["connect_burst"], LATE[options.pool_mode]) for times in accepted]
    print(f"connects of each Occam: {[len(times) for times in accepted]}, in the busiest second {[busiest(times) for times in accepted]}; "
          f"in doubt: {shown.get('in_doubt', 0)}, of which clients were told {judged.codes['08007']}; lost connections that were "
          f"noticed at a statement: {counters['conflict', 'lost']}")
    return [(set(shown) <= SHOWN, f"verdicts that a drop does not excuse: {shown}"),
            (shown.get("in_doubt", 0) == judged.codes["08007"],
             f"{judged.codes['08007']} clients were told 08007, {shown.get('in_doubt', 0)} transactions were in doubt"),
            (judged.codes["40001"] <= shown.get("results_changed", 0) + shown.get("attempts_exhausted", 0),
             f"{judged.codes['40001']} clients were told 40001, of verdicts {shown}"),
            (not judged.codes["lost"] and not errors, f"clients lost their own connections: {judged.codes['lost']}, {errors}"),
            (counters["conflict", "lost"], "no drop was noticed in a transaction"),
            (not any(above), f"connects above the budget of {budget}: {above}")]


def excess(times, per_second, burst, late):
    """By how many connects the worst window of time is above burst + per_second * its length."""
    full_at, worst = float("-inf"), 0.0
    for moment in sorted(times):  # a token bucket, as a clock that says when it will be full again
        full_at = max(full_at, moment) + 1 / per_second
        worst = max(worst, (full_at - moment - late) * per_second - burst)
    return max(0, round(worst, 1))


def busiest(times):
    times = sorted(times)
    return max((sum(begin <= moment < begin + 1 for moment in times) for begin in times), default=0)
