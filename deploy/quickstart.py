"""deploy/quickstart after the build: starts a private PostgreSQL, the emulator and Occam, plays Temporal's
recorded statements through them, and says in a table what held and what did not."""
import argparse
import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

import stack

ROOT = stack.ROOT
TRACE = ROOT / "tests/traces/temporal.trace"
SCHEMA = ROOT / "tests/traces/temporal_schema.sql"
HOME = Path(tempfile.gettempdir()) / f"occam-quickstart.{os.getuid()}"
STATE = HOME / "state.json"
# A conflict at every tenth commit, and now and then one that only DSQL has: the catalog changed.
FAULTS = ["conflict:every=10", "oc001:every=150"]
EXAMPLES = """examples:
  deploy/quickstart              play, compare, and end everything
  deploy/quickstart --keep       leave it running and print how to reach it
  deploy/quickstart --temporal   also run a real Temporal server on it (needs Go)
  deploy/quickstart --stop       end what --keep left
"""


def say(text=""):
    print(text, flush=True)


def metrics(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as page:
        return re.findall(r"^(\w+)(?:\{(.*)\})? (\S+)$", page.read().decode(), re.M)


def total(series, name, label=""):
    return int(sum(float(value) for found, labels, value in series if found == name and label in labels))


def started_at(pid):
    """When this process began, in clock ticks: with the id, it names one process for good."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except FileNotFoundError:
        return None


def stop_previous():
    """Ends what an earlier --keep left. True if there was something."""
    if not STATE.exists():
        return False
    state = json.loads(STATE.read_text())
    if state["temporal"]:
        subprocess.run([ROOT / "tests/temporal/cluster", "stop", "--dir", state["temporal"]], check=False)
    for pid, began in state["processes"]:
        if started_at(pid) == began:
            os.kill(pid, signal.SIGTERM)
            wait_for_end(pid)
    stack.Postgres(HOME / "postgres").stop()
    shutil.rmtree(HOME, ignore_errors=True)
    return True


def wait_for_end(pid):
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    if not select.select([handle], [], [], 40)[0]:
        os.kill(pid, signal.SIGKILL)
    os.close(handle)


class Quickstart:
    def __init__(self):
        self.postgres = stack.Postgres(HOME / "postgres")
        self.emulator = self.occam = None
        self.temporal = ""

    def start(self):
        HOME.mkdir(mode=0o755)
        HOME.chmod(0o755)
        say("starting PostgreSQL, the emulator and Occam")
        self.postgres.start()
        self.save()
        self.emulator = stack.emulator(HOME, self.postgres.port, *(
            word for fault in FAULTS for word in ("--inject", fault))).start()
        self.save()
        self.occam = stack.occam(HOME, self.emulator.port, {"upstream": {"server": "aurora_dsql"}}).start()
        self.save()
        say("creating Temporal's schema through Occam, and as it is on PostgreSQL itself")
        self.new_database(self.occam.port, "temporal")
        for database in ("plain", "direct"):
            self.new_database(self.postgres.port, database)

    def new_database(self, port, name):
        """Temporal's schema in its own words, statement by statement."""
        stack.sql(port, f"DROP DATABASE IF EXISTS {name}", "postgres")
        stack.sql(port, f"CREATE DATABASE {name}", "postgres")
        stack.sql(port, SCHEMA.read_text(), name)

    def save(self):
        programs = [p.pid for p in (self.emulator, self.occam) if p]
        STATE.write_text(json.dumps({"temporal": self.temporal,
                                     "processes": [(pid, started_at(pid)) for pid in programs]}))

    def stop(self):
        if self.temporal:
            subprocess.run([ROOT / "tests/temporal/cluster", "stop", "--dir", self.temporal], check=False)
        for program in filter(None, (self.occam, self.emulator)):
            program.end()
        self.postgres.stop()
        shutil.rmtree(HOME, ignore_errors=True)

    def play(self, port, database, reader):
        """The trace on this port, compared with PostgreSQL at every statement, and at the end in all rows, asked at the
        port of the reader."""
        self.new_database(self.postgres.port, "plain")
        done = subprocess.run([stack.BIN / "trace_player", TRACE, "--to", stack.uri(port, database), "--compare",
                               self.postgres.dsn("plain"), "--json"], capture_output=True, text=True)
        if done.returncode not in (0, 1) or not done.stdout:
            raise stack.DidNotStart(f"the trace could not be played: {done.stderr.strip()[-500:]}")
        counts = json.loads(done.stdout)
        counts["details"] = done.stderr
        counts["rows"] = len(self.rows(reader, database) ^ self.rows(self.postgres.port, "plain"))
        return counts

    def rows(self, port, database):
        """Every row of every table as a client sees it: how it is stored is Occam's business."""
        return {f"{table} {row}" for table, columns in self.postgres.columns("plain").items()
                for row in stack.sql(port, f"SELECT {columns} FROM {table}", database).splitlines()}

    def compare(self):
        say(f"playing {TRACE.relative_to(ROOT)} through Occam, and on PostgreSQL beside it")
        through = self.play(self.occam.port, "temporal", self.occam.port)
        ours, theirs = metrics(self.occam.ports["admin"]), metrics(self.emulator.ports["metrics"])
        say("playing it on the emulator without Occam")
        without = self.play(self.emulator.port, "direct", self.postgres.port)
        return through, without, ours, theirs

    def run_temporal(self):
        say("building and starting a real Temporal server")
        self.temporal = str(HOME / "temporal")
        tools, plain = ROOT / "tests/temporal", f"127.0.0.1:{self.postgres.port}"
        stack.sql(self.occam.port, "DROP DATABASE temporal", "postgres")
        subprocess.run([tools / "install"], check=True)
        where = ["--dir", self.temporal, "--plain", plain, "--main", f"127.0.0.1:{self.occam.port}"]
        for step in ("schema", "start"):
            subprocess.run([tools / "cluster", step, *where], check=True)
            self.save()
        address = (Path(self.temporal) / "address").read_text().strip()
        subprocess.run([ROOT / "build/temporal/bin/workload", "--address", address, "--workflows", "20",
                        "--concurrency", "4"], check=True)
        say(f"Temporal answers at {address}; 20 workflows completed")


def table(rows):
    width = max(len(row[0]) for row in rows)
    for name, *cells in rows:
        say("  " + name.ljust(width) + "".join(str(cell).rjust(16) for cell in cells))


def report(through, without, ours, theirs):
    """Prints the table; True if nothing differed and the two sides count the same conflicts."""
    met = total(ours, "occam_conflicts_total")
    told = total(theirs, "dsql_emulator_conflicts_total") - total(ours, "occam_probe_conflicts_total", '"conflict"')
    hidden = sum(total(ours, "occam_verdict_conflicts_total", f'"{v}"') for v in ("restarted", "replayed"))
    say()
    table([
        ("", "with Occam", "without"),
        ("statements played", through["statements"], without["statements"]),
        ("errors the client saw", through["errors"], without["errors"]),
        ("answers unlike PostgreSQL's", through["differences"], without["differences"]),
        ("rows unlike PostgreSQL's at the end", through["rows"], without["rows"]),
        ("statements rewritten as they were prepared", total(ours, "occam_rewrites_total"), ""),
        ("conflicts the emulator made", told, ""),
        ("conflicts hidden from the client", hidden, ""),
        *((f"  verdict {v}", total(ours, "occam_verdicts_total", f'"{v}"'), "") for v in (
            "restarted", "replayed", "results_changed", "attempts_exhausted", "not_replayable", "in_doubt")),
    ])
    say("\nwithout Occam, in the order in which it broke:")
    for complaint in sorted(without["complaints"], key=lambda c: c["first"]):
        say(f"  {complaint['count']:4} x {complaint['error']}")
        say(f"         first at statement {complaint['first']}: {' '.join(complaint['sql'].split())[:80]}")
    held = not (through["differences"] or through["rows"]) and met == told == hidden
    if not held:
        say(f"\nOccam met {met} conflicts, the emulator made {told}, {hidden} were hidden")
        say(through["details"])
    return held


def main():
    parser = argparse.ArgumentParser(
        prog="deploy/quickstart", epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Temporal's real statements through Occam, against an emulated Aurora DSQL.")
    parser.add_argument("--keep", action="store_true", help="leave everything running, print how to reach it")
    parser.add_argument("--stop", action="store_true", help="end what --keep left running")
    parser.add_argument("--temporal", action="store_true", help="run a real Temporal server on it (needs Go)")
    options = parser.parse_args()
    if options.stop:
        say("stopped" if stop_previous() else "nothing was running")
        return 0
    if stop_previous():
        say("ended the quick start that was still running")

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    quickstart, leave = Quickstart(), False
    try:
        quickstart.start()
        held = report(*quickstart.compare())
        if options.temporal:
            quickstart.run_temporal()
        leave = options.keep
        if leave:
            say(f"\nPROXY_DSN={stack.uri(quickstart.occam.port)}")
            say(f"EMULATOR_DSN={stack.uri(quickstart.emulator.port)}")
            say(f"POSTGRES_DSN={quickstart.postgres.dsn()}")
            say(f"ADMIN_URL=http://127.0.0.1:{quickstart.occam.ports['admin']}")
        say("\nnothing differed" if held else "\nsomething differed, see above")
        return 0 if held else 1
    except (stack.DidNotStart, RuntimeError, subprocess.CalledProcessError) as error:
        print(f"quickstart: {error}", file=sys.stderr)
        return 1
    finally:
        if not leave:
            quickstart.stop()


if __name__ == "__main__":
    sys.exit(main())
