"""Out of file descriptors: clients wait instead of being dropped, nobody in a session notices, and when
descriptors come back so do new clients."""
import os
import socket
import unittest

import harness
import stack
import wire

DESCRIPTORS = 64


@unittest.skipIf(harness.DIRECT, "no Occam")
@unittest.skipIf(os.environ.get("OCCAM_SHORT"), "the sanitizers open pipes for their own checks")
class Descriptors(harness.Case):
    def test_none_left_and_back_again(self):
        folder = self.enterContext(harness.tempfile.TemporaryDirectory(prefix="occam-descriptors-"))
        program = stack.occam(folder, self.postgres.port)
        program.command = ["prlimit", f"--nofile={DESCRIPTORS}:{DESCRIPTORS}", *program.command]
        self.addCleanup(program.end)
        program.start()
        early = wire.Client(program.port)
        self.addCleanup(early.close)
        silent = [socket.create_connection(("127.0.0.1", program.port)) for _ in range(DESCRIPTORS)]
        for one in silent:
            self.addCleanup(one.close)
        late = wire.Client(program.port, log_in=False)  # in the listen queue, not accepted
        self.addCleanup(late.close)
        late.send(wire.startup())
        self.assertEqual(wire.rows(early.ask(wire.query("SELECT 1"))), [["1"]])
        for one in silent:
            one.close()
        late.until_ready()
        self.assertEqual(wire.rows(late.ask(wire.query("SELECT 2"))), [["2"]])
        self.assertIn("client not accepted", program.log.read_text())


if __name__ == "__main__":
    harness.main()
