#!/usr/bin/python3
"""Every checker on histories written by hand: the right one passes, and each wrong one is named for what is wrong with it."""
import random
import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parent.parent / "e2e")]
import chain  # noqa: E402
import fence  # noqa: E402
import harness  # noqa: E402
import linearizability  # noqa: E402
import mass_drops  # noqa: E402
import sequence  # noqa: E402
import versions  # noqa: E402
from bank import ACCOUNTS, MONEY, Bank, Pairs  # noqa: E402
from history import FAILED, OK, UNKNOWN, Op  # noqa: E402


def op(kind, began, ended, outcome=OK, key=None, client="c", **value):
    return Op(client, kind, key, outcome, began, ended, value)


class Checkers(unittest.TestCase):
    def assert_right(self, found):
        self.assertEqual([str(violation) for violation in found], [])

    def assert_wrong(self, found, words):
        self.assertTrue(any(words in violation.what for violation in found), [violation.what for violation in found])


class Versions(Checkers):
    def moves(self):
        return [op("take", 1, 2, version=2, mark=b"a"), op("take", 3, 4, version=3, mark=b"b"),
                op("take", 3, 5, FAILED, version=3, mark=b"c"), op("take", 6, 9, UNKNOWN, version=4, mark=b"d")]

    def check(self, moves, last, reads=()):
        return list(chain.versions("row", (1, b""), last, moves, reads))

    def test_right(self):
        self.assert_right(self.check(self.moves(), (3, b"b")))
        self.assert_right(self.check(self.moves(), (4, b"d"), [op("read", 7, 8, state=(3, b"b")), op("read", 9, 10, state=(4, b"d"))]))

    def test_given_to_two(self):
        moves = self.moves()
        moves[2].outcome = OK
        self.assert_wrong(self.check(moves, (3, b"b")), "given to two")

    def test_lost(self):
        self.assert_wrong(self.check(self.moves(), (2, b"a")), "lost")

    def test_put_by_nobody(self):
        self.assert_wrong(self.check(self.moves()[1:], (3, b"b")), "put by nobody")

    def test_failed_has_happened(self):
        self.assert_wrong(self.check(self.moves(), (3, b"c")), "what no move to it has put")

    def test_against_time(self):
        moves = self.moves()
        moves[0].began, moves[0].ended = 7, 8
        self.assert_wrong(self.check(moves, (3, b"b")), "order of the moves")

    def test_stale_read(self):
        self.assert_wrong(self.check(self.moves(), (3, b"b"), [op("read", 5, 6, state=(2, b"a"))]), "less than was acknowledged")

    def test_early_read(self):
        self.assert_wrong(self.check(self.moves(), (4, b"d"), [op("read", 4, 5, state=(4, b"d"))]), "had not begun")

    def test_dirty_read(self):
        self.assert_wrong(self.check(self.moves(), (3, b"b"), [op("read", 4, 5, state=(3, b"c"))]), "what no move to it has put")


class Pointers(Checkers):
    def check(self, moves, last):
        return list(chain.pointers("pointer", "r", last, moves))

    def test_right(self):
        moves = [op("switch", 1, 2, prev="r", next="s"), op("switch", 2, 3, UNKNOWN, prev="s", next="t"),
                 op("switch", 3, 4, prev="t", next="u"), op("switch", 3, 4, FAILED, prev="s", next="v")]
        self.assert_right(self.check(moves, "u"))

    def test_two_from_one_state(self):
        moves = [op("switch", 1, 2, prev="r", next="s"), op("switch", 1, 3, prev="r", next="t")]
        self.assert_wrong(self.check(moves, "t"), "lost")

    def test_failed_has_happened(self):
        self.assert_wrong(self.check([op("switch", 1, 2, FAILED, prev="r", next="s")], "s"), "failed move")

    def test_put_by_nobody(self):
        self.assert_wrong(self.check([], "s"), "nobody")


class Fences(Checkers):
    def check(self, writes, stored, listed=frozenset({1, 2})):
        listings = [op("list", 10, 11, range=3, rows=frozenset(listed))]
        return fence.check("shard", writes, listings, frozenset(stored))

    def writes(self):
        return [op("write", 1, 2, range=2, rows=[1, 2]), op("write", 5, 12, range=3, rows=[3]),
                op("write", 5, 12, UNKNOWN, range=2, rows=[4, 5]), op("write", 6, 7, FAILED, range=2, rows=[6])]

    def test_right(self):
        self.assert_right(self.check(self.writes(), {1, 2, 3}))
        self.assert_right(self.check(self.writes(), {1, 2, 3, 4, 5}, {1, 2, 4, 5}))

    def test_zombie(self):
        self.assert_wrong(self.check(self.writes(), {1, 2, 3, 4, 5}), "committed after range 3")

    def test_lost(self):
        self.assert_wrong(self.check(self.writes(), {1, 2}), "acknowledged row is not stored")

    def test_half(self):
        self.assert_wrong(self.check(self.writes(), {1, 2, 3, 4}, {1, 2, 4}), "half")

    def test_failed_is_stored(self):
        self.assert_wrong(self.check(self.writes(), {1, 2, 3, 6}, {1, 2, 6}), "failed transaction")

    def test_from_nowhere(self):
        self.assert_wrong(self.check(self.writes(), {1, 2, 3, 99}), "nobody wrote")

    def test_stale_listing(self):
        self.assert_wrong(self.check(self.writes(), {1, 2, 3}, {1}), "lacks what was acknowledged")

    def test_dirty_listing(self):
        self.assert_wrong(self.check(self.writes(), {1, 2, 3}, {1, 2, 6}), "not stored at the end")


class Sequences(Checkers):
    def sends(self):
        return [op("send", 1, 2, mark="a", number=0), op("send", 3, 4, mark="b", number=1),
                op("send", 3, 5, FAILED, mark="c", number=1), op("send", 6, 7, UNKNOWN, mark="d", number=2)]

    def check(self, stored, messages=(), least=0, first=0, began=8):
        reads = [op("receive", began, began + 1, least=least, messages=list(messages))] if messages else []
        return sequence.check("queue", self.sends(), reads, stored, first)

    def test_right(self):
        self.assert_right(self.check([(0, "a"), (1, "b")], [(0, "a"), (1, "b")]))
        self.assert_right(self.check([(1, "b"), (2, "d")], [(1, "b")], least=1, first=1))

    def test_gap(self):
        self.assert_wrong(self.check([(0, "a"), (2, "d")]), "missing")

    def test_twice(self):
        self.assert_wrong(self.check([(0, "a"), (1, "b"), (1, "c")]), "twice")

    def test_lost(self):
        self.assert_wrong(self.check([(0, "a")]), "acknowledged message is not stored")

    def test_failed(self):
        self.assert_wrong(self.check([(0, "a"), (1, "c")]), "as nobody sent it")

    def test_reader_misses(self):
        self.assert_wrong(self.check([(0, "a"), (1, "b")], [(0, "a")]), "misses")

    def test_reader_sees_what_is_not(self):
        self.assert_wrong(self.check([(0, "a"), (1, "b")], [(0, "a"), (1, "c")]), "as it is not stored")


class Registers(Checkers):
    def check(self, ops, last):
        return linearizability.check("register", ops, 0, last)

    def test_right(self):
        ops = [op("write", 1, 4, put=1), op("read", 2, 3, found=0), op("swap", 3, 6, found=1, put=2), op("read", 5, 8, found=1),
               op("read", 7, 9, found=2)]
        self.assert_right(self.check(ops, 2))

    def test_unknown(self):
        self.assert_right(self.check([op("write", 1, 2, UNKNOWN, put=1), op("read", 5, 6, found=0), op("read", 7, 8, found=1)], 1))
        self.assert_right(self.check([op("write", 1, 2, UNKNOWN, put=1), op("read", 5, 6, found=0)], 0))

    def test_unknown_forgotten(self):
        ops = [op("write", 1, 2, UNKNOWN, put=1), op("read", 3, 4, found=1), op("read", 5, 6, found=0)]
        self.assert_wrong(self.check(ops, 1), "no order")

    def test_lost_swap(self):
        self.assert_wrong(self.check([op("swap", 1, 4, found=0, put=1), op("swap", 2, 5, found=0, put=2)], 2), "no order")

    def test_stale_read(self):
        self.assert_wrong(self.check([op("write", 1, 2, put=1), op("read", 3, 4, found=0)], 1), "no order")

    def test_failed_write_is_read(self):
        self.assert_wrong(self.check([op("write", 1, 2, FAILED, put=1), op("read", 3, 4, found=1)], 0), "never written")

    def test_last_is_another(self):
        self.assert_wrong(self.check([op("write", 1, 2, put=1), op("write", 3, 4, put=2)], 1), "no order")

    def test_random_runs_are_right_and_one_false_answer_is_not(self):
        """A register that works, seen by five clients; then the last read is told an older value."""
        for seed in range(30):
            chance, value, written, ops, time, free = random.Random(seed), 0, 0, [], 0, [0] * 5
            for number in range(300):
                client = chance.randrange(5)
                began = max(free[client], time - chance.randrange(8))
                time += 1
                free[client] = time + chance.randrange(1, 8)
                written += 1
                kind = chance.choice(("read", "write", "swap"))
                answer = {"found": value} if kind == "read" else {"put": written} if kind == "write" else {"found": value, "put": written}
                value = answer.get("put", value)
                # It takes effect at `time`, between its beginning and its end.
                ops.append(op(kind, min(began, time), free[client], **answer))
            self.assert_right(self.check(ops, value))
            reads = [entry for entry in ops if entry.kind == "read" and entry.began > 100 and entry.value["found"]]
            reads[-1].value["found"] = ops[0].value.get("put", 0)
            self.assertTrue(self.check(ops, value), f"seed {seed}")


class Money(Checkers):
    def test_bank(self):
        bank = Bank(0)
        whole = dict.fromkeys(bank.keys(), MONEY)
        moved = {**whole, 0: MONEY - 5, 1: MONEY + 5}
        transfer = op("transfer", 1, 2, ledger=7, giver=0, taker=1, amount=5)
        total = op("total", 3, 4, sum=ACCOUNTS * MONEY)
        self.assert_right(bank.check([transfer, total], None, (moved, {7: (0, 1, 5)})))
        self.assert_wrong(bank.check([transfer], None, (whole, {})), "lost")
        self.assert_wrong(bank.check([transfer], None, (whole, {7: (0, 1, 5)})), "its transfers say")
        self.assert_wrong(bank.check([], None, (moved, {7: (0, 1, 5)})), "nobody made")
        total.value["sum"] += 1
        self.assert_wrong(bank.check([total], None, (whole, {})), "another sum")
        transfer.outcome = FAILED
        self.assert_wrong(bank.check([transfer], None, (moved, {7: (0, 1, 5)})), "failed transfer")

    def test_pairs(self):
        pairs = Pairs(0)
        final = {key: [5, 0] for key in pairs.keys()}
        draws = [op("draw", 1, 2, key=0, held=[5, 0], side=0, change=-5), op("draw", 3, 4, key=0, held=[0, 0], side=0, change=5)]
        self.assert_right(pairs.check(draws, None, final))
        self.assert_wrong(pairs.check(draws + [op("draw", 5, 6, key=0, held=[5, -5 - 5], side=0, change=5)], None, final), "drawn from twice")
        self.assert_wrong(pairs.check(draws, None, {**final, 1: [0, -5]}), "ends with")


class Namespaces(Checkers):
    def check(self, row, metadata=2, ops=()):
        workload = versions.Namespaces(0)
        keys = workload.keys()
        update = op("update", 1, 2, key=keys[0], version=2, mark=b"a")
        rows = {key: (0, b"nobody") for key in keys}
        rows[keys[0]] = row
        return workload.check([update, *ops], 1, (metadata, rows))

    def test_right(self):
        self.assert_right(self.check((1, b"a")))

    def test_metadata_has_moved_alone(self):
        self.assert_wrong(self.check((0, b"nobody")), "the metadata has moved and a namespace has not")

    def test_namespace_has_moved_alone(self):
        failed = op("update", 3, 4, FAILED, key=versions.Namespaces(0).keys()[0], version=3, mark=b"b")
        self.assert_wrong(self.check((2, b"b"), ops=[failed]), "a namespace has moved and the metadata has not")
        self.assert_wrong(self.check((2, b"b"), ops=[failed]), "what no update has put")


class Connects(Checkers):
    def test_within_the_budget(self):
        calm = [number / 10 for number in range(50)]
        for times in ([], [0], [0] * 4 + [0.5, 0.5, 0.5, 0.5, 0.6], calm, [moment - 0.05 * (moment > 3) for moment in calm]):
            self.assertEqual(mass_drops.excess(times, 10, 4, 0.2), 0, times)

    def test_above_it(self):
        self.assertEqual(mass_drops.excess([0] * 10, 10, 4, 0.2), 4.0)
        self.assertEqual(mass_drops.excess([number / 20 for number in range(40)], 10, 4, 0.2), 14.5)
        self.assertEqual(mass_drops.excess([0, 100] + [200] * 10, 10, 4, 0.2), 4.0)

    def test_the_busiest_second(self):
        self.assertEqual([mass_drops.busiest(times) for times in ([], [5], [0, 0.9, 1, 1.8, 1.89])], [0, 1, 4])


if __name__ == "__main__":
    harness.main()
