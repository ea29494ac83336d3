"""The emulator's wire behaviour in the extended protocol, message by message: what it repeats and undoes behind
the scenes is never seen by the client."""
import struct

import harness
import wire
from emulator_case import OC000, Case
from wire import bind, execute, kinds, parse, query, rows, run, sync, tags


def describe(what, name):
    return wire.message("D", what.encode() + wire.text(name))


def close(what, name):
    return wire.message("C", what.encode() + wire.text(name))


FLUSH = wire.message("H")


class Protocol(Case):
    def test_named_statements_survive_probes(self):
        """As pgx does it: Parse, Describe, Sync once; then Bind, Execute, Sync."""
        a, b = self.raw(), self.raw()
        for client in (a, b):
            self.assertEqual(kinds(client.ask(
                parse("stmtcache_1", "UPDATE t SET v = v + $1 WHERE id = $2"),
                describe("S", "stmtcache_1"), sync())), "1tnZ")
            self.assertEqual(kinds(client.ask(
                parse("stmtcache_2", "SELECT v FROM t WHERE id = $1 FOR UPDATE"),
                describe("S", "stmtcache_2"), sync())), "1tTZ")
        for _ in range(3):
            for client in (a, b):
                client.ask(query("begin"))
                self.assertEqual(kinds(client.ask(bind("stmtcache_2", 1), execute(), sync())), "2DCZ")
                self.assertEqual(tags(client.ask(bind("stmtcache_1", 1, 1), execute(), sync())), ["UPDATE 1"])
                self.assertEqual(tags(client.ask(bind("stmtcache_1", 1, 1), execute(), sync())), ["UPDATE 1"])
            self.assertEqual(tags(a.ask(query("commit"))), ["COMMIT"])
            lost = b.ask(query("commit"))
            self.assertEqual((wire.errors(lost), wire.status(lost)), (["40001"], "I"))
        self.assertEqual(rows(a.ask(query("SELECT v FROM t WHERE id = 1"))), [["16"]])

    def test_the_unnamed_statement_survives_probes(self):
        """As lib/pq does it: Parse, Describe, Sync; then Bind, Execute, Sync, nothing named."""
        a = self.raw()
        self.assertEqual(tags(a.ask(query("BEGIN READ WRITE"))), ["BEGIN"])
        for sql, values in (("UPDATE t SET v = v + $1 WHERE id = $2", (1, 1)),
                            ("INSERT INTO t VALUES ($1, $2, $3)", (7, 70, "g"))):
            self.assertEqual(kinds(a.ask(parse("", sql), describe("S", ""), sync())), "1tnZ")
            self.assertEqual(kinds(a.ask(bind("", *values), execute(), sync())), "2CZ")
        a.ask(parse("", "SELECT v FROM t WHERE id > $1 ORDER BY id"), describe("S", ""), sync())
        self.assertEqual(rows(a.ask(bind("", 0), execute(), sync())), [["11"], ["20"], ["30"], ["70"]])
        self.assertEqual(tags(a.ask(query("COMMIT"))), ["COMMIT"])

    def test_begin_and_a_statement_in_one_packet(self):
        """As Npgsql does it."""
        a = self.raw()
        a.send(query("BEGIN"), run("UPDATE t SET v = $1 WHERE id = 1", 5), sync())
        self.assertEqual(kinds(a.until_ready(2)), "CZ12CZ")
        a.send(run("SELECT v FROM t WHERE id = 1"), sync(), query("COMMIT"))
        self.assertEqual(rows(a.until_ready(2)), [["5"]])

    def test_begin_in_the_group_of_a_statement(self):
        """As the JDBC driver does it: BEGIN and the first statement before one Sync."""
        a, b = self.raw(), self.session()
        begun = a.ask(run("BEGIN"), run("UPDATE t SET v = $1 WHERE id = 1", 5), sync())
        self.assertEqual((kinds(begun), tags(begun), wire.status(begun)), ("12C12CZ", ["BEGIN", "UPDATE 1"], "T"))
        b.run("UPDATE t SET v = 6 WHERE id = 1")
        lost = a.ask(run("COMMIT"), sync())
        self.assertEqual((wire.errors(lost), wire.status(lost)), (["40001"], "I"))

    def test_a_pipeline_to_one_sync_is_one_transaction(self):
        a = self.raw()
        done = a.ask(run("UPDATE t SET v = 0 WHERE id = 1"), run("INSERT INTO u VALUES (2, 2)"),
                     run("SELECT v FROM t WHERE id = 1"), sync())
        self.assertEqual((tags(done), rows(done)), (["UPDATE 1", "INSERT 0 1", "SELECT 1"], [["0"]]))
        failed = a.ask(run("UPDATE t SET v = 7 WHERE id = 1"), run("INSERT INTO u VALUES (2, 2)"),
                       run("SELECT 1"), sync())
        self.assertEqual((kinds(failed), wire.errors(failed), wire.status(failed)), ("12C12EZ", ["23505"], "I"))
        self.assertEqual(rows(a.ask(query("SELECT v FROM t WHERE id = 1"))), [["0"]])

    def test_a_pipeline_in_a_transaction_stops_at_its_error(self):
        a = self.raw()
        a.ask(query("BEGIN"))
        failed = a.ask(run("UPDATE t SET v = 7 WHERE id = 1"), run("SELECT 1/0"), run("SELECT 1"), sync())
        self.assertEqual((wire.errors(failed), wire.status(failed)), (["22012"], "E"))
        self.assertEqual(wire.errors(a.ask(run("SELECT 1"), sync())), ["25P02"])
        ended = a.ask(run("COMMIT"), sync())
        self.assertEqual((tags(ended), wire.status(ended)), (["ROLLBACK"], "I"))

    def test_pipelined_transactions_of_many_syncs(self):
        a = self.raw()
        groups = [query("BEGIN")]
        for i in range(50):
            groups += [run("UPDATE t SET v = v + $1 WHERE id = 1", i), sync()]
        a.send(*groups, query("COMMIT"))
        self.assertEqual(len(tags(a.until_ready(52))), 52)
        self.assertEqual(rows(a.ask(query("SELECT v FROM t WHERE id = 1"))), [[str(10 + sum(range(50)))]])

    def test_flush(self):
        a = self.raw()
        a.send(parse("p", "SELECT v FROM t WHERE id = $1"), describe("S", "p"), FLUSH)
        self.assertEqual([a.receive()[0] for _ in range(3)], ["1", "t", "T"])
        a.send(bind("p", 1), execute(), FLUSH)
        self.assertEqual([a.receive()[0] for _ in range(3)], ["2", "D", "C"])
        a.send(run("UPDATE t SET v = 1 WHERE id = 1"), FLUSH)
        self.assertEqual([a.receive()[0] for _ in range(3)], ["1", "2", "C"])
        self.assertEqual(kinds(a.ask(sync())), "Z")
        self.assertEqual(rows(a.ask(query("SELECT v FROM t WHERE id = 1"))), [["1"]])

    def test_refusal_at_parse(self):
        a = self.raw()
        refused = a.ask(parse("s", "SELECT v FROM t WHERE id = $1 FOR SHARE"), describe("S", "s"), sync())
        self.assertEqual((kinds(refused), wire.errors(refused), wire.status(refused)), ("EZ", ["0A000"], "I"))
        a.ask(query("BEGIN"))
        refused = a.ask(run("UPDATE u SET v = 1"), parse("s", "LOCK TABLE t"), bind("s"), execute(), sync())
        self.assertEqual((kinds(refused), wire.errors(refused), wire.status(refused)), ("12CEZ", ["0A000"], "E"))
        self.assertEqual(wire.errors(a.ask(parse("s", "SELECT 1"), sync())), ["25P02"])
        self.assertEqual(tags(a.ask(query("COMMIT"))), ["ROLLBACK"])
        self.assertEqual(kinds(a.ask(parse("s", "SELECT 1"), bind("s"), execute(), sync())), "12DCZ")

    def test_conflict_at_an_autocommit_statement(self):
        a, b = self.raw(), self.session()
        failed = a.ask(run("INSERT INTO t VALUES ($1, 1, 'x')", 1), sync())
        self.assertEqual((wire.errors(failed), wire.status(failed)), (["23505"], "I"))

    def test_a_portal_in_slices_after_writes(self):
        """A suspended portal is read on from where it stood, though what it read has been undone."""
        a = self.raw()
        a.ask(query("BEGIN"))
        a.ask(run("UPDATE t SET v = v + 1"), sync())
        first = a.ask(parse("r", "SELECT v FROM t ORDER BY id"), bind("r", portal="c"),
                      execute("c", rows=2), sync())
        self.assertEqual((kinds(first), rows(first)), ("12DDsZ", [["11"], ["21"]]))
        rest = a.ask(execute("c", rows=2), sync())
        self.assertEqual((kinds(rest), rows(rest), tags(rest)), ("DCZ", [["31"]], ["SELECT 1"]))
        self.assertEqual(kinds(a.ask(close("P", "c"), sync())), "3Z")
        self.assertEqual(tags(a.ask(query("COMMIT"))), ["COMMIT"])

    def test_a_portal_in_slices_before_writes(self):
        a = self.raw()
        a.ask(query("BEGIN"))
        first = a.ask(parse("r", "SELECT v FROM t ORDER BY id"), bind("r", portal="c"),
                      execute("c", rows=2), sync())
        self.assertEqual((kinds(first), rows(first)), ("12DDsZ", [["10"], ["20"]]))
        a.ask(run("UPDATE t SET v = v + 1"), sync())
        rest = a.ask(execute("c", rows=2), sync())
        self.assertEqual((rows(rest), tags(rest)), ([["30"]], ["SELECT 1"]))
        self.assertEqual(tags(a.ask(query("COMMIT"))), ["COMMIT"])

    def test_binary_formats_in_a_doomed_transaction(self):
        a, b = self.raw(), self.session()
        a.ask(query("BEGIN"))
        a.ask(parse("r", "SELECT v, w FROM t WHERE id = $1 FOR UPDATE"), sync())
        a.ask(run("SELECT 1 FROM t"), sync())
        b.run("DELETE FROM t WHERE id = 1")
        binary = wire.message("B", wire.text("") + wire.text("r") + struct.pack("!hhih", 0, 1, 1, ord("1") << 8)[:9]
                              + struct.pack("!hhh", 2, 1, 0))
        read = a.ask(binary, execute(), sync())
        self.assertEqual(kinds(read), "2DCZ")
        self.assertIn(struct.pack("!ii", 4, 10), [body for kind, body in read if kind == "D"][0])
        lost = a.ask(query("COMMIT"))
        self.assertEqual(wire.errors(lost), ["40001"])
        self.assertIn(OC000, str(lost))

    def test_cancel(self):
        """A CancelRequest reaches the statement; the session and the transaction's rules stay."""
        a = wire.Client(self.emulator.port, log_in=False)
        self.addCleanup(a.close)
        key = [body for kind, body in a.ask(wire.startup()) if kind == "K"][0]
        a.send(query("SELECT pg_sleep(100)"))
        watcher = self.session()
        while not watcher.run("SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'"):
            pass
        other = wire.Client(self.emulator.port, log_in=False)
        self.addCleanup(other.close)
        other.send(struct.pack("!ii", 16, 80877102) + key)
        other.until_closed()
        self.assertEqual(wire.errors(a.until_ready()), ["57014"])
        self.assertEqual(rows(a.ask(query("SELECT v FROM u"))), [["100"]])


if __name__ == "__main__":
    harness.main()
