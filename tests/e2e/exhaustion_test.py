"""Clients that use up what there is: file descriptors, statement texts, parameters, unread answers. Occam stays
up, its memory stays bounded, and who was there before goes on."""
import os
import resource
import socket
import struct
import time
import unittest

import harness
import wire

WAIT = 30


@unittest.skipIf(harness.DIRECT, "the bounds are Occam's")
class Exhaustion(harness.Case):
    settings = {"limits": {"login_timeout": "5s"}, "rewriter": {"cache_bytes": "1MiB"}}

    def await_true(self, what, check):
        """Asks until it is so: the answer of each question is the event that is awaited."""
        deadline = time.monotonic() + WAIT
        while not check():
            if time.monotonic() > deadline:
                self.fail(f"not within {WAIT} s: {what}")

    @unittest.skipIf(harness.SHORT, "the sanitizers open pipes for their own checks")
    def test_no_file_is_left(self):
        before = self.client()
        before.ask(wire.query("SELECT 1"))
        pid = self.occam.pid
        room = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        used = len(os.listdir(f"/proc/{pid}/fd"))
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (used + 20, room[1]))
        crowd = [socket.create_connection(("127.0.0.1", self.port), timeout=WAIT) for _ in range(60)]
        try:
            self.await_true("all files are used", lambda: len(os.listdir(f"/proc/{pid}/fd")) >= used + 20)
            for _ in range(200):
                self.assertEqual(wire.rows(before.ask(wire.query("SELECT 1"))), [["1"]])
            # One that has a seat and needs a connection of its own finds no file for it, and is told so.
            crowd[0].sendall(wire.startup(application_name="stranger"))
            self.assertEqual(crowd[0].recv(1), b"E")
        finally:
            resource.prlimit(pid, resource.RLIMIT_NOFILE, room)
            for stranger in crowd:
                stranger.close()
        self.assertEqual(wire.rows(self.client().ask(wire.query("SELECT 2"))), [["2"]])
        self.await_true("the crowd is gone", lambda: len(os.listdir(f"/proc/{pid}/fd")) <= used + 4)
        self.assertIn("client not accepted", self.occam.log.read_text())

    def test_every_text_another(self):
        client = self.client()
        texts = 500 if harness.SHORT else 2000
        tail = " -- " + "x" * 1000

        def ask(numbers):
            for n in numbers:
                self.assertEqual(wire.rows(client.ask(wire.query(f"SELECT {n}{tail}"))), [[str(n)]])

        ask(range(texts))
        before = self.occam.resident_kib()
        ask(range(texts, 3 * texts))
        if not harness.SHORT:
            self.assertLess(self.occam.resident_kib() - before, 4 << 10)

    def test_sixty_five_thousand_parameters(self):
        client = self.client()
        count = 65_535
        listed = ",".join(f"${n}" for n in range(1, count + 1))
        sql = f"SELECT cardinality(ARRAY[{listed}]::int[])"
        values = struct.pack("!i", 1) + b"7"
        bind = wire.message("B", b"\0\0\0\0" + struct.pack("!H", count) + values * count + b"\0\0")
        answer = client.ask(wire.parse("", sql), bind, wire.execute(), wire.sync())
        self.assertEqual(wire.rows(answer), [[str(count)]])

    def test_answers_that_nobody_reads(self):
        client, other = self.client(), self.client()
        client.socket.settimeout(2)
        before = self.occam.resident_kib()
        try:  # until every buffer on the way is full, and sending blocks
            for _ in range(2000):
                client.send(wire.query("SELECT repeat('x', 100000)"))
        except TimeoutError:
            pass
        self.assertEqual(wire.rows(other.ask(wire.query("SELECT 1"))), [["1"]])
        if not harness.SHORT:
            self.assertLess(self.occam.resident_kib() - before, 16 << 10)
        client.close()
        self.await_true("its session has ended", lambda: self.metric("occam_sessions") <= 1)


if __name__ == "__main__":
    harness.main()
