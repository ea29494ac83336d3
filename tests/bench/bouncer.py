"""PgBouncer before a PostgreSQL, as deploy/stack.py has our own programs: started until it accepts clients, ended by its pid.
Debian's, never as root, in a folder of its own on a free port of 127.0.0.1."""
import os
import re
import shutil
import socket
import subprocess
import time

START_SECONDS = 30
UP = "process up"
CONFIG = """[databases]
temporal = host=127.0.0.1 port={upstream} dbname=temporal user=temporal
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
max_client_conn = {clients}
default_pool_size = {connections}
log_connections = 0
log_disconnections = 0
{more}"""


class DidNotStart(Exception):
    pass


def program():
    found = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    if not found:
        raise DidNotStart("there is no PgBouncer: deploy/install-packages bench installs it")
    return found


def version():
    said = subprocess.run([program(), "--version"], capture_output=True, text=True, check=True).stdout
    return tuple(int(part) for part in re.search(r"PgBouncer (\d+)\.(\d+)", said).groups())


class PgBouncer:
    name = "pgbouncer"

    def __init__(self, folder, upstream, clients, connections):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.keeps_statements = version() >= (1, 21)
        self.config, self.log = folder / "pgbouncer.ini", folder / "pgbouncer.log"
        self.config.write_text(CONFIG.format(
            upstream=upstream, port=self.port, clients=clients, connections=connections,
            more="max_prepared_statements = 200\n" if self.keeps_statements else ""))
        self.process = None

    @property
    def pid(self):
        return self.process.pid

    def start(self):
        other = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.getuid() == 0 else {}
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen([program(), str(self.config)], stdin=subprocess.DEVNULL, stdout=log, stderr=log, **other)
        deadline = time.monotonic() + START_SECONDS
        while UP not in self.log.read_text(errors="replace"):
            try:
                self.process.wait(timeout=0.02)
            except subprocess.TimeoutExpired:
                pass
            if self.process.returncode is not None or time.monotonic() > deadline:
                self.end()
                raise DidNotStart(f"pgbouncer did not start: {self.log.read_text(errors='replace')[-500:]}")
        return self

    def end(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
