"""What an owner may write while it owns a range, and never after: shards and their tasks, task queues and theirs. Pure.

An owner that has taken range n lists all rows once its lease is acknowledged. No row of a lower range may be committed from
then on, so the end must show none that this listing did not. What a zombie wrote is found so without knowing when it did."""
from history import FAILED, OK, Violation


def check(what, writes, listings, stored):
    """Of one key. `writes`: Op with value range, rows (written in one transaction). `listings`: Op with value range, rows.
    `stored`: the rows at the end, a set; none is ever deleted."""
    found = list(false_rows(what, writes, stored))
    writer = {row: op for op in writes for row in op.value["rows"]}
    acknowledged = sorted((op for op in writes if op.outcome == OK), key=lambda op: op.ended)
    for listing in (op for op in listings if op.outcome == OK):
        bound, seen = listing.value["range"], listing.value["rows"]
        late = [row for row in stored - seen if row in writer and writer[row].value["range"] < bound]
        if late:
            found.append(Violation(f"{what}: a write of range {writer[late[0]].value['range']} was committed after range {bound} was "
                                   f"taken and the rows listed ({len(late)} such rows)", [listing, writer[late[0]]]))
        phantom = seen - stored
        if phantom:
            found.append(Violation(f"{what}: a listing shows a row that is not stored at the end", [listing, f"row {min(phantom)}"]))
        for op in acknowledged:
            if op.ended >= listing.began:
                break
            if not seen.issuperset(op.value["rows"]):
                found.append(Violation(f"{what}: a listing lacks what was acknowledged before it began", [listing, op]))
                break
    return found


def false_rows(what, writes, stored):
    """What each client was told of its rows must be what is stored, all rows of a transaction or none."""
    known = set()
    for op in writes:
        rows = set(op.value["rows"])
        known |= rows
        there = len(rows & stored)
        if op.outcome == FAILED and there:
            yield Violation(f"{what}: a failed transaction has left a row", [op])
        elif op.outcome == OK and there < len(rows):
            yield Violation(f"{what}: an acknowledged row is not stored", [op])
        elif 0 < there < len(rows):
            yield Violation(f"{what}: half a transaction is stored", [op])
    for row in sorted(stored - known)[:1]:
        yield Violation(f"{what}: a row is stored that nobody wrote", [f"row {row}"])
