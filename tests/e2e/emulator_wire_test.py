"""The emulator behind clients that use all of the extended protocol, as pgx does."""
import struct
import unittest

import harness
import wire


def bind(statement, key, result_formats):
    """One int parameter in text; a result format for each column, as pgx sends them."""
    value = str(key).encode()
    return wire.message("B", wire.text("") + wire.text(statement) + struct.pack("!hhi", 0, 1, len(value)) + value
                        + struct.pack(f"!h{len(result_formats)}h", len(result_formats), *result_formats))


@unittest.skipIf(harness.DIRECT, "about the emulator")
class ExtendedProtocol(harness.Case):
    emulator_flags = []
    schema = "CREATE TABLE was_wider (gone int, k int PRIMARY KEY, v int); ALTER TABLE was_wider DROP COLUMN gone; INSERT INTO was_wider VALUES (1, 2);" \
             "CREATE TABLE wide (k int PRIMARY KEY, a int, b text, c bytea); INSERT INTO wide VALUES (1, 2, 'x', '\\x00ff')"

    def test_locks_of_rows_read_in_mixed_formats_are_committed(self):
        client = wire.Client(self.emulator.port)
        self.addCleanup(client.close)
        client.ask(wire.parse("read", "SELECT a, b, c FROM wide WHERE k = $1 FOR UPDATE"), wire.sync())
        client.ask(wire.query("begin"))
        read = client.ask(bind("read", 1, (1, 0, 1)), wire.execute(), wire.sync())
        self.assertEqual(wire.kinds(read), "2DCZ")
        committed = client.ask(wire.query("commit"))
        self.assertEqual(wire.errors(committed), [])
        self.assertEqual(wire.tags(committed), ["COMMIT"])

    def test_a_lost_transaction_is_told_where_its_columns_come_from(self):
        """Its rows are shown from a copy (emulator/README.md), which no client may notice: Occam compares answers to the byte."""
        before, lost, winner = (wire.Client(self.emulator.port) for _ in range(3))
        for client in (before, lost, winner):
            self.addCleanup(client.close)
        locks = wire.query("SELECT k, v FROM was_wider WHERE k = 1 FOR UPDATE")
        columns = [body for kind, body in before.ask(locks) if kind == "T"]
        for form, messages in (("simple", (locks,)), ("extended", (
                wire.parse("", "SELECT k, v FROM was_wider WHERE k = 1 FOR UPDATE"), wire.bind(""),
                wire.message("D", b"P" + wire.text("")), wire.execute(), wire.sync()))):
            with self.subTest(form):
                lost.ask(wire.query("BEGIN"))
                lost.ask(wire.query("SELECT 1 FROM was_wider"))  # its snapshot
                self.assertEqual(wire.tags(winner.ask(wire.query("UPDATE was_wider SET v = v + 1"))), ["UPDATE 1"])
                self.assertEqual([body for kind, body in lost.ask(*messages) if kind == "T"], columns)
                again = lost.ask(*messages)
                self.assertEqual([body for kind, body in again if kind == "T"], columns)
                self.assertEqual(wire.errors(lost.ask(wire.query("COMMIT"))), ["40001"])


if __name__ == "__main__":
    harness.main()
