"""The servers of a torture: a private PostgreSQL, the emulator unless the upstream is PostgreSQL itself, and several Occams side
by side as sidecars are. They can be ended and started again while clients go on. Sums Occam's counters over all that lived."""
import multiprocessing
import re
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "deploy"), str(ROOT / "tests/e2e")]
import harness  # noqa: E402
import mass_drops  # noqa: E402
import stack  # noqa: E402
import temporal  # noqa: E402
from cutter import Cutter  # noqa: E402

OCCAMS = 3
# What the emulator does on order; every rule draws from the seed.
FAULTS = ("conflict:p=0.08", "oc001:p=0.003", "unavailable:p=0.002", "drop-before-commit:p=0.003", "drop-after-commit:p=0.003",
          "latency:p=0.02,ms=8", "cut:p=0.0005")
# Occam's counters, by kind and label.
COUNTED = (("verdict", "verdict", "occam_verdicts_total"), ("reason", "reason", "occam_not_replayable_total"),
           ("conflict", "kind", "occam_conflicts_total"), ("session_error", "kind", "occam_session_errors_total"))
# What PostgreSQL, which has no conflicts of its own at READ COMMITTED, is made to do at COMMIT.
CONFLICT_AT_COMMIT = """
CREATE FUNCTION conflict() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF random() < 0.08 THEN
    RAISE EXCEPTION 'change conflicts with another transaction (OC000)' USING ERRCODE = '40001';
  END IF;
  RETURN NULL;
END $$;
"""


class Rig:
    def __init__(self, folder, options, schema, tables):
        self.folder, self.options = Path(folder), options
        self.schema, self.tables = schema, tables
        self.dead = Counter()
        self.seen = [Counter() for _ in range(OCCAMS)]
        self.ports = multiprocessing.Array("i", OCCAMS)
        # Autovacuum cuts pages off the catalogs under an exclusive lock; the emulator's own questions to them, which wait 5 ms, then
        # break the client's transaction, which DSQL would not. So it is off, and quiet() does its work.
        self.postgres = stack.Postgres(self.folder / "postgres", autovacuum="off")
        self.emulator, self.cutters, self.occams = None, [], []
        self.upstream = multiprocessing.Value("i", 0)  # its port, which cutters share

    def start(self):
        self.postgres.start()
        self.load()
        self.start_upstream(self.options.dialect, self.options.faults)
        if self.options.mass_drop:
            self.cutters = [Cutter(self.upstream, self.options.seed, every=None) for _ in range(OCCAMS)]
        elif not self.emulator and self.options.faults:
            # One Occam on plain PostgreSQL sees commits cut; the emulator cuts them itself, for all.
            self.cutters = [Cutter(self.upstream, self.options.seed)]
        for number in range(OCCAMS):
            self.occams.append(None)
            self.start_occam(number)
        return self

    def start_upstream(self, dialect, faults):
        if self.options.upstream == "emulator":
            inject = [flag for fault in faults for flag in ("--inject", fault)]
            self.emulator = stack.emulator(self.folder, self.postgres.port, "--databases", "one", "--seed", str(self.options.seed),
                                           "--dialect", dialect, *inject).start()
        # Only now: while no emulator runs, the port still is that of the one before, where nobody answers.
        self.upstream.value = self.emulator.port if self.emulator else self.postgres.port

    def load(self):
        """The schema, through an Occam and an emulator without faults: a definition is not repeated when its answer is lost. In
        the newest dialect, since DSQL of 2025 has no identity columns."""
        self.start_upstream("current", ())
        self.occams = [None]
        self.start_occam(0, "current")
        stack.sql(self.ports[0], "CREATE DATABASE temporal", "postgres")
        stack.sql(self.ports[0], self.schema)
        for program in [self.occams.pop(), self.emulator]:
            if program:
                program.end()
        self.emulator = None
        if self.options.upstream == "postgresql" and self.options.faults:
            self.postgres.sql(CONFLICT_AT_COMMIT + "".join(
                f"CREATE CONSTRAINT TRIGGER conflict AFTER INSERT OR UPDATE ON {table} DEFERRABLE INITIALLY DEFERRED "
                f"FOR EACH ROW EXECUTE FUNCTION conflict();" for table in self.tables))

    def start_occam(self, number, dialect=None):
        folder = self.folder / f"occam{number}"
        folder.mkdir(exist_ok=True)
        server = "aurora_dsql" if self.options.upstream == "emulator" else "postgresql"
        port = self.cutters[number].port if number < len(self.cutters) else self.upstream.value
        program = stack.occam(folder, port, {
            "upstream": {"server": server}, "drain_timeout": "2s",
            "rewriter": {"rules": str(self.options.rules), "dialect": dialect or self.options.dialect}, **self.options.settings})
        self.occams[number] = program.start()
        self.ports[number] = program.port

    def restart_occam(self, number, kill):
        self.count(number)
        program = self.occams[number]
        if kill:
            program.process.kill()
            program.process.wait()
        else:
            program.end()
        self.dead.update(self.seen[number])
        self.seen[number] = Counter()
        self.start_occam(number)

    def drop_all(self, how):
        """Every Occam loses every connection at once; how many they were."""
        if how == "emulator":
            lost = sum(cutter.lines() for cutter in self.cutters)
            self.emulator.process.kill()
            self.emulator.process.wait()
            while self.sessions("true"):  # what it had begun is done, or undone, before another sees the tables
                pass
            self.start_upstream(self.options.dialect, self.options.faults)
            return lost
        return sum(cutter.drop() for cutter in self.cutters)

    def sessions(self, which):
        """How many of PostgreSQL's clients are such."""
        return int(self.postgres.sql("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND "
                                     f"pid <> pg_backend_pid() AND {which}", "postgres"))

    def count(self, number):
        """What this Occam has counted up to now; what it counts between this and a SIGKILL is not known."""
        found = Counter()
        try:
            admin = self.occams[number].ports["admin"]
            for kind, label, name in COUNTED:
                for labels, value in harness.series(admin, name):
                    found[kind, labels[label]] += int(value)
        except OSError:
            return
        self.seen[number] = found

    def counters(self):
        for number in range(OCCAMS):
            self.count(number)
        return sum(self.seen, Counter(self.dead))

    def unwell(self):
        """Programs that ended without being told to."""
        programs = [self.emulator, *self.occams]
        return [f"{program.name} ended with {program.process.returncode}: "
                + "\n".join(program.log.read_text(errors="replace").splitlines()[-5:])
                for program in programs if program and program.process.poll() is not None]

    def quiet(self, ending):
        """Waits until no session of PostgreSQL has work or a transaction open, and cleans up."""
        calm = 0
        while calm < 3:
            calm = 0 if self.sessions("state <> 'idle'") else calm + 1
            ending.wait(0.05)
        self.postgres.sql("VACUUM (TRUNCATE false)", "postgres" if self.emulator else "temporal")

    def end(self):
        for program in [*self.occams, self.emulator]:
            if program:
                program.end(seconds=10)
        for cutter in self.cutters:
            cutter.end()
        self.postgres.stop()


def weakened_rules(folder, tables):
    """Temporal's rules, but these tables lose their share locks."""
    text = temporal.RULES.read_text()
    for table in tables:
        text, times = re.subn(rf"(?m)^(  {table}:\n(?:    .*\n)*?    share: )\w+", r"\g<1>drop", text)
        assert times == 1, f"the rules say nothing of share for {table}"
    path = Path(folder) / "rules.yaml"
    path.write_text(text)
    return path
