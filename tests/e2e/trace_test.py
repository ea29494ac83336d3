"""Every trace of tests/traces through Occam has the outcomes that plain PostgreSQL gives."""
import json
import subprocess

import harness
import stack

TRACES = harness.ROOT / "tests/traces"


class Traces(harness.Case):
    def play(self, name, schema=None):
        for database in ("temporal", "reference"):
            self.postgres.sql(f"DROP DATABASE IF EXISTS {database} WITH (FORCE); CREATE DATABASE {database}", "postgres")
            if schema:
                self.postgres.sql((TRACES / schema).read_text(), database)
        done = subprocess.run([stack.BIN / "trace_player", TRACES / name, "--to", stack.uri(self.port),
                               "--compare", self.postgres.dsn("reference"), "--timeout", "2000", "--json"],
                              capture_output=True, text=True, timeout=600)
        self.assertEqual(done.returncode, 0, done.stderr)
        counts = json.loads(done.stdout)
        print(name, {k: v for k, v in counts.items() if k != "complaints"})
        return counts

    def test_basics(self):
        self.assertEqual(self.play("basics.trace")["errors"], 4)

    def test_temporal(self):
        if not (TRACES / "temporal.trace").exists():
            self.skipTest("no recording in this tree")
        self.assertGreater(self.play("temporal.trace", "temporal_schema.sql")["statements"], 100)


if __name__ == "__main__":
    harness.main()
