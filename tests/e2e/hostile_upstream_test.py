"""An upstream that breaks the protocol: its client gets a clear error, Occam counts it and lives."""
import itertools
import socket
import struct
import tempfile
import threading
import unittest
from pathlib import Path

import harness
import stack
import wire

OK = wire.message("R", struct.pack("!i", 0))
READY = wire.message("Z", b"I")
LOGGED_IN = OK + wire.message("S", b"server_version\x0015.4\0") + \
    wire.message("K", struct.pack("!ii", 7, 8)) + READY


class Upstream:
    """Answers the startup message with `greeting` and everything after it with `answer`; then, unless it
    is to stay silent, closes."""

    def __init__(self):
        self.greeting, self.answer, self.close_after = LOGGED_IN, b"", True
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                line, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(line,), daemon=True).start()

    def serve(self, line):
        with line:
            try:
                if not line.recv(65536):
                    return
                line.sendall(self.greeting)
                if self.greeting.endswith(READY):
                    if not line.recv(65536):
                        return
                    line.sendall(self.answer)
                if self.close_after:
                    line.shutdown(socket.SHUT_WR)
                while line.recv(65536):
                    pass
            except OSError:
                return

    def close(self):
        self.listener.close()


class HostileUpstream(unittest.TestCase):
    numbers = itertools.count()

    def setUp(self):
        """An Occam for each test: one whose connects have failed makes its next clients wait."""
        folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="occam-e2e-")))
        self.upstream = Upstream()
        self.addCleanup(self.upstream.close)
        self.occam = stack.occam(folder, self.upstream.port, {"upstream": {
            "host": "127.0.0.1", "port": self.upstream.port, "user": "temporal", "password": "s3cret-word",
            "connect_timeout": "1s"}, "pool": {"wait": "4s"}})
        self.addCleanup(self.occam.end)
        self.occam.start()

    def tearDown(self):
        self.assertIsNone(self.occam.process.poll(), self.occam.log.read_text()[-4000:])
        self.assertNotIn("s3cret-word", self.occam.log.read_text())

    def answer(self, greeting=LOGGED_IN, answer=b"", close_after=True):
        """What a client gets that logs in and asks SELECT 1."""
        self.upstream.greeting, self.upstream.answer = greeting, answer
        self.upstream.close_after = close_after
        client = wire.Client(self.occam.port, log_in=False)
        self.addCleanup(client.close)
        stranger = f"client {next(self.numbers)}"  # whose log-in the upstream has not taken yet
        try:
            client.send(wire.startup(application_name=stranger), wire.query("SELECT 1"))
        except OSError:
            pass
        return client.until_closed()

    def failures(self, **labels):
        return harness.metric(self.occam.ports["admin"], "occam_session_errors_total", **labels)

    def test_log_ins_that_go_wrong(self):
        own_error = wire.message("E", b"SFATAL\0VFATAL\0C28P01\0Mno such role\0Hask somebody\0\0")
        cases = [
            (b"HTTP/1.1 400 Bad Request\r\n\r\n", "08P01"),
            (wire.message("R", b""), "08P01"),
            (b"R" + struct.pack("!i", -1), "08P01"),
            (b"R" + struct.pack("!i", 2**31 - 1), "08P01"),
            (READY, "08P01"),
            (OK + wire.message("D", b"\0\0"), "08P01"),
            (OK + wire.message("Z", b"T"), "08P01"),
            (wire.message("R", struct.pack("!i", 5) + b"salt"), "28000"),
            (wire.message("R", struct.pack("!i", 10) + b"SCRAM-SHA-256\0\0") + LOGGED_IN, "08P01"),
            (own_error, "28P01"),
        ]
        for greeting, code in cases:
            with self.subTest(greeting=greeting):
                before = self.failures()
                answer = self.answer(greeting)
                self.assertEqual(wire.errors(answer), [code], answer)
                self.assertGreater(self.failures(), before)
        self.assertEqual(wire.message(*answer[-1]), own_error)  # byte for byte

    def test_an_upstream_that_says_nothing(self):
        before = self.failures(kind="upstream_timeout")
        for greeting in (b"", OK[:7], OK):
            with self.subTest(greeting=greeting):
                answer = self.answer(greeting, close_after=False)
                self.assertEqual([code[:2] for code in wire.errors(answer)], ["08"], answer)
        self.assertEqual(self.failures(kind="upstream_timeout"), before + 3)

    def test_an_upstream_that_hangs_up_during_log_in(self):
        for greeting in (b"", OK[:7], OK):
            with self.subTest(greeting=greeting):
                answer = self.answer(greeting)
                self.assertEqual([code[:2] for code in wire.errors(answer)], ["08"], answer)

    def test_answers_that_cannot_be(self):
        for answer in (b"Z" + struct.pack("!i", 0), b"D" + struct.pack("!i", -1), wire.message("z"),
                       wire.message("Q", b"x\0"), READY + READY, wire.message("Z", b"?"),
                       wire.message("Z", b"")):
            with self.subTest(answer=answer):
                before = self.failures(kind="protocol_violation")
                seen = self.answer(answer=answer)
                self.assertEqual(wire.errors(seen), ["08P01"], seen)
                self.assertEqual(self.failures(kind="protocol_violation"), before + 1)


if __name__ == "__main__":
    harness.main()
