"""`occam check` before a whole upstream in each of its kinds, and before one that fails in each way that an operator
meets: the step that fails, what it says to do, what is skipped because of it, and that no secret is told."""
import itertools
import json
import os
import shutil
import socket
import subprocess
import tempfile
import unittest
from pathlib import Path

import emulator_connect_test as door
import harness
import stack
import tls_case
import wire

STEPS = ["configuration", "certificates", "name", "credentials", "connection", "encryption", "log-in", "server", "clock",
         "locks", "schema", "assumptions", "round trip"]
SECRETS = [door.KEY, door.SECRET, door.SESSION, "X-Amz-Signature", "hunter2"]
RULES = ("tables:\n  shards: {share: auto, key: [shard_id]}\n  executions: {binary_keys: [run_id], columns: [run_id, v]}\n"
         "  passing: {transient: true}\n")
TABLES = ("CREATE TABLE {0}shards (shard_id int PRIMARY KEY, v int);"
          "CREATE TABLE {0}executions (run_id {1} PRIMARY KEY, v int)")


@unittest.skipIf(harness.DIRECT, "no Occam")
class Case(unittest.TestCase):
    numbers = itertools.count()

    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="occam-check-"))
        cls.folder.chmod(0o755)
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        cls.postgres = stack.Postgres(cls.folder / "postgres")
        cls.addClassCleanup(cls.postgres.stop)
        cls.postgres.start()

    @classmethod
    def folder_of_its_own(cls):
        folder = cls.folder / str(next(cls.numbers))
        folder.mkdir()
        return folder

    @classmethod
    def emulating(cls, *flags):
        program = stack.emulator(cls.folder_of_its_own(), cls.postgres.port, "--databases", "one", *flags)
        cls.addClassCleanup(program.end)
        return program.start()

    def config(self, port, server="aurora_dsql", rules=RULES, listeners=None, clients=None, **upstream):
        folder = self.folder_of_its_own()
        (folder / "rules.yaml").write_text(rules)
        made = {"listen": "127.0.0.1:0",
                "upstream": {"server": server, "host": "127.0.0.1", "port": port, "user": "temporal", "password": "hunter2",
                             "tls": {"mode": "disable"}, **upstream},
                "rewriter": {"rules": "rules.yaml"}, "listeners": listeners or {}, "tls": clients or {}}
        path = folder / "occam.yaml"
        path.write_text(json.dumps(made))
        return path

    def run_check(self, config, *flags, **variables):
        env = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "AWS_EC2_METADATA_DISABLED": "true", **variables}
        done = subprocess.run([stack.BIN / "occam", "check", "--config", str(config), *flags], env=env, capture_output=True,
                              text=True, timeout=120)
        for secret in SECRETS:
            self.assertNotIn(secret, done.stdout + done.stderr)
        return done

    def check(self, config, *flags, code=0, **variables):
        """{step: its findings as (verdict, text and advice)}, of the first listener."""
        done = self.run_check(config, "--json", *flags, **variables)
        self.assertEqual((done.returncode, done.stderr), (code, ""), done.stdout)
        said = json.loads(done.stdout)
        self.assertEqual(said["ok"], code == 0)
        steps = {}
        for step in said["listeners"][0]["steps"]:
            steps.setdefault(step["step"], []).append((step["verdict"], step["text"] + "; " + step.get("advice", "")))
        self.assertEqual(list(steps), STEPS)
        return steps

    def verdicts(self, steps):
        return {step: [verdict for verdict, _ in found] for step, found in steps.items()}

    def fails(self, config, step, *words, flags=(), **variables):
        """This step fails with these words; what was before it does not, and what needs it is skipped."""
        steps = self.check(config, *flags, code=1, **variables)
        seen = self.verdicts(steps)
        self.assertEqual(seen[step], ["FAIL"], steps)
        for word in words:
            self.assertIn(word, steps[step][0][1])
        place = STEPS.index(step)
        for before in STEPS[:place]:
            self.assertNotIn("FAIL", seen[before], steps)
            self.assertNotIn("skip", seen[before], steps)
        for after in STEPS[place + 1:]:
            self.assertEqual(seen[after], ["skip"], steps)


class Emulator(Case):
    """Without TLS and tokens."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plain = cls.emulating()
        cls.postgres.sql("CREATE SCHEMA temporal; CREATE SCHEMA bytes;" + TABLES.format("temporal.", "text") + ";"
                         + TABLES.format("bytes.", "bytea") + "; CREATE SCHEMA empty", "postgres")

    def test_all_is_well(self):
        steps = self.check(self.config(self.plain.port))
        seen = self.verdicts(steps)
        self.assertEqual(seen.pop("configuration"), ["warn", "warn"])  # no TLS, a fixed password
        self.assertEqual(seen.pop("schema"), ["ok", "ok"])
        self.assertEqual(set(itertools.chain(*seen.values())), {"ok"}, steps)
        self.assertIn("FOR KEY SHARE on shards", steps["locks"][0][1])
        self.assertIn("server_version 16.15", steps["log-in"][0][1])

    def test_as_text(self):
        done = self.run_check(self.config(self.plain.port))
        lines = done.stdout.splitlines()
        self.assertRegex(lines[0], r"^listener main: 127\.0\.0\.1:0 leads to aurora_dsql at 127\.0\.0\.1:\d+$")
        for line in lines[1:-1]:
            self.assertRegex(line, r"^  (ok|warn|FAIL|skip) +(" + "|".join(STEPS) + r") +\S")
        self.assertRegex(lines[-1], r"^\d+ ok, 2 warn, 0 FAIL, 0 skip$")

    def test_what_cannot_be_tried_is_listed(self):
        found = self.check(self.config(self.plain.port), "--verbose")["assumptions"]
        kinds = [verdict for verdict, _ in found]
        self.assertEqual(set(kinds), {"ok", "unproven"}, found)
        self.assertGreater(kinds.count("unproven"), 10)

    def test_only_the_scratch_table_is_made(self):
        self.check(self.config(self.plain.port))
        self.assertEqual(self.postgres.sql("SELECT string_agg(relname, ',') FROM pg_class WHERE relkind = 'r' AND "
                                           "relnamespace = 'public'::regnamespace", "postgres"), "occam_probe")
        self.assertEqual(self.postgres.sql("SELECT count(*) FROM public.occam_probe", "postgres"), "0")

    def test_schemas_that_are_not_as_they_should_be(self):
        for database, words in (("nowhere", ('database "nowhere" does not exist', "temporal-sql-tool create-database")),
                                ("empty", ("none of the tables", "temporal-sql-tool through Occam")),
                                ("bytes", ("executions.run_id is bytea", "make the schema through Occam"))):
            with self.subTest(database):
                found = self.check(self.config(self.plain.port), "--database", database, code=1)["schema"]
                self.assertEqual(found[-1][0], "FAIL")
                for word in words:
                    self.assertIn(word, found[-1][1])

    def test_it_is_no_plain_postgresql(self):
        steps = self.check(self.config(self.plain.port, server="postgresql"), code=1)
        self.assertEqual(steps["server"][0][0], "FAIL")
        self.assertIn("set upstream.server: aurora_dsql", steps["server"][0][1])
        self.assertEqual(steps["locks"][0][0], "skip")

    def test_nobody_to_log_in_as(self):
        config = self.config(self.plain.port, user="")
        self.fails(config, "credentials", "--user")
        self.check(config, "--user", "temporal")

    def test_wrong_port_and_name(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            free = taken.getsockname()[1]
        self.fails(self.config(free), "connection", "Connection refused", "upstream.port")
        self.fails(self.config(free, host="nowhere.invalid"), "name", "nowhere.invalid does not resolve", "upstream.host")

    def test_a_cluster_that_sleeps(self):
        waking = self.emulating("--inject", "waking:first=1")
        self.assertIn("woke up at try 2", self.check(self.config(waking.port))["log-in"][0][1])
        asleep = self.emulating("--inject", "waking:every=1")
        self.fails(self.config(asleep.port), "log-in", "waking up cluster", "check again")

    def test_connected_to_too_fast(self):
        slow = self.emulating("--limits-connects-per-second", "0.001", "--limits-connect-burst", "1")
        steps = self.check(self.config(slow.port), code=1)  # one connection is all there is
        self.assertIn("rate exceeded", steps["locks"][0][1])
        self.fails(self.config(slow.port), "log-in", "rate exceeded", "pool.connects_per_second")

    def test_a_token_that_has_expired(self):
        """In DSQL's words; the emulator judges by this machine's clock, which is right."""
        told = (b"SFATAL\0VFATAL\0C28000\0Munable to accept connection, access denied\0"
                b"HSignature expired: 20260102T030405Z is now earlier than 20260102T031905Z (20260102T033405Z - 15 min.)\0\0")
        script = tls_case.Script(lambda line: (line.recv(4096), line.sendall(wire.message("E", told)))[2:] or None)
        self.addCleanup(script.close)
        self.fails(self.config(script.port), "log-in", "access denied (Signature expired", "this machine's clock is", "by NTP")

    def test_a_connection_that_is_lost(self):
        """Behind the log-in; with the server's last words, if it had any."""
        ready = wire.message("R", bytes(4)) + wire.message("Z", b"I")
        ended = wire.message("E", b"SFATAL\0VFATAL\0C57P01\0Mterminating connection\0\0")
        for last, words in ((b"", "it closed the connection"), (ended, "it ended the session: 57P01 terminating connection")):
            def part(line, last=last):
                line.recv(4096)
                line.sendall(ready)
                line.recv(4096)
                line.sendall(last)
                line.shutdown(socket.SHUT_WR)
            with self.subTest(words):
                script = tls_case.Script(part)
                self.addCleanup(script.close)
                self.fails(self.config(script.port), "server", "the connection was lost: " + words)

    def test_key_share_that_does_not_fence(self):
        found = self.check(self.config(self.emulating("--key-share-fences", "off").port))["locks"]
        self.assertEqual(found[0][0], "warn")
        self.assertIn("FOR UPDATE on shards", found[0][1])
        found = self.check(self.config(self.emulating("--dialect", "2025").port), code=1)["locks"]
        self.assertIn("set rewriter.dialect: 2025, or auto", found[0][1])

    def test_listeners(self):
        other = {"other": {"listen": "127.0.0.1:0", "upstream": {"server": "postgresql", "port": 1, "user": "temporal"}}}
        config = self.config(self.plain.port, listeners=other)
        self.assertEqual(len(json.loads(self.run_check(config, "--json").stdout)["listeners"]), 2)
        done = self.run_check(config, "--listener", "main")
        self.assertEqual((done.returncode, done.stdout.count("listener ")), (0, 1), done.stdout)

    def test_usage(self):
        bad = self.folder_of_its_own() / "occam.yaml"
        bad.write_text("upstreem: {}\n")
        for config, flags, words in ((bad, (), "upstreem"), (self.config(1), ("--listener", "x"), "no listener 'x'"),
                                     (self.config(1), ("--nonsense",), "--help")):
            done = self.run_check(config, *flags)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn(words, done.stderr)
        done = self.run_check(bad, "--help")
        self.assertEqual(done.returncode, 0)
        self.assertIn("Examples:", done.stdout)


class Plain(Case):
    """A PostgreSQL of its own, since the emulator leaves its sys.jobs there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.postgres.sql("CREATE DATABASE temporal", "postgres")
        cls.postgres.sql(TABLES.format("", "bytea"))

    def test_all_is_well(self):
        steps = self.check(self.config(self.postgres.port, server="postgresql"))
        seen = self.verdicts(steps)
        self.assertEqual(seen.pop("assumptions"), ["skip"])
        self.assertEqual(set(itertools.chain(*seen.values())), {"ok"}, steps)

    def test_temporals_own_schema_and_rules(self):
        """None of its tables is missed, and so none of its rules is for a table that there is not."""
        self.postgres.sql("CREATE DATABASE whole", "postgres")
        self.postgres.sql((stack.ROOT / "tests/traces/temporal_schema.sql").read_text(), "whole")
        rules = (stack.ROOT / "config/temporal.yaml").read_text()
        config = self.config(self.postgres.port, server="postgresql", rules=rules)
        self.assertEqual(self.verdicts(self.check(config, "--database", "whole"))["schema"], ["ok"])
        self.postgres.sql("DROP TABLE shards", "whole")
        found, = self.check(config, "--database", "whole")["schema"]
        self.assertEqual(found[0], "warn")
        self.assertIn("missing: shards; ", found[1])

    def test_it_is_no_dsql(self):
        steps = self.check(self.config(self.postgres.port), code=1)
        self.assertIn("it has no sys.jobs", steps["server"][0][1])
        for step in ("locks", "assumptions"):
            self.assertEqual(steps[step][0][0], "skip")


class Secured(Case):
    """The emulator with TLS and tokens, as DSQL has them."""
    keys = {"AWS_ACCESS_KEY_ID": door.KEY, "AWS_SECRET_ACCESS_KEY": door.SECRET, "AWS_SESSION_TOKEN": door.SESSION}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.authority = tls_case.Authority(cls.folder / "tls", "test-ca")
        cls.strange = tls_case.Authority(cls.folder / "tls", "strange-ca")
        cls.certificate, cls.key = cls.authority.sign("server", f"DNS:{door.HOST}")
        cls.dsql = cls.emulating(
            "--tls-certificate", cls.certificate, "--tls-key", cls.key, "--iam-access-key", door.KEY, "--iam-secret-key",
            door.SECRET, "--iam-session-token", door.SESSION)
        cls.postgres.sql("CREATE ROLE app LOGIN SUPERUSER; CREATE SCHEMA temporal;" + TABLES.format("temporal.", "text"), "postgres")

    def secured(self, authentication="iam", clients=None, **tls):
        password = {"password": ""} if authentication == "iam" else {}
        words = {"mode": "verify-full", "ca": str(self.authority.file), "server_name": door.HOST, **tls}
        return self.config(self.dsql.port, clients=clients, user="app", authentication=authentication, tls=words, **password)

    def test_all_is_well(self):
        steps = self.check(self.secured(), **self.keys)
        self.assertEqual(set(itertools.chain(*self.verdicts(steps).values())), {"ok"}, steps)
        self.assertIn("from environment; region us-east-1; a token for app lives 15m", steps["credentials"][0][1])
        for words in ("TLSv1.3, ", "signed by CN=test-ca", "ALPN postgresql", "verified by upstream.tls.ca and for its name"):
            self.assertIn(words, steps["encryption"][0][1])

    def test_direct_negotiation(self):
        self.check(self.secured(negotiation="direct"), **self.keys)

    def test_verified_less(self):
        steps = self.check(self.secured(mode="verify-ca", server_name=door.HOST), **self.keys)
        self.assertIn("weaker than verify-full", steps["configuration"][0][1])
        self.assertIn("but not for its name", steps["encryption"][0][1])

    def test_wrong_authority_and_name(self):
        self.fails(self.secured(ca=str(self.strange.file)), "encryption", "its certificate is not accepted", "upstream.tls.ca",
                   **self.keys)
        self.fails(self.secured(server_name="b" + door.HOST[1:]), "encryption", "its certificate is for", "server_name",
                   **self.keys)

    def test_files_that_are_not_there(self):
        steps = self.check(self.secured(ca="gone.pem"), code=1, **self.keys)
        self.assertEqual(steps["certificates"][0][0], "FAIL")
        self.assertIn("gone.pem cannot be read", steps["certificates"][0][1])
        self.assertEqual(steps["connection"], [("skip", "the files of upstream.tls cannot be used; ")])

    def test_what_clients_are_shown(self):
        def shown(label, days):
            certificate, key = self.authority.sign(label, "DNS:occam.example", days=days)
            return {"mode": "require", "certificate": str(certificate), "key": str(key)}
        for days, verdict, words in ((30, "ok", "days left"), (5, "warn", "send SIGHUP")):
            found = self.check(self.secured(clients=shown(f"days-{days}", days)), **self.keys)["certificates"]
            self.assertEqual([one for one, _ in found], [verdict], found)
            self.assertIn("tls.certificate is for occam.example", found[0][1])
            self.assertIn(words, found[0][1])
        found = self.check(self.secured(clients=shown("expired", -1)), code=1, **self.keys)["certificates"]
        self.assertIn("has expired", found[0][1])
        # The upstream is looked at all the same.
        steps = self.check(self.secured(clients={**shown("whole", 30), "key": "gone.key"}), code=1, **self.keys)
        self.assertIn("tls: the key ", steps["certificates"][0][1])
        self.assertEqual(self.verdicts(steps)["certificates"], ["FAIL"])
        self.assertEqual(steps["round trip"][0][0], "ok")

    def test_occams_own_certificate(self):
        certificate, key = self.authority.sign("client", "DNS:occam.example", days=20)
        steps = self.check(self.secured(certificate=str(certificate), key=str(key)), **self.keys)
        self.assertEqual(steps["certificates"][0][0], "ok")
        self.assertRegex(steps["certificates"][0][1],
                         "upstream.tls.certificate is for occam.example, signed by CN=test-ca, (19|20) days left")

    def test_wrong_secret(self):
        self.fails(self.secured(), "log-in", "access denied", "dsql:DbConnect on the cluster", "AWS IAM GRANT app TO",
                   **{**self.keys, "AWS_SECRET_ACCESS_KEY": "wrong/secret+EXAMPLE/of/forty/characters"})

    def test_no_credentials(self):
        self.fails(self.secured(), "credentials", "no AWS credentials: environment: AWS_ACCESS_KEY_ID is not set")

    def test_a_password_where_a_token_is_wanted(self):
        self.fails(self.secured("password"), "log-in", "access denied", "upstream.authentication: iam")

    def test_no_password(self):
        config = self.config(self.dsql.port, user="app", password="", tls={
            "mode": "verify-full", "ca": str(self.authority.file), "server_name": door.HOST})
        self.fails(config, "log-in", "the server asks for a password and none is configured", "set upstream.password")


if __name__ == "__main__":
    harness.main()
