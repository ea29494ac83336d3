"""Messages of a queue: numbered by who sends them, the next number being the last one's and one. Pure.

Proves, with what each sender and reader was told: the numbers have no gap and none is given twice; every acknowledged message is
stored under its number, no failed one is; a message sent after another was acknowledged has a larger number; and what a reader
sees is the beginning of what is stored, with all that was acknowledged before."""
from chain import out_of_order
from history import FAILED, OK, Violation


def check(what, sends, reads, stored, first=0):
    """`sends`: Op with value mark, and number unless it failed before it knew. `reads`: Op with value least and messages, all from
    number least on. `stored`: (number, mark) in their order, from number `first` on: what is below was deleted."""
    found = []
    by_mark = {op.value["mark"]: op for op in sends}
    for place, (number, mark) in enumerate(stored):
        op = by_mark.get(mark)
        if number != first + place:
            around = stored[max(0, place - 1):place + 2]
            found.append(Violation(f"{what}: message {first + place} is missing, or one stands there twice", [f"stored {around}"]))
            break
        if op is None or op.outcome == FAILED or op.value.get("number") != number:
            found.append(Violation(f"{what}: message {number} is stored as nobody sent it", [op or f"mark {mark!r}"]))
    there = dict(stored)
    for op in sends:
        if op.outcome == OK and op.value["number"] >= first and there.get(op.value["number"]) != op.value["mark"]:
            rival = by_mark.get(there.get(op.value["number"]))
            found.append(Violation(f"{what}: an acknowledged message is not stored", [op, rival or "nothing has its number"]))
    found += out_of_order(what, sorted((op for op in sends if op.outcome == OK), key=lambda op: op.value["number"]))
    for read in (op for op in reads if op.outcome == OK):
        found += false_read(what, read, sends, there, first)
    return found


def false_read(what, read, sends, there, first):
    messages, least = read.value["messages"], read.value["least"]
    numbers = [number for number, _ in messages]
    if numbers != list(range(numbers[0], numbers[0] + len(numbers)) if numbers else []):
        yield Violation(f"{what}: a reader sees a gap", [read, f"numbers {numbers}"])
    for number, mark in messages:
        if number >= first and there.get(number) != mark:
            yield Violation(f"{what}: a reader sees message {number} as it is not stored", [read, f"{mark!r}"])
            break
    most = numbers[-1] if numbers else -1
    for op in sends:
        if op.outcome == OK and op.ended < read.began and op.value["number"] > max(most, least - 1):
            yield Violation(f"{what}: a reader misses what was acknowledged before", [read, op])
            break
