"""The three servers that the quick start and the end-to-end tests stand on: a private PostgreSQL, the
emulator and Occam, each on a free port of 127.0.0.1. Standard library only. Knows how to start and end
them, by process id; knows nothing of what is asked of them."""
import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(os.environ.get("OCCAM_BIN") or ROOT / "build/release/bin")
PRIVATE_POSTGRES = ROOT / "tests/temporal/private_postgres"
READY = re.compile(r"^(\w+) on ([\w.]+):(\d+)$", re.M)
START_SECONDS = 60


class DidNotStart(Exception):
    pass


class Postgres:
    """PostgreSQL 15 under `folder`, superuser temporal, no password asked."""

    def __init__(self, folder, **settings):
        self.folder = Path(folder)
        self.settings = [f"{key}={value}" for key, value in settings.items()]
        self.port = None

    def start(self):
        done = subprocess.run([str(PRIVATE_POSTGRES), "start", str(self.folder), *self.settings],
                              capture_output=True, text=True)
        if done.returncode:
            raise DidNotStart(f"PostgreSQL did not start: {done.stderr.strip()}")
        self.port = int(done.stdout.split()[-1])
        return self

    def stop(self):
        subprocess.run([str(PRIVATE_POSTGRES), "stop", str(self.folder)], check=False,
                       capture_output=True)

    def dsn(self, database="temporal"):
        return uri(self.port, database)

    def sql(self, text, database="temporal"):
        return sql(self.port, text, database)

    def columns(self, database):
        """{table: its columns, as a SELECT lists them} of a database with Temporal's schema. Without the id of a buffered
        event: it is the server's to choose."""
        found = self.sql("SELECT table_name, string_agg(column_name, ', ' ORDER BY ordinal_position) FROM information_schema.columns "
                         "WHERE table_schema = 'public' AND (table_name, column_name) <> ('buffered_events', 'id') "
                         "GROUP BY table_name", database)
        return dict(line.split("|") for line in found.splitlines())


class Program:
    """One of our own programs. `port` is where it is ready, `ports` all it said (ready, admin, metrics)."""

    def __init__(self, name, arguments, folder, expects=("ready",), env=None):
        self.name, self.expects = name, expects
        self.out, self.log = Path(folder) / f"{name}.out", Path(folder) / f"{name}.log"
        self.command = [str(BIN / name), *map(str, arguments)]
        self.env = {**os.environ, **(env or {})}
        self.process, self.ports = None, {}

    def start(self):
        with open(self.out, "wb") as out, open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=out,
                                            stderr=log, env=self.env, start_new_session=True)
        deadline = time.monotonic() + START_SECONDS
        while not set(self.expects) <= set(self.ports):
            try:
                # Wakes at once when the program dies, and looks again at what it said otherwise.
                self.process.wait(timeout=0.02)
            except subprocess.TimeoutExpired:
                pass
            self.ports = {word: int(port) for word, _, port in READY.findall(self.out.read_text())}
            if self.process.returncode is not None or time.monotonic() > deadline:
                self.end()
                tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-10:])
                raise DidNotStart(f"{self.name} did not become ready: {tail or 'it said nothing'}")
        return self

    @property
    def port(self):
        return self.ports["ready"]

    @property
    def pid(self):
        return self.process.pid

    def resident_kib(self):
        return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{self.pid}/status").read_text())[1])

    def end(self, seconds=40):
        """SIGTERM, then SIGKILL. The exit code, negative for a signal."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        return self.process.returncode


def sql(port, text, database="temporal"):
    """Runs SQL statement by statement; rows as lines, columns parted by |. Raises with the server's text."""
    done = subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", uri(port, database), "-f", "-"],
                          input=text, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr.strip())
    return done.stdout.strip()


def uri(port, database="temporal"):
    return f"postgresql://temporal:temporal@127.0.0.1:{port}/{database}"


def emulator(folder, postgres_port, *flags):
    return Program("dsql-emulator", [
        "--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0", "--databases", "any",
        "--postgres", f"postgres://temporal:temporal@127.0.0.1:{postgres_port}", *flags],
        folder, expects=("ready", "metrics"))


def occam(folder, upstream_port, settings=None, env=None):
    """`settings` is merged over the defaults, section by section. JSON is YAML. `env` is added to its environment."""
    config = {"listen": "127.0.0.1:0", "admin": {"listen": "127.0.0.1:0"},
              "upstream": {"server": "postgresql", "host": "127.0.0.1", "port": upstream_port, "user": "temporal",
                           "password": "temporal", "tls": {"mode": "disable"}},
              "rewriter": {"rules": str(ROOT / "config/temporal.yaml")}}
    for key, value in (settings or {}).items():
        if isinstance(value, dict):
            config[key] = {**config.get(key, {}), **value}
        else:
            config[key] = value
    path = Path(folder) / "occam.yaml"
    path.write_text(json.dumps(config, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return Program("occam", ["serve", "--config", path], folder, expects=("ready", "admin"), env=env)
