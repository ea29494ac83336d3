"""Who may come in: clients that must prove their password, by libpq, psql and by hand; what they hear when they
cannot; and that neither the log nor the upstream ever sees what they know."""
import base64
import hashlib
import hmac
import os
import signal
import socket
import subprocess
import threading
import unittest

import psycopg2

import harness
import stack
import wire

USERS = {
    "temporal": "temporal",
    "alice": "two words",
    'he said "no"': "quo\"te's \\ $ % : =",
    "line\nbreak": "tab\tand\nline",
    "naïve \N{ELEPHANT}": "pässwört \N{SNOWMAN}",
}
SECRETS = [secret for name, secret in USERS.items() if name != "temporal"]  # that is the database's name too
NONCE = "rOprNGfwEbeRWgbNEkqO"


def sasl_initial(text, mechanism="SCRAM-SHA-256"):
    raw = text.encode()
    return wire.message("p", wire.text(mechanism) + len(raw).to_bytes(4, "big") + raw)


def proof(client_first_bare, server_first, binding, password):
    """The client-final-message, by Python's own arithmetic."""
    words = dict(part.split("=", 1) for part in server_first.split(","))
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), base64.b64decode(words["s"]), int(words["i"]))
    client_key = hmac.digest(salted, b"Client Key", "sha256")
    bare = f"c={binding},r={words['r']}"
    signed = f"{client_first_bare},{server_first},{bare}".encode()
    signature = hmac.digest(hashlib.sha256(client_key).digest(), signed, "sha256")
    return f"{bare},p={base64.b64encode(bytes(a ^ b for a, b in zip(client_key, signature))).decode()}"


class Stranger(wire.Client):
    """A client that goes through the dialogue by hand, as far as it is told."""

    def __init__(self, port, user="alice"):
        super().__init__(port, log_in=False)
        self.send(wire.startup(user=user))

    def begin(self, header="n,,"):
        """Up to the server's challenge, which it returns."""
        kind, body = self.receive()
        assert (kind, body) == ("R", b"\0\0\0\x0aSCRAM-SHA-256\0\0"), (kind, body)
        self.send(sasl_initial(f"{header}n=,r={NONCE}"))
        kind, body = self.receive()
        assert kind == "R" and body[:4] == b"\0\0\0\x0b", (kind, body)
        return body[4:].decode()

    def prove(self, password, header="n,,", binding="biws"):
        challenge = self.begin(header)
        self.send(wire.message("p", proof(f"n=,r={NONCE}", challenge, binding, password).encode()))
        return self

    def silent(self):
        """Nothing has been said to it, and it was not closed."""
        self.socket.setblocking(False)
        try:
            return self.socket.recv(1, socket.MSG_PEEK) is None
        except BlockingIOError:
            return True
        finally:
            self.socket.settimeout(wire.TIMEOUT)


class Door(harness.Case):
    def fresh(self, users=None, upstream=None, **settings):
        folder = self.enterContext(harness.tempfile.TemporaryDirectory(prefix="occam-door-"))
        program = stack.occam(folder, upstream or self.postgres.port, {"users": users or USERS, **settings})
        self.addCleanup(program.end)
        return program.start()

    def stranger(self, port=None, user="alice"):
        client = Stranger(port or self.port, user)
        self.addCleanup(client.close)
        return client

    def log_in(self, user, password, port=None):
        connection = psycopg2.connect(host="127.0.0.1", port=port or self.port, dbname="temporal", user=user,
                                      password=password)
        self.addCleanup(connection.close)
        return connection

    def asked(self, connection, sql="SELECT 1"):
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchone()[0]

    def await_errors(self, wanted, kind, program):
        """So many sessions were counted; a client hears its refusal just before."""
        def counted():
            return harness.metric(program.ports["admin"], "occam_session_errors_total", kind=kind)
        while counted() < wanted:
            pass
        self.assertEqual(counted(), wanted)

    def assert_ends(self, client, code, text=""):
        answer = client.until_closed()
        self.assertEqual([code], wire.errors(answer), answer)
        error = wire.fields(answer[-1][1])
        self.assertEqual(error["S"], "FATAL")
        self.assertIn(text, error["M"])
        return error


@unittest.skipIf(harness.DIRECT, "Occam's own users")
class Authentication(Door):
    settings = {"users": USERS, "log": {"level": "debug"},
                "limits": {"login_failure_delay": "50ms", "message_bytes": "1MiB"}}

    @classmethod
    def tearDownClass(cls):
        written = cls.occam.log.read_text() + cls.occam.out.read_text()
        super().tearDownClass()
        for secret in SECRETS + ["SCRAM-SHA-256$", "open-sesame", "guess"]:
            if secret in written:
                raise AssertionError(f"Occam wrote a secret: {secret}")
        if 'password authentication failed' not in written:
            raise AssertionError("nothing was written at all")

    def refused(self, user, password):
        with self.assertRaises(psycopg2.OperationalError) as caught:
            self.log_in(user, password)
        return str(caught.exception)

    def test_whoever_knows_the_password_comes_in(self):
        for user, password in USERS.items():
            with self.subTest(user=user):
                self.assertEqual(self.asked(self.log_in(user, password)), 1)

    def test_a_wrong_password_and_an_unknown_user_hear_the_same(self):
        before = self.metric("occam_session_errors_total", kind="authentication_failed")
        for user, password in (("alice", "guess"), ("alice", "two word"), ("nobody", "two words"),
                               ("Alice", "two words"), ("line", "guess"), ("nobody\nat all", "guess")):
            with self.subTest(user=user):
                self.assertIn(f'FATAL:  password authentication failed for user "{user}"',
                              self.refused(user, password))
        self.await_errors(before + 6, "authentication_failed", self.occam)

    def test_nothing_tells_an_unknown_user_from_a_known_one(self):
        challenges = {user: [self.stranger(user=user).begin() for _ in range(2)] for user in ("alice", "nobody", "x")}
        for user, (first, second) in challenges.items():
            with self.subTest(user=user):
                # Fresh nonces over one salt, as long and as often as everybody's.
                self.assertNotEqual(first.split(",")[0], second.split(",")[0])
                self.assertEqual(first.split(",")[1:], second.split(",")[1:])
                self.assertEqual(len(first), len(challenges["alice"][0]))
                self.assertEqual(first.split(",")[2], "i=4096")
        salts = {challenge[0].split(",")[1] for challenge in challenges.values()}
        self.assertEqual(len(salts), len(challenges))
        errors = {user: self.assert_ends(self.stranger(user=user).prove("guess"), "28P01")
                  for user in ("alice", "nobody")}
        self.assertEqual(errors["nobody"], {**errors["alice"], "M": errors["alice"]["M"].replace("alice", "nobody")})

    def test_psql_with_a_password_without_and_with_a_wrong_one(self):
        command = ["psql", "-XAtw", "-h", "127.0.0.1", "-p", str(self.port), "-U", "alice", "-c", "SELECT 42",
                   "temporal"]
        for password, code, text in (("two words", 0, "42"), ("guess", 2, 'failed for user "alice"'),
                                     (None, 2, "no password supplied")):
            with self.subTest(password=password):
                env = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
                if password:
                    env["PGPASSWORD"] = password
                done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=env)
                self.assertEqual(done.returncode, code, done.stderr)
                self.assertIn(text, done.stdout + done.stderr)

    def test_a_client_that_has_channel_binding_and_misses_it(self):
        # What libpq says over TLS to a server without SCRAM-SHA-256-PLUS.
        client = self.stranger().prove("two words", header="y,,", binding="eSws")
        answer = client.until_ready()
        self.assertEqual([body[:4] for kind, body in answer if kind == "R"], [b"\0\0\0\x0c", b"\0\0\0\0"])
        self.assertEqual(wire.rows(client.ask(wire.query("SELECT 3"))), [["3"]])

    def test_what_follows_the_proof_at_once_is_the_sessions(self):
        client = self.stranger()
        challenge = client.begin()
        long = "SELECT 7 -- " + "x" * 100_000  # longer than anything before the proof may be
        client.send(wire.message("p", proof(f"n=,r={NONCE}", challenge, "biws", "two words").encode()),
                    wire.query("SELECT 6"), wire.query(long))
        answer = client.until_ready(3)
        self.assertEqual(wire.rows(answer), [["6"], ["7"]])

    def test_what_breaks_the_dialogue(self):
        cases = [
            (wire.message("p", b"md5f5e3b2e1d3c0a9f8b7a6958473625140\0"), "08P01", "SASL authentication mechanism"),
            (wire.message("p", b"open-sesame\0"), "08P01", "SASL authentication mechanism"),
            (sasl_initial("p=tls-server-end-point,,n=,r=x", "SCRAM-SHA-256-PLUS"), "08P01", "mechanism"),
            (sasl_initial("p=tls-server-end-point,,n=,r=x"), "08P01", "channel binding"),
            (sasl_initial("n,a=temporal,n=,r=x"), "0A000", "authorization identity"),
            (sasl_initial(""), "08P01", "empty"),
            (wire.query("SELECT 1"), "08P01", "expected SASL response"),
            (wire.message("p", b"x" * 1025), "08P01", "longer than the limit"),
            (b"p\0\0\0\0", "08P01", "length"),
        ]
        for sent, code, text in cases:
            with self.subTest(sent=sent):
                client = self.stranger()
                client.send(sent)
                self.assertEqual(client.receive()[0], "R")
                error = self.assert_ends(client, code, text)
                if b"md5" in sent:
                    self.assertIn("SCRAM-SHA-256", error["H"])

    def test_the_greeting_and_its_answer_in_one_packet(self):
        client = wire.Client(self.port, log_in=False)
        self.addCleanup(client.close)
        client.send(wire.startup(user="alice"), wire.query("SELECT 1"))  # a client that expects to be trusted
        self.assertEqual(client.receive()[0], "R")
        self.assert_ends(client, "08P01", "expected SASL response")

    def test_a_cancel_request_needs_no_password(self):
        connection = self.log_in("alice", "two words")
        outcome = []

        def sleep():
            try:
                outcome.append(self.asked(connection, "SELECT pg_sleep(60)"))
            except psycopg2.errors.QueryCanceled:
                outcome.append("cancelled")

        sleeper = threading.Thread(target=sleep)
        sleeper.start()
        while not outcome and self.postgres.sql(
                "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'") == "0":
            pass
        connection.cancel()
        sleeper.join(wire.TIMEOUT)
        self.assertEqual(outcome, ["cancelled"])

    def test_a_verifier_out_of_pg_authid(self):
        self.postgres.sql("CREATE ROLE borrowed LOGIN PASSWORD 'from postgres'")
        verifier = self.postgres.sql("SELECT rolpassword FROM pg_authid WHERE rolname = 'borrowed'")
        self.assertTrue(verifier.startswith("SCRAM-SHA-256$"))
        program = self.fresh({"borrowed": verifier})
        self.assertEqual(self.asked(self.log_in("borrowed", "from postgres", program.port)), 1)
        with self.assertRaisesRegex(psycopg2.OperationalError, "password authentication failed"):
            self.log_in("borrowed", verifier, program.port)
        self.assertNotIn(verifier[20:], program.log.read_text())

    def test_mistakes_in_the_configuration_do_not_show_the_secret(self):
        folder = self.enterContext(harness.tempfile.TemporaryDirectory(prefix="occam-door-"))
        for wrong, advice in (("SCRAM-SHA-256$4096:c2VjcmV0$c2VjcmV0:c2VjcmV0", "write SCRAM-SHA-256$4096:<salt>"),
                              ("md5f5e3b2e1d3c0a9f8b7a6958473625140", "write a password or"),
                              ("${se-cret c2VjcmV0}", "environment variable")):
            with self.subTest(wrong=wrong):
                program = stack.occam(folder, 1, {"users": {"alice": wrong}})
                done = subprocess.run(program.command, capture_output=True, text=True, timeout=60)
                self.assertEqual(done.returncode, 2)
                self.assertIn("users.alice", done.stderr)
                self.assertIn(advice, done.stderr)
                self.assertNotIn("c2VjcmV0", done.stderr + done.stdout)
                self.assertNotIn("f5e3", done.stderr + done.stdout)


@unittest.skipIf(harness.DIRECT, "Occam's own users")
class Patience(Door):
    """Wrong passwords wait for half a minute here, so whatever is seen is seen while they wait."""
    settings = {"users": USERS, "limits": {"clients": 40, "login_timeout": "60s", "login_failure_delay": "30s"}}

    def test_guesses_wait_and_the_others_do_not(self):
        guesses = [self.stranger().prove("guess") for _ in range(30)]
        for _ in range(3):
            self.assertEqual(self.asked(self.log_in("alice", "two words")), 1)
        self.assertTrue(all(guess.silent() for guess in guesses))
        # Each holds one of the 40 places, whether it waits for its answer or not.
        guesses += [self.stranger().prove("guess") for _ in range(7)]
        for guess in guesses[:20]:
            guess.close()
        late = wire.Client(self.port, log_in=False)
        self.addCleanup(late.close)
        late.send(wire.startup(user="alice"))
        self.assert_ends(late, "53300")

    def test_a_drain_does_not_wait_for_guesses(self):
        program = self.fresh(limits=self.settings["limits"], drain_timeout="60s")
        guess, half = self.stranger(program.port).prove("guess"), self.stranger(program.port)
        half.begin()
        self.assertTrue(guess.silent())
        program.process.send_signal(signal.SIGTERM)
        for client in (guess, half):
            self.assert_ends(client, "57P01")
        self.assertEqual(program.process.wait(25), 0)

    def test_no_answer_comes_later_than_the_login_may_last(self):
        program = self.fresh(limits={"login_timeout": "1s", "login_failure_delay": "60s"})
        self.assert_ends(self.stranger(program.port).prove("guess"), "28P01")

    def test_whoever_stalls_is_cut(self):
        program = self.fresh(limits={"login_timeout": "2s", "login_failure_delay": "60s"})
        silent, half, challenged = (self.stranger(program.port) for _ in range(3))
        challenged.begin()
        half.send(sasl_initial("n,,n=,r=x")[:20])
        for client in (silent, half):
            self.assertEqual(client.receive()[0], "R")
        for client in (silent, half, challenged):
            self.assert_ends(client, "08006", "took too long")
        self.await_errors(3, "login_timeout", program)


ACCESS = "host all backstage 127.0.0.1/32 password\nhost all all 127.0.0.1/32 trust\n"


@unittest.skipIf(harness.DIRECT, "Occam's own users")
class Upstream(Door):
    """Behind the door Occam is upstream.user, whoever the client is."""
    tapped = True
    schema = "CREATE ROLE backstage LOGIN PASSWORD 'stage door'"
    settings = {"users": USERS, "upstream": {"user": "backstage", "password": "stage door"},
                "pool": {"reserve": 0}}  # nothing connects but for a client

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.postgres.folder / "data/pg_hba.conf").write_text(ACCESS)
        cls.postgres.sql("SELECT pg_reload_conf()")

    def test_the_upstream_hears_its_own_password_only(self):
        users = ("alice", 'he said "no"')
        for user in users:
            connection = self.log_in(user, USERS[user])
            self.assertEqual(self.asked(connection, "SELECT session_user"), "backstage")
            connection.close()
        sent = [(kind, body) for _, kind, body in self.tap.sent]
        self.assertEqual({body for kind, body in sent if kind == "p"}, {b"stage door\0"})
        self.assertFalse([body for _, body in sent for user in users if USERS[user].encode() in body])

    def test_who_is_refused_never_gets_there(self):
        before = len(self.tap.lines)
        with self.assertRaises(psycopg2.OperationalError):
            self.log_in("alice", "stage door")
        with self.assertRaises(psycopg2.OperationalError):
            self.log_in("backstage", "stage door")
        self.assertEqual(len(self.tap.lines), before)


def address_of_this_machine():
    """One that is not loopback; nothing if there is none. No packet is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("198.51.100.1", 9))  # TEST-NET-2
            return probe.getsockname()[0]
        except OSError:
            return None


@unittest.skipIf(harness.DIRECT, "Occam's own users")
class Trust(Door):
    """Without users: trust, but for this machine only."""

    def test_loopback_is_trusted(self):
        self.assertEqual(self.asked(self.log_in("whoever", None)), 1)

    def from_elsewhere(self, port):
        address = address_of_this_machine()
        if not address or address.startswith("127."):
            self.skipTest("this machine has no address but loopback")
        client = wire.Client(port, log_in=False)
        client.socket.close()
        client.socket = socket.create_connection(("127.0.0.1", port), wire.TIMEOUT, (address, 0))
        self.addCleanup(client.close)
        client.send(wire.startup(user="alice"))
        return client

    def test_another_address_is_not(self):
        error = self.assert_ends(self.from_elsewhere(self.port), "28000", "no users are configured")
        self.assertIn("Name users", error["H"])

    def test_unless_the_operator_says_so(self):
        program = stack.occam(self.enterContext(harness.tempfile.TemporaryDirectory()), self.postgres.port,
                              {"listen_anywhere": True})
        self.addCleanup(program.end)
        client = self.from_elsewhere(program.start().port)
        self.assertEqual(wire.kinds(client.until_ready()), "RKZ")

    def test_an_address_that_others_reach_is_warned_of(self):
        # TEST-NET-2: nobody has this address, so nothing is listened on.
        for settings, warning in (({"listen_anywhere": True}, "no users"), ({"users": USERS}, "set tls.mode: require")):
            with self.subTest(settings=settings):
                program = stack.occam(self.enterContext(harness.tempfile.TemporaryDirectory()), 1,
                                      {"listen": "198.51.100.1:1", **settings})
                done = subprocess.run(program.command, capture_output=True, text=True, timeout=60)
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertIn(warning, done.stderr)
        program = stack.occam(self.enterContext(harness.tempfile.TemporaryDirectory()), 1, {"listen": "198.51.100.1:1"})
        done = subprocess.run(program.command, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 2)
        self.assertIn("name users", done.stderr)


if __name__ == "__main__":
    harness.main()
