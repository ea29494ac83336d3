"""Aurora DSQL as strict as it is with connections, and one Occam for both of Temporal's stores: TLS verified against an authority of
its own, a server's name, IAM tokens, few connects in a second, and every session cut when it is old. What must hold then: no
connect above the budget, none refused, and Temporal none the wiser. Knows nothing of the workload."""
import contextlib
import sys

import servers

sys.path.insert(0, str(servers.ROOT / "tests/e2e"))
import tls_case  # noqa: E402  the path above leads to it

HOST = "abcdefghijklmnopqrst123456.dsql.us-east-1.on.aws"
KEY, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
LIFETIME = 15  # seconds of Occam's connections, less up to 3
AGE = 20  # seconds until the emulator cuts a session
# Occam's share, and what the cluster takes: a little more, since connects bunch on their way, and less than CONNECTIONS at once.
PER_SECOND, BURST = 4, 8
TAKEN_PER_SECOND, TAKEN_BURST = 6, 12
LATE = 0.5  # seconds that TLS may take of a connect, so that a second sees some of the next one's
CONNECTIONS = 20
# How Occam behaves that has no budget: then connects must be seen to be refused.
STORM = {"connects_per_second": 1000, "connect_burst": 1000, "reserve": CONNECTIONS}


@contextlib.contextmanager
def dsql(home, postgres_port, options):
    """The emulator and Occam before it; Occam's port "visibility" leads to the plain PostgreSQL."""
    authority = tls_case.Authority(home / "tls", "rig-ca")
    certificate, key = authority.sign("server", f"DNS:{HOST}")
    strict = ("--databases", "one", "--tls-certificate", certificate, "--tls-key", key,
              "--iam-access-key", KEY, "--iam-secret-key", SECRET, "--iam-host", HOST, "--iam-region", "us-east-1",
              "--limits-connects-per-second", TAKEN_PER_SECOND, "--limits-connect-burst", TAKEN_BURST, "--limits-session-age-s", AGE)
    keys = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_EC2_METADATA_DISABLED": "true"}
    with servers.emulator(home, postgres_port, options.inject, *strict) as behind:
        with servers.occam(home, behind.port, settings(authority, postgres_port, options), keys) as before:
            yield behind, before


def settings(authority, postgres_port, options):
    pool = {"mode": "transaction", "connections": CONNECTIONS, "lifetime": f"{options.lifetime}s", "lifetime_jitter": "3s",
            "connects_per_second": PER_SECOND, "connect_burst": BURST, **(STORM if options.storm else {})}
    return {"upstream": {"server": "aurora_dsql", "user": "admin", "password": "", "authentication": "iam",
                         "tls": {"mode": "verify-full", "ca": str(authority.file), "server_name": HOST}},
            "pool": pool,
            "listeners": {"visibility": {
                "listen": servers.address(0), "rewriter": {"enabled": False},
                "upstream": {"server": "postgresql", "host": "127.0.0.1", "port": postgres_port, "user": "temporal",
                             "password": "temporal", "tls": {"mode": "disable"}}}}}


def is_cut(options):
    """Whether connections are meant to be cut under Occam, rather than retired before."""
    return options.connections and options.lifetime >= AGE


def judge_dsql(judge, home, emulator, occam, options):
    connects, peak = emulator.sum("dsql_emulator_connects_total"), emulator.sum("dsql_emulator_connects_peak")
    refused = {why: n for why, n in emulator.by("dsql_emulator_connections_refused_total", "reason").items() if n}
    cut = emulator.by("dsql_emulator_cuts_total", "reason").get("age", 0)
    made = occam.by("occam_upstream_connects_total", "result")
    print(f"  connects to the emulator {connects}, at most {peak} in any second; sessions cut at {AGE} s: {cut}; Occam's own count, with "
          f"the visibility store's: {made}")
    if options.storm:
        judge.check(refused.get("rate"), f"without a budget connects are refused: {refused}")
        return
    judge.check(peak <= BURST + PER_SECOND * (1 + LATE), f"connects in any second: {peak}, the budget is {BURST} + {PER_SECOND}, {LATE} s late at most")
    judge.check(not refused, f"no connect was refused {refused or ''}")
    judge.check(connects > CONNECTIONS, f"connections came and went: {connects} connects for at most {CONNECTIONS} at a time")
    if is_cut(options):
        judge.check(cut, f"sessions were cut under Occam: {cut}")
    else:
        judge.check(not cut, f"all were retired before they would have been cut; {cut} were not")
    told = [path.name for path in sorted(home.rglob("*.log")) if SECRET in path.read_text(errors="replace")]
    judge.check(not told, f"no log has the secret key {told or ''}")
