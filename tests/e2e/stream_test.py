"""A result of 100 MB and a COPY of the same size pass through Occam, and its memory stays where it was."""
import harness
import wire

ROW = 1000


class Stream(harness.Case):
    megabytes = 20 if harness.SHORT else 100
    room_kib = 65536 if harness.SHORT else 16384  # sanitizers keep freed memory for a while

    def resident(self):
        return self.occam.resident_kib() if self.occam else 0

    def stays_flat(self, pass_bytes):
        before = self.resident()
        peak = before
        received = 0
        for size in pass_bytes():
            received += size
            if received // (8 << 20) != (received - size) // (8 << 20):
                peak = max(peak, self.resident())
        peak = max(peak, self.resident())
        self.assertGreaterEqual(received, self.megabytes << 20)
        print(f"{received >> 20} MiB, resident {before} -> {peak} KiB")
        self.assertLess(peak - before, self.room_kib)

    def test_rows(self):
        client = self.client()
        client.ask(wire.query("SELECT 1"))
        rows = (self.megabytes << 20) // ROW + 1

        def pass_bytes():
            client.send(wire.query(f"SELECT repeat('x', {ROW}) FROM generate_series(1, {rows})"))
            while True:
                kind, body = client.receive()
                if kind == "Z":
                    return
                yield len(body)

        self.stays_flat(pass_bytes)

    def test_rows_inside_a_transaction_by_extended_query(self):
        client = self.client()
        client.ask(wire.query("BEGIN"))
        rows = (self.megabytes << 20) // ROW + 1

        def pass_bytes():
            client.send(wire.run(f"SELECT repeat('x', {ROW}) FROM generate_series(1, {rows})"), wire.sync())
            while True:
                kind, body = client.receive()
                if kind == "Z":
                    return
                yield len(body)

        self.stays_flat(pass_bytes)
        self.assertEqual(wire.tags(client.ask(wire.query("COMMIT"))), ["COMMIT"])

    def test_one_wide_row(self):
        client = self.client()

        def pass_bytes():
            client.send(wire.query(f"SELECT repeat('x', {self.megabytes << 20})"))
            client.socket.settimeout(60)
            while True:
                part = client.socket.recv(1 << 20)
                yield len(part)
                if part.endswith(b"Z\0\0\0\5I"):
                    return

        self.stays_flat(pass_bytes)

    def test_copy_in(self):
        client = self.client()
        client.ask(wire.query("CREATE TABLE sink (v text)"))
        line = b"y" * (ROW - 1) + b"\n"

        def pass_bytes():
            client.send(wire.query("COPY sink FROM STDIN"))
            self.assertEqual(client.receive()[0], "G")
            for _ in range((self.megabytes << 20) // (ROW * 64) + 1):
                client.send(wire.message("d", line * 64))
                yield ROW * 64
            client.send(wire.message("c"))
            self.assertEqual(len(wire.tags(client.until_ready())), 1)

        self.stays_flat(pass_bytes)

    def test_notices(self):
        client = self.client()
        notices = (self.megabytes << 20) // ROW + 1

        def pass_bytes():
            client.send(wire.query(f"DO $$BEGIN FOR i IN 1..{notices} LOOP RAISE NOTICE '%', repeat('x', {ROW}); "
                                   "END LOOP; END$$"))
            while True:
                kind, body = client.receive()
                if kind == "Z":
                    return
                yield len(body)

        self.stays_flat(pass_bytes)

    def test_transactions_that_are_over_leave_nothing(self):
        if harness.SHORT:
            self.skipTest("a sanitizer keeps what was freed")
        clients = [self.client() for _ in range(8)]
        large = wire.bind("s", "x" * 1000000) + wire.execute()
        before = self.resident()
        for client in clients:
            client.ask(wire.parse("s", "SELECT length($1)"), wire.sync())
            client.ask(wire.query("BEGIN"))
            for _ in range(12):
                client.ask(large, wire.sync())
            client.ask(wire.query("COMMIT"))
        self.assertLess(self.resident() - before, 2 * self.room_kib)

    def test_slow_reader_does_not_fill_memory(self):
        reader, other = self.client(), self.client()
        rows = (self.megabytes << 20) // ROW + 1
        before = self.resident()
        reader.send(wire.query(f"SELECT repeat('x', {ROW}) FROM generate_series(1, {rows})"))
        # The reader takes nothing; another session works on, and what waits for the reader stays bounded.
        for _ in range(200):
            self.assertEqual(wire.rows(other.ask(wire.query("SELECT 1"))), [["1"]])
        self.assertLess(self.resident() - before, self.room_kib)
        self.assertEqual(len(wire.rows(reader.until_ready())), rows)


if __name__ == "__main__":
    harness.main()
