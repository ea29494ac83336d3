"""Adds up what the rounds were and says how it ended. Knows which errors a client may see; any other is a failure of its own."""
import re
from collections import Counter

from history import FAILED, OK, UNKNOWN

# A conflict, a loss, and what a server that ends or is busy says.
EXPECTED = {"40001", "08007", "08006", "08003", "08001", "57P01", "57P02", "57P03", "53300", "XX000"}
SHOWN = 5


class Judgement:
    def __init__(self, options, expected=EXPECTED):
        self.options, self.expected = options, expected
        self.outcomes, self.codes, self.by_workload, self.by_kind = Counter(), Counter(), {}, {}
        self.violations, self.unexpected, self.broken = [], {}, []
        self.seconds, self.last = 0.0, Counter()

    def round(self, workload, ops, first, final):
        mine = self.by_workload.setdefault(workload.name, Counter())
        before = {}
        for op in ops:  # in each client's order
            self.outcomes[op.outcome] += 1
            mine[op.outcome] += 1
            self.by_kind.setdefault((workload.name, op.kind), Counter())[op.outcome] += 1
            if op.outcome != OK:
                self.note(workload, op, before.get(op.client))
            before[op.client] = op
        found = workload.check(ops, first, final)
        self.violations += [(workload.round, violation) for violation in found]
        for violation in found[:SHOWN]:
            print(f"round {workload.round}: {violation}", flush=True)

    def note(self, workload, op, before):
        code = re.match(r"[0-9A-Z]{5}(?= )", op.why)
        word = code[0] if code else op.why.split(" ", 1)[0] or op.outcome
        self.codes[word] += 1
        if code and word not in self.expected | workload.expected:
            self.unexpected.setdefault((workload.name, word), (workload.round, op, before))

    def progress(self, number, seconds, counters, faults):
        new = counters - self.last
        self.last = counters
        faults = ", ".join(f"{count} {what}" for what, count in faults.items())
        print(f"{seconds:6.0f} s  round {number}: {sum(self.outcomes.values()):,} operations, {self.outcomes[OK]:,} acknowledged, "
              f"{self.outcomes[FAILED]:,} failed, {self.outcomes[UNKNOWN]:,} unknown; hidden {hidden(counters):,} (+{hidden(new)}); "
              f"{faults}; {len(self.violations)} violations", flush=True)
        if self.options.weakened and self.violations:
            print(f"caught after {seconds:.1f} s", flush=True)

    def report(self, counters, per_minute, more=()):
        """Prints the end and returns the exit code. `more` checks are pairs: does it hold, and what if not."""
        verdicts, reasons = ({name: count for (kind, name), count in sorted(counters.items()) if kind == wanted and count}
                             for wanted in ("verdict", "reason"))
        wanted = 0 if self.options.calm else int(per_minute * self.seconds / 60)
        print(f"operations {sum(self.outcomes.values()):,}: acknowledged {self.outcomes[OK]:,}, failed {self.outcomes[FAILED]:,}, "
              f"unknown {self.outcomes[UNKNOWN]:,}")
        for name, counts in self.by_workload.items():
            print(f"  {name}: {counts[OK]:,} acknowledged, {counts[FAILED]:,} failed, {counts[UNKNOWN]:,} unknown")
        print("why not: " + ", ".join(f"{word} {count:,}" for word, count in self.codes.most_common()))
        print(f"verdicts: {verdicts}; not replayable: {reasons}; conflicts hidden {hidden(counters):,}, wanted {wanted:,}; violations {len(self.violations)}")
        checks = [(not self.violations, f"{len(self.violations)} violations"),
                  (not self.unexpected, "errors that no client should see:" + "".join(
                      f"\n    round {number}: {op}\n        after {before}" for number, op, before in self.unexpected.values())),
                  (hidden(counters) >= wanted, f"{hidden(counters)} conflicts hidden, {wanted} wanted"),
                  (not self.broken, "; ".join(self.broken)), *more]
        checks += [(counts[OK] > 0, f"{name}: no {kind} was acknowledged") for (name, kind), counts in self.by_kind.items()]
        for holds, what in checks:
            if not holds:
                print(f"FAILED: {what}")
        failed = sum(not holds for holds, _ in checks)
        print(f"{len(checks) - failed} passed, {failed} failed", flush=True)
        return 1 if failed else 0


def hidden(counters):
    return counters["verdict", "restarted"] + counters["verdict", "replayed"]
