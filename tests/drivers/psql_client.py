"""psql as a client of whatever stands behind $DSN. What it prints is compared with PostgreSQL's in tests/e2e/psql_test.py; here it
is asked what drivers are asked."""
import signal
import subprocess

from python_checks import DSN, Checks, in_parallel, run

COMMAND = ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", DSN]


class Psql(Checks):
    def ask(self, text):
        done = subprocess.run(COMMAND + ["-f", "-"], input=text, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.stderr, "")
        return done.stdout.splitlines()

    def value(self, text):
        return int(self.ask(text)[0])

    def check_statements(self):
        name = self.mark()
        self.ask(f"CREATE TABLE {name} (id int PRIMARY KEY, word text)")
        self.assertEqual(self.ask(f"""
            INSERT INTO {name} SELECT n, 'word ' || n FROM generate_series(1, 10) n;
            BEGIN; DELETE FROM {name} WHERE id > 5; ROLLBACK;
            SELECT count(*) AS found, max(word) AS last FROM {name} \\gset
            \\echo :found :last
            SELECT 1\\; SELECT 2;
            SELECT format('SELECT %s + 1', n) FROM generate_series(1, 3) n \\gexec
            SELECT 'one' AS a \\gdesc"""), ["10 word 9", "1", "2", "2", "3", "4", "a|text"])

    def check_errors(self):
        name = self.mark()
        self.ask(f"CREATE TABLE {name} (id int PRIMARY KEY)")
        text = (f"\\set ON_ERROR_STOP off\nINSERT INTO {name} VALUES (1);\n\\echo :SQLSTATE\nINSERT INTO {name} VALUES (1);\n"
                "\\echo :SQLSTATE\nSELECT 1 FRM x;\n\\echo :SQLSTATE\nBEGIN; SELECT 1/0;\n\\echo :SQLSTATE\nSELECT 1;\n"
                "\\echo :SQLSTATE\nCOMMIT;\nSELECT 'still here';\n")
        done = subprocess.run(COMMAND + ["-f", "-"], input=text, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.stdout.split("\n")[:-1], ["00000", "23505", "42601", "22012", "25P02", "still here"])

    def check_copy(self):
        name = self.mark()
        self.ask(f"CREATE TABLE {name} (id int PRIMARY KEY, word text)")
        lines = [f"{n}\tword {n}" for n in range(1000)]
        self.ask("\n".join([f"\\copy {name} FROM STDIN", *lines, "\\.", ""]))
        self.assertEqual(self.ask(f"\\copy (SELECT * FROM {name} ORDER BY id) TO STDOUT\n"), lines)

    def check_large_results(self):
        done = subprocess.run(COMMAND + ["-c", "SELECT n, repeat('x', 490) FROM generate_series(1, 100000) n"],
                              capture_output=True, timeout=60, check=True)
        self.assertEqual((done.stdout.count(b"\n"), done.stdout.count(b"x")), (100000, 49000000))

    def check_interrupt(self):
        """What Ctrl-C does: a CancelRequest. Another psql is not disturbed."""
        mark = self.mark()
        left, target, right = [
            subprocess.Popen(["psql", "-XAtq", DSN, "-c", f"SELECT pg_sleep({seconds})::text || '{mark}'", "-c", "SELECT 'gone on'"],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for seconds in ("0.4", "60", "0.4")]
        self.await_running(mark, 3, self.value)
        target.send_signal(signal.SIGINT)
        out, said = target.communicate(timeout=60)
        self.assertEqual((out, "canceling statement due to user request" in said), ("", True), said)
        for other in (left, right):
            self.assertEqual(other.communicate(timeout=60), (f"{mark}\ngone on\n", ""))

    def check_short_connections(self):
        got = in_parallel(4, lambda number: [self.value(f"SELECT {number * 100 + n}") for n in range(5)])
        self.assertEqual(got, [[number * 100 + n for n in range(5)] for number in range(4)])


if __name__ == "__main__":
    run(Psql)
