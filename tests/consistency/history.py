"""What is written down of a client's operations, and what a checker says of them. A history is a list of Op in any order;
times are of one monotonic clock, so that of two operations one may be known to have ended before the other began."""
import time
from dataclasses import dataclass, field

OK = "ok"            # acknowledged: it has happened
FAILED = "failed"    # refused, rolled back, or never committed: it must not have happened
UNKNOWN = "unknown"  # its COMMIT was sent, and the answer never came or said 08007: either


def now():
    return time.monotonic_ns()


@dataclass(slots=True)
class Op:
    client: str
    kind: str
    key: object
    outcome: str
    began: int
    ended: int
    value: dict = field(default_factory=dict)
    why: str = ""  # of a failure: its SQLSTATE, `refused` by the client's own check, or how it was lost

    def __str__(self):
        values = " ".join(f"{name}={shown(value)}" for name, value in self.value.items())
        return (f"{self.client} {self.kind} {shown(self.key)} {values} -> {self.outcome}{' ' + self.why if self.why else ''} "
                f"[{self.began / 1e6:.3f} .. {self.ended / 1e6:.3f} ms]")


def shown(value):
    if isinstance(value, bytes):
        value = value.hex()
    if isinstance(value, (list, set, frozenset)) and len(value) > 8:
        return f"({len(value)} of them)"
    return str(value)


@dataclass(slots=True)
class Violation:
    """What was promised and does not hold, and the few operations that prove it."""
    what: str
    evidence: list

    def __str__(self):
        return "\n".join([f"VIOLATION: {self.what}", *[f"    {entry}" for entry in self.evidence]])
