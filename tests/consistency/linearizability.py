"""Is there one order of a register's operations that agrees with every answer and with real time? The search of Wing and Gong,
with Lowe's memory of what was tried. Pure.

Every value is written by one operation only, which keeps operations of unknown outcome from multiplying the orders: one whose
value nobody saw can be left out of every order that has it, and one whose value was seen has happened before the first who saw
it ended. So after `settled` no outcome is open, and the answer is exact."""
from history import FAILED, OK, UNKNOWN, Op, Violation

# Orders tried before the search gives up and says so; some ten operations at a time are far below it.
MOST = 2_000_000


def check(what, ops, first, last):
    """Operations have value found (read, swap) and put (write, swap)."""
    found = []
    writer = {op.value["put"]: op for op in ops if "put" in op.value}
    end = max((op.ended for op in ops), default=0) + 1
    seen = [op for op in ops if op.outcome == OK and "found" in op.value] + [Op("the end", "read", what, OK, end, end + 1, {"found": last})]
    for op in seen:
        source = writer.get(op.value["found"])
        if op.value["found"] != first and (source is None or source.outcome == FAILED):
            found.append(Violation(f"{what}: a value was found that was never written", [op, source or "no such write"]))
    if found:
        return found
    done = settled(ops, writer, seen)
    return [] if not done else unordered(what, done + seen[-1:], first)


def settled(ops, writer, seen):
    """The operations that have happened, each with an end by which it had."""
    ends = {}
    open_ = [op for op in ops if op.outcome == UNKNOWN and "put" in op.value]
    for op in seen:
        ends[op.value["found"]] = min(op.ended, ends.get(op.value["found"], op.ended))
    done = [op for op in ops if op.outcome == OK]
    happened = True
    while happened:  # a swap that happened has itself seen another's value
        happened = [op for op in open_ if op.value["put"] in ends]
        for op in happened:
            open_.remove(op)
            end = ends[op.value["put"]]
            done.append(Op(op.client, op.kind, op.key, OK, op.began, max(end, op.began), op.value, op.why))
            if "found" in op.value:
                ends[op.value["found"]] = min(end, ends.get(op.value["found"], end))
    return done


def unordered(what, ops, first):
    """A Violation if no order agrees. Depth first; one that is next must have begun before every other of the rest ended."""
    ops = sorted(ops, key=lambda op: op.began)
    count, tried, best = len(ops), set(), (0, [])
    stack = [(0, 0, first, candidates(ops, 0, 0))]  # (all below are done, bits of those above, value, what may be next)
    steps = 0
    while stack:
        low, bits, value, choices = stack[-1]
        step = next(choices, None)
        if step is None:
            stack.pop()
            continue
        op = ops[step]
        if "found" in op.value and op.value["found"] != value:
            continue
        after = op.value.get("put", value)
        new_low, new_bits = advanced(low, bits | 1 << (step - low))
        if new_low == count:
            return []
        key = (new_low, new_bits, after)
        if key in tried:
            continue
        tried.add(key)
        steps += 1
        if steps > MOST:
            return [Violation(f"{what}: the search for an order was given up after {MOST} steps", ops[low:low + 3])]
        placed = new_low + bin(new_bits).count("1")
        if placed > best[0]:
            best = (placed, [op] + [ops[at] for at in remaining(new_low, new_bits, count)][:6] + [f"value then: {after}"])
        stack.append((new_low, new_bits, after, candidates(ops, new_low, new_bits)))
    return [Violation(f"{what}: no order agrees with the answers; {best[0]} of {count} can be placed, then", best[1])]


def advanced(low, bits):
    while bits & 1:
        low, bits = low + 1, bits >> 1
    return low, bits


def remaining(low, bits, count):
    for at in range(low, count):
        if not bits >> (at - low) & 1:
            yield at


def candidates(ops, low, bits):
    """Those of the rest that began before the first of the rest to end; sorted by their beginning, so the scan is short."""
    end, found = None, []
    for at in remaining(low, bits, len(ops)):
        if end is not None and ops[at].began > end:
            break
        found.append(at)
        end = ops[at].ended if end is None else min(end, ops[at].ended)
    return iter([at for at in found if ops[at].began <= end])
