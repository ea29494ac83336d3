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
    schema = "CREATE TABLE wide (k int PRIMARY KEY, a int, b text, c bytea); INSERT INTO wide VALUES (1, 2, 'x', '\\x00ff')"

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


if __name__ == "__main__":
    harness.main()
