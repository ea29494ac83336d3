"""pgbench through Occam to a plain PostgreSQL: three protocols, reading and TPC-B-like, one and many clients,
without one error."""
import re
import subprocess
import sys

import harness
import stack


class Pgbench(harness.Case):
    transactions = 50 if harness.SHORT else 500

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pgbench("-i", "-q", "-s", "1")

    @classmethod
    def pgbench(cls, *arguments):
        done = subprocess.run(["/usr/lib/postgresql/15/bin/pgbench", *arguments, stack.uri(cls.port)],
                              capture_output=True, text=True, timeout=300)
        if done.returncode:
            raise AssertionError(done.stdout + done.stderr)
        return done.stdout

    def sweep(self, clients, *script):
        for protocol in ("simple", "extended", "prepared"):
            with self.subTest(protocol=protocol):
                each = self.transactions if clients == 1 else max(10, self.transactions // 8)
                said = self.pgbench("-n", "-M", protocol, "-c", str(clients), "-j", "2", "-t", str(each), *script)
                self.assertIn(f"{clients * each}/{clients * each}", said)
                failed = re.search(r"number of failed transactions: (\d+)", said)
                self.assertEqual(failed and failed[1], "0", said)
                print(protocol, clients, *script, re.search(r"tps = [\d.]+", said)[0], file=sys.stderr)

    def test_read_one(self):
        self.sweep(1, "-S")

    def test_read_many(self):
        self.sweep(32, "-S")

    def test_write_one(self):
        self.sweep(1)

    def test_write_many(self):
        self.sweep(32)
        # What was acknowledged is there: the sums of the four tables agree.
        sums = self.postgres.sql("SELECT (SELECT sum(abalance) FROM pgbench_accounts),"
                                 " (SELECT sum(tbalance) FROM pgbench_tellers),"
                                 " (SELECT sum(bbalance) FROM pgbench_branches),"
                                 " (SELECT sum(delta) FROM pgbench_history)").split("|")
        self.assertEqual(len(set(sums)), 1, sums)

    def test_pipeline(self):
        script = self.folder / "pipeline.sql"
        script.write_text("\\set a random(1, 100000)\n\\startpipeline\n"
                          + "SELECT abalance FROM pgbench_accounts WHERE aid = :a;\n" * 10 + "\\endpipeline\n")
        for protocol in ("extended", "prepared"):
            self.pgbench("-n", "-M", protocol, "-c", "8", "-j", "2", "-t", "50", "-f", str(script))


if __name__ == "__main__":
    harness.main()
