"""What is only ever moved on from one state to the next: a range id, a version, the pointer to the current run. Pure.

Proves, with what each client was told: the states form one line from the first to the last; every acknowledged move stands
on it exactly once, so no update is lost and no state given to two; no failed move does; the line keeps the order of real
time; and each read shows the state of some moment while it ran."""
from history import FAILED, OK, UNKNOWN, Violation


def versions(what, first, last, moves, reads=()):
    """States are (version, mark); `first` and `last` are states. A move has value version, the one it put (the one it found and
    1), and mark, unique; where a state shows no mark it is None. `reads` have value state."""
    found, line = [], []
    by_version = {}
    for op in moves:
        by_version.setdefault(op.value.get("version"), []).append(op)
    for version in range(first[0] + 1, last[0] + 1):
        candidates = by_version.get(version, [])
        surely = [op for op in candidates if op.outcome == OK]
        perhaps = [op for op in candidates if op.outcome == UNKNOWN]
        if len(surely) > 1:
            found.append(Violation(f"{what}: version {version} was given to two", surely[:2]))
        elif not surely and not perhaps:
            found.append(Violation(f"{what}: version {version} was put by nobody", candidates[:2] or [f"last {last}"]))
        line.append(surely[0] if surely else perhaps[0] if len(perhaps) == 1 else None)
    for op in moves:
        if op.outcome == OK and not first[0] < op.value["version"] <= last[0]:
            found.append(Violation(f"{what}: an acknowledged update is lost", [op, f"last {last}"]))
    marks = {op.value["mark"]: op for op in moves if "mark" in op.value}
    for state, where in [(last, "the end")] + [(op.value["state"], op) for op in reads if op.outcome == OK]:
        if state == first or state[1] is None:
            continue
        op = marks.get(state[1])
        if op is None or op.outcome == FAILED or op.value["version"] != state[0]:
            found.append(Violation(f"{what}: version {state[0]} is stored with what no move to it has put",
                                   [where, op or f"mark {state[1]!r}"]))
    found += out_of_order(what, line)
    place = {first[0] + number: number for number in range(len(line) + 1)}
    found += false_reads(what, line, [(read, place.get(read.value["state"][0])) for read in reads if read.outcome == OK])
    return found


def pointers(what, first, last, moves, reads=()):
    """States are values of which each is put by one move at most. A move has value prev, next; `reads` have value state."""
    found, line, state = [], [], last
    put = {op.value["next"]: op for op in moves if "next" in op.value}
    while state != first:
        op = put.get(state)
        if op is None or op in line:
            found.append(Violation(f"{what}: a state was put by nobody, or twice", [*line[-1:], f"state {state!r}, last {last!r}"]))
            return found
        if op.outcome == FAILED:
            found.append(Violation(f"{what}: a failed move has happened", [op]))
        line.append(op)
        state = op.value["prev"]
    line.reverse()
    successor = {op.value["prev"]: op for op in line}
    stands = {id(op) for op in line}
    for op in moves:
        if op.outcome == OK and id(op) not in stands:
            found.append(Violation(f"{what}: an acknowledged move is lost", [op, successor.get(op.value["prev"], f"last {last!r}")]))
    found += out_of_order(what, line)
    place = {first: 0, **{op.value["next"]: number for number, op in enumerate(line, 1)}}
    found += false_reads(what, line, [(read, place.get(read.value["state"])) for read in reads if read.outcome == OK])
    return found


def out_of_order(what, line):
    """None may have ended before an earlier one of the line began. None in the line: one of several, nobody knows which."""
    latest = None
    for op in filter(None, line):
        if latest and op.outcome == OK and op.ended < latest.began:
            yield Violation(f"{what}: the order of the moves goes against that of time", [latest, op])
        if not latest or op.began > latest.began:
            latest = op


def false_reads(what, line, reads):
    """`reads`: (Op, how many moves of the line it shows; None: a state that never was)."""
    acknowledged = sorted((op.ended, place) for place, op in enumerate(line, 1) if op and op.outcome == OK)
    at, least = 0, 0
    for read, seen in sorted(reads, key=lambda pair: pair[0].began):
        while at < len(acknowledged) and acknowledged[at][0] < read.began:
            least = max(least, acknowledged[at][1])
            at += 1
        if seen is None:
            yield Violation(f"{what}: a read shows a state that never was", [read])
        elif seen < least:
            yield Violation(f"{what}: a read shows less than was acknowledged before it", [read, line[least - 1]])
        elif seen and line[seen - 1] and line[seen - 1].began > read.ended:
            yield Violation(f"{what}: a read shows what had not begun", [read, line[seen - 1]])
