"""What a test with real clients stands on, each as a context that starts it until it is ready and ends it by
its pid: PostgreSQL, the emulator and Occam (deploy/stack.py), a Temporal server (cluster). Also reads their
counters and runs Go tests. Never knows what a test expects."""
import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
GO_PROGRAMS = ROOT / "build/temporal/bin"
PLUGINS = ["postgres12_pgx", "postgres12"]
PATIENCE = 60  # seconds to wait for a page of metrics

sys.path.insert(0, str(ROOT / "deploy"))
import stack  # noqa: E402  the path above leads to it


def say(text):
    print(f"run: {text}", flush=True)


def address(port):
    return f"127.0.0.1:{port}"


@contextlib.contextmanager
def folder(keep=False):
    """A private directory that other users (PostgreSQL's) may enter."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="occam-temporal."))
    path.chmod(0o755)
    try:
        yield path
    finally:
        if keep:
            say(f"logs are kept in {path}")
        else:
            shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def postgres(home, **settings):
    server = stack.Postgres(home / "postgres", **settings)
    try:
        yield server.start()
    finally:
        server.stop()


@contextlib.contextmanager
def running(program):
    try:
        yield program.start()
    finally:
        code = program.end()
    if code:
        raise stack.DidNotStart(f"{program.name} ended with {code}: {program.log.read_text(errors='replace')[-2000:]}")


def emulator(home, postgres_port, inject, *flags):
    return running(stack.emulator(home, postgres_port, *(part for rule in inject for part in ("--inject", rule)), *flags))


def occam(home, upstream_port, settings=None, env=None):
    return running(stack.occam(home, upstream_port, settings, env))


@contextlib.contextmanager
def dsql(home, postgres_port, inject=(), settings=None):
    """The emulator as Aurora DSQL is, one database and every rule, and Occam before it: yields both."""
    upstream = {"server": "aurora_dsql"}
    with emulator(home, postgres_port, inject, "--databases", "one") as behind:
        with occam(home, behind.port, {"upstream": upstream, **(settings or {})}) as before:
            yield behind, before


@contextlib.contextmanager
def temporal(home, main, plain, plugin, dynamic=(HERE / "brisk.yaml",), name="temporal"):
    """MAIN and PLAIN are ports. Yields the directory that `cluster` fills (address, metrics, server.log)."""
    directory = home / name
    where = ["--dir", directory, "--main", address(main), "--plain", address(plain), "--plugin", plugin]
    try:
        call(HERE / "cluster", "start", *where, *(part for file in dynamic for part in ("--dynamic", file)))
        yield directory
    finally:
        call(HERE / "cluster", "stop", "--dir", directory)


def schema(home, main, plain, plugin):
    call(HERE / "cluster", "schema", "--dir", home / "temporal", "--main", address(main), "--plain", address(plain),
         "--plugin", plugin)


def call(*command):
    sys.stdout.flush()
    subprocess.run([str(part) for part in command], check=True, stdin=subprocess.DEVNULL)


def output(*command):
    return subprocess.run([str(part) for part in command], check=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, text=True).stdout.strip()


RESULT = re.compile(r"^ *--- (PASS|FAIL|SKIP): ")
ENDED_WELL = re.compile(r"^ *--- (PASS|SKIP): ")
REMARK = re.compile(r"^ +\w+_test\.go:\d+: ")


def go_test(module, arguments, quiet=False, **environment):
    """Runs `go test -v` in a module; returns how many tests and subtests ended how. `quiet` shows failures only."""
    command = [output(HERE / "find_go"), "test", "-count=1", "-p", "2", "-timeout", "20m", "-v", *arguments]
    return tally(command, module, quiet, CGO_ENABLED="0", GOFLAGS="-buildvcs=false -mod=readonly", **environment)


def tally(command, folder, quiet=False, seconds=None, **environment):
    """Runs a program that says how each check ended as `go test -v` does; returns how many ended how. One that fails is shown
    whole. After so many seconds it is ended with all that it started, which is a failure."""
    variables = {**os.environ, **{name: str(value) for name, value in environment.items()}}
    process = subprocess.Popen([str(part) for part in command], cwd=folder, env=variables, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                               start_new_session=True)
    clock = threading.Timer(seconds or threading.TIMEOUT_MAX, end_group, [process])
    clock.daemon = True
    clock.start()
    ended, lines = {"PASS": 0, "FAIL": 0, "SKIP": 0}, []
    try:
        for line in process.stdout:
            lines.append(line)
            result = RESULT.match(line)
            if result:
                ended[result[1]] += 1
            shown = result or REMARK.match(line)
            if (shown and not quiet) or (result and result[1] == "FAIL"):
                print("  " + line, end="", flush=True)
        process.wait()
    finally:
        clock.cancel()
        end_group(process)
    if process.returncode or not sum(ended.values()):
        ended["FAIL"] = ended["FAIL"] or 1
        started = [line for line in lines if line.startswith("=== RUN")]
        print("".join(line for line in lines if not line.startswith("=== ") and not ENDED_WELL.match(line))[-20000:]
              + f"exit {process.returncode}; last begun: {started[-1] if started else 'nothing'}", flush=True)
    return ended


def end_group(process):
    """The program, if it still runs, and all of its session."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def suites(names, port):
    """Temporal's own persistence suites on this port, one entry point after the other: an iterator of go_test's sums."""
    for name in names:
        say(f"Temporal's suites {name} on port {port}")
        pattern = "/".join(f"^{part}$" for part in name.split("/"))
        yield go_test(HERE / "suites", ["-tags", "disable_grpc_modules,test_dep", "-run", pattern, "."], quiet=True,
                      POSTGRES_SEEDS="127.0.0.1", POSTGRES_PORT=port)


def verdict(results):
    """Prints the sum of what tally returned, and returns the exit status it deserves."""
    results = list(results)
    passed, failed, skipped = (sum(r[kind] for r in results) for kind in ("PASS", "FAIL", "SKIP"))
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""), flush=True)
    return 1 if failed or not passed else 0


SAMPLE = re.compile(r"^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


class Counters:
    """What a Prometheus address says at one moment."""

    def __init__(self, url):
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            self.text = answer.read().decode()
        self.samples = []
        for line in self.text.splitlines():
            found = SAMPLE.match(line)
            if found:
                self.samples.append((found[1], dict(LABEL.findall(found[2] or "")), float(found[3])))

    def sum(self, name, **labels):
        return int(sum(value for n, have, value in self.samples
                       if n == name and all(have.get(k) == v for k, v in labels.items())))

    def by(self, name, label):
        """Sums of one counter per value of a label."""
        sums = {}
        for n, have, value in self.samples:
            if n == name:
                sums[have.get(label, "")] = sums.get(have.get(label, ""), 0) + int(value)
        return sums

    def quantiles(self, name, wanted):
        """Upper bounds of these quantiles, from a histogram's buckets over all its series."""
        buckets = {}
        for n, have, value in self.samples:
            if n == f"{name}_bucket":
                buckets[float(have["le"])] = buckets.get(float(have["le"]), 0) + value
        bounds = sorted(buckets)
        total = buckets[bounds[-1]] if bounds else 0
        return {q: next(bound for bound in bounds if buckets[bound] >= q * total) for q in wanted} if total else {}
