"""Clients that break the protocol, or only look like it. Each gets a clear error, is counted, and a
session that works beside them all the time notices nothing."""
import os
import socket
import struct
import threading
import time
import unittest

import harness
import stack
import wire

WAIT = 30  # seconds until an awaited event counts as missing
SSL_REQUEST = struct.pack("!ii", 8, 80877103)
GSS_REQUEST = struct.pack("!ii", 8, 80877104)


class Neighbour(threading.Thread):
    """Commits one increment after the other until it is told to stop."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.client, self.stop = wire.Client(port), threading.Event()
        self.commits, self.trouble = 0, None

    def run(self):
        try:
            while not self.stop.is_set():
                for sql in ("BEGIN", "UPDATE counter SET n = n + 1", "COMMIT"):
                    answer = self.client.ask(wire.query(sql))
                    if wire.errors(answer):
                        raise AssertionError(f"{sql}: {answer}")
                self.commits += 1
        except Exception as error:  # told by the test's own thread
            self.trouble = error

    def end(self):
        self.stop.set()
        self.join(WAIT)
        self.client.close()
        if self.trouble:
            raise AssertionError(f"the session beside was harmed: {self.trouble!r}")
        return self.commits


@unittest.skipIf(harness.DIRECT, "counts and texts are Occam's own")
class HostileClient(harness.Case):
    schema = "CREATE TABLE counter (n int); INSERT INTO counter VALUES (0);" \
             "CREATE TABLE held (k int PRIMARY KEY)"
    settings = {"limits": {"login_timeout": "1s", "clients": 40, "group_bytes": "1MiB"}}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.neighbour = Neighbour(cls.port)
        cls.neighbour.start()

    @classmethod
    def tearDownClass(cls):
        commits = cls.neighbour.end()
        stored = int(cls.postgres.sql("SELECT n FROM counter"))
        super().tearDownClass()
        if commits != stored or not commits:
            raise AssertionError(f"the session beside committed {commits}, stored is {stored}")

    def setUp(self):
        self.before = {kind: self.failures(kind) for kind in (
            "bad_greeting", "protocol_violation", "login_timeout", "too_many_clients", "client_lost")}

    def failures(self, kind):
        return self.metric("occam_session_errors_total", kind=kind)

    def await_true(self, what, check):
        """Asks until it is so: the answer of each question is the event that is awaited."""
        deadline = time.monotonic() + WAIT
        while not check():
            if time.monotonic() > deadline:
                self.fail(f"not within {WAIT} s: {what}")

    def assert_counted(self, kind, times=1):
        wanted = self.before[kind] + times
        self.await_true(f"{times} more counted as {kind}", lambda: self.failures(kind) >= wanted)
        self.assertEqual(self.failures(kind), wanted)

    def stranger(self, *parts):
        """What somebody gets who sends this instead of logging in, up to the end of the connection."""
        client = self.client(log_in=False)
        client.send(*parts)
        return client.until_closed()

    def assert_refused(self, answer, code, text=""):
        self.assertEqual(wire.errors(answer)[-1:], [code], answer)
        error = wire.fields(answer[-1][1])
        self.assertEqual(error["S"], "FATAL")
        self.assertIn(text, error["M"])

    def test_garbage_at_the_door(self):
        cases = [
            (b"GET / HTTP/1.1\r\nHost: db\r\n\r\n", "08P01", "HTTP"),
            (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "08P01", "TLS"),
            (b"SSH-2.0-OpenSSH_9.2\r\n", "08P01", "length of startup packet"),
            (struct.pack("!i", 0), "08P01", "length of startup packet"),
            (struct.pack("!i", 7), "08P01", "length of startup packet"),
            (struct.pack("!i", -1), "08P01", "length of startup packet"),
            (struct.pack("!i", 10_001), "08P01", "length of startup packet"),
            (struct.pack("!i", 2**31 - 1), "08P01", "length of startup packet"),
            (struct.pack("!ii", 12, 196608) + b"user", "08P01", "startup packet layout"),
            (struct.pack("!ii", 9, 196608) + b"\0", "28000", "user name"),
            (struct.pack("!ii", 9, 2 << 16) + b"\0", "0A000", "frontend protocol 2.0"),
            (struct.pack("!iii", 12, 80877102, 1), "08P01", "startup packet layout"),
        ]
        for sent, code, text in cases:
            with self.subTest(sent=sent):
                self.assert_refused(self.stranger(sent), code, text)
        self.assert_counted("bad_greeting", len(cases))

    def test_encryption_is_declined_and_not_asked_for_ever(self):
        client = self.client(log_in=False)
        client.send(GSS_REQUEST)
        self.assertEqual(client.socket.recv(1), b"N")
        client.send(SSL_REQUEST)
        self.assertEqual(client.socket.recv(1), b"N")
        client.send(SSL_REQUEST)
        self.assert_refused(client.until_closed(), "08P01", "repeated")
        self.assert_counted("bad_greeting")

    def test_a_newer_protocol_is_negotiated_down(self):
        client = self.client(log_in=False)
        words = wire.startup(_pq__x="1").replace(b"_pq__x", b"_pq_.x")
        client.send(words[:4] + struct.pack("!i", (3 << 16) | 2) + words[8:])
        answer = client.until_ready()
        self.assertEqual(answer[0], ("v", struct.pack("!ii", 196608, 1) + b"_pq_.x\0"))
        self.assertEqual(wire.rows(client.ask(wire.query("SELECT 1"))), [["1"]])

    def test_half_a_greeting_and_silence(self):
        for part in (b"", wire.startup()[:20], SSL_REQUEST):
            client = self.client(log_in=False)
            client.send(part)
            client.socket.settimeout(WAIT)
            while client.socket.recv(4096):  # whatever it says, it ends
                pass
        self.assert_counted("login_timeout", 3)

    def test_half_a_greeting_and_the_end(self):
        client = self.client(log_in=False)
        client.send(wire.startup()[:7])
        client.socket.shutdown(socket.SHUT_WR)
        self.assertIn(wire.errors(client.until_closed()), ([], ["08P01"]))

    def test_half_a_message_and_silence(self):
        # PostgreSQL waits too: whoever has logged in may think for as long as he likes.
        client, other = self.client(), self.client()
        client.send(wire.query("SELECT 1")[:-3])
        self.assertEqual(wire.rows(other.ask(wire.query("SELECT 4"))), [["4"]])
        client.send(wire.query("SELECT 1")[-3:])
        self.assertEqual(wire.rows(client.until_ready()), [["1"]])
        client.send(wire.query("INSERT INTO held VALUES (98)")[:-3])
        client.socket.shutdown(socket.SHUT_WR)
        client.until_closed()
        self.assertEqual(self.postgres.sql("SELECT count(*) FROM held WHERE k = 98"), "0")

    def test_one_byte_at_a_time(self):
        client = self.client(log_in=False)
        for byte in wire.startup() + wire.run("SELECT 1") + wire.sync():
            client.send(bytes([byte]))
        answer = client.until_ready(2)
        self.assertEqual(wire.rows(answer), [["1"]])

    def test_what_came_before_the_garbage_is_carried_out(self):
        # PostgreSQL reads message by message: the write is done before the garbage is met.
        client = self.client()
        client.send(wire.query("INSERT INTO held VALUES (97)") + b"\x01\0\0\0\4")
        self.assert_refused(client.until_closed(), "08P01")
        self.await_true("the write before the garbage", lambda: self.postgres.sql(
            "SELECT count(*) FROM held WHERE k = 97") == "1")
        self.assert_counted("protocol_violation")

    def test_lengths_that_cannot_be(self):
        lengths = (0, 3, -1, -2**31, 2**31 - 1)
        for length in lengths:
            with self.subTest(length=length):
                client = self.client()
                client.send(b"Q" + struct.pack("!i", length))
                self.assert_refused(client.until_closed(), "08P01")
        self.assert_counted("protocol_violation", len(lengths))

    def test_ten_mebibytes_are_the_most(self):
        most = 10 << 20
        client = self.client()
        filler = b"SELECT 7 --" + b"x" * (most - 5 - 12) + b"\0"
        self.assertEqual(len(wire.message("Q", filler)), most)
        self.assertEqual(wire.rows(client.ask(wire.message("Q", filler))), [["7"]])
        literal = client.ask(wire.query("SELECT length('" + "x" * 2_000_000 + "')"))
        self.assertEqual(wire.rows(literal), [["2000000"]])
        client.send(wire.message("Q", b"x" + filler)[:4096])
        self.assert_refused(client.until_closed(), "08P01")
        client = self.client()
        try:  # the whole of it, though nobody reads to the end
            client.send(wire.message("Q", b"x" + filler))
        except OSError:
            pass
        self.assert_refused(client.until_closed(), "08P01")
        self.assert_counted("protocol_violation", 2)

    def test_messages_that_nobody_knows(self):
        kinds = ("z", "\0", "R", "p")  # of no protocol, none, a server's, a password after log-in
        for kind in kinds:
            with self.subTest(kind=kind):
                client = self.client()
                client.send(wire.message(kind, b"\0\0\0\0"))
                self.assert_refused(client.until_closed(), "08P01")
        self.assert_counted("protocol_violation", len(kinds))

    def test_bodies_that_do_not_fit(self):
        bodies = [
            wire.message("Q", b"SELECT 1"),             # no terminator
            wire.message("Q", b"SELECT 1\0; SELECT 2\0"),  # an embedded NUL
            wire.message("Q"),
            wire.message("P", b"\0SELECT 1\0\x7f\xff"),   # types that are not there
            wire.message("P", b"\0SELECT 1\0\0\0x"),
            wire.message("B", b"\0\0\0\0\0\1\x7f\xff\xff\xff\0\0"),
            wire.message("B", b"\0\0\0\0\0\1\xff\xff\xff\xfe\0\0"),
            wire.message("B", b"\0\0\xff\xff\0\0\0\0"),
            wire.message("D", b"X\0"),
            wire.message("C", b"S"),
            wire.message("E", b"\0\0\0"),
            wire.message("S", b"x"),
        ]
        for sent in bodies:
            with self.subTest(sent=sent):
                client = self.client()
                client.ask(wire.query("SELECT 1"))
                client.send(sent, wire.sync())
                self.assertEqual(wire.errors(client.until_closed()), ["08P01"])
        self.assert_counted("protocol_violation", len(bodies))

    def test_sql_that_is_none(self):
        client = self.client()
        nested = "SELECT " + "(" * 24_000 + "1" + ")" * 24_000
        for sql, code in (("SELEKT 1 FOR SHARE", "42601"), ("'", "42601"), ("SELECT 1 FOR SHARE FOR", "42601"),
                          ("\N{SNOWMAN} FOR UPDATE", "42601"), ("SELECT $1 FOR", "42601")):
            with self.subTest(sql=sql):
                self.assertEqual(wire.errors(client.ask(wire.query(sql))), [code])
                self.assertEqual(wire.errors(client.ask(wire.parse("", sql), wire.sync())), [code])
        answer = client.ask(wire.query(nested))
        # What PostgreSQL itself says of it, by its version: "memory exhausted" or "stack depth".
        self.assertIn(wire.errors(answer), (["42601"], ["54001"]))
        self.assertEqual(wire.errors(client.ask(wire.message("Q", b"SELECT '\xff' FOR SHARE\0"))), ["22021"])
        self.assertEqual(wire.rows(client.ask(wire.query("SELECT 1"))), [["1"]])

    def test_endless_bind_without_sync(self):
        client = self.client()
        before = self.occam.resident_kib()
        client.ask(wire.parse("s", "SELECT length($1)"), wire.sync())
        bind = wire.bind("s", "x" * (1 << 20), portal="p")
        count = 8 if harness.SHORT else 64
        for _ in range(count):
            client.send(bind, wire.message("C", b"Pp\0"))
        answer = client.ask(wire.sync())
        self.assertEqual(wire.kinds(answer), "23" * count + "Z")
        if not harness.SHORT:
            self.assertLess(self.occam.resident_kib() - before, 32 << 10)
        self.assertEqual(wire.rows(client.ask(wire.query("SELECT 1"))), [["1"]])

    def test_copy_messages_out_of_place(self):
        client = self.client()
        # PostgreSQL drops them without a word, and so it stays.
        client.send(wire.message("d", b"1\n"), wire.message("c"), wire.message("f", b"no\0"))
        self.assertEqual(wire.rows(client.ask(wire.query("SELECT 1"))), [["1"]])
        client.send(wire.query("COPY held FROM STDIN"))
        self.assertEqual(client.receive()[0], "G")
        answer = client.ask(wire.message("d", b"no number\n"), wire.message("c"))
        self.assertEqual(wire.errors(answer), ["22P02"])
        self.assertEqual(wire.rows(client.ask(wire.query("SELECT 1"))), [["1"]])
        client.send(wire.query("COPY held FROM STDIN"))
        self.assertEqual(client.receive()[0], "G")
        client.send(wire.query("SELECT 1"))  # instead of data: PostgreSQL gives the connection up
        answer = client.until_closed()
        self.assertIn("08P01", wire.errors(answer))

    def test_closed_in_mid_transaction(self):
        for hard in (False, True):
            for last in (b"", wire.query("SELECT pg_sleep(0)")[:9], wire.query("SELECT 1")):
                with self.subTest(hard=hard, last=last):
                    client = self.client()
                    client.ask(wire.query("BEGIN"))
                    client.ask(wire.query("INSERT INTO held VALUES (1)"))
                    client.send(last)
                    if hard:  # a reset instead of an orderly end
                        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    client.close()
                    # Waits for the lock of the abandoned transaction, which must end by itself.
                    heir = self.client()
                    heir.ask(wire.query("SET statement_timeout = '20s'"))
                    self.assertEqual(wire.errors(heir.ask(wire.query("INSERT INTO held VALUES (1)"))), [])
                    heir.ask(wire.query("DELETE FROM held"))
        self.await_true("the resets are counted",
                        lambda: self.failures("client_lost") >= self.before["client_lost"] + 3)

    def test_a_thousand_connects_and_closes(self):
        files = f"/proc/{self.occam.pid}/fd"
        backends = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
        self.await_true("the earlier sessions are gone", lambda: self.metric("occam_sessions") == 1)
        before = len(os.listdir(files)), int(self.postgres.sql(backends))
        for i in range(100 if harness.SHORT else 1000):
            stranger = socket.create_connection(("127.0.0.1", self.port), timeout=WAIT)
            if i % 3 == 1:
                stranger.sendall(wire.startup()[:11])
            if i % 10 == 2:
                stranger.sendall(wire.startup())
                if i % 20 == 2:
                    stranger.recv(1)
            stranger.close()
        self.await_true("every session has ended", lambda: self.metric("occam_sessions") == 1)
        self.await_true("every upstream connection has ended",
                        lambda: int(self.postgres.sql(backends)) <= before[1])
        self.await_true("every file is closed", lambda: len(os.listdir(files)) <= before[0])
        self.assertEqual(wire.rows(self.client().ask(wire.query("SELECT 1"))), [["1"]])

    def test_one_client_too_many(self):
        crowd = []
        self.await_true("the earlier sessions are gone", lambda: self.metric("occam_sessions") == 1)
        for _ in range(39):
            crowd.append(self.client())
        late = self.client(log_in=False)
        late.send(wire.startup())
        self.assertEqual(wire.errors(late.until_closed()), ["53300"])
        self.assert_counted("too_many_clients")
        crowd.pop().close()
        self.await_true("there is room again", lambda: self.metric("occam_sessions") < 40)
        self.assertEqual(wire.rows(self.client().ask(wire.query("SELECT 1"))), [["1"]])

    def test_a_cancel_request_with_a_wrong_key(self):
        asleep = self.client()
        asleep.send(wire.query("SELECT pg_sleep(0.2)"))
        for key in ((1, 2), (0, 0), (-1, -1)):
            self.assertEqual(self.stranger(struct.pack("!iiii", 16, 80877102, *key)), [])
        self.assertEqual(wire.errors(asleep.until_ready()), [])

    def test_words_after_terminate(self):
        client = self.client()
        client.send(wire.message("X"), wire.query("INSERT INTO held VALUES (99)"))
        self.assertEqual(client.until_closed(), [])
        self.assertEqual(self.postgres.sql("SELECT count(*) FROM held WHERE k = 99"), "0")


if __name__ == "__main__":
    harness.main()
