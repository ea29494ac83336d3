"""The emulator's door: TLS, IAM tokens, quotas, ages, sizes, the one database, and faults of connections.
libpq is the client wherever it can be; what it never does is done by hand. Tokens are made by an
implementation of its own, from AWS's description of SigV4."""
import datetime
import hashlib
import hmac
import json
import os
import re
import select
import socket
import ssl
import struct
import subprocess
import unittest
import warnings
from urllib.parse import quote

import psycopg2

import emulator_case
import harness
import stack
import wire

HOST = "abcdefghijklmnopqrst123456.dsql.us-east-1.on.aws"
KEY, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
SESSION = "SESSION/TOKEN+EXAMPLE=="


def sign(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def token(action, age=0, expires=900, host=HOST, secret=SECRET, session=None):
    """A presigned request without its scheme; `age` seconds old."""
    now = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=age)
    stamp = now.strftime("%Y%m%dT%H%M%SZ")
    scope = f"{stamp[:8]}/us-east-1/dsql/aws4_request"
    words = {"Action": action, "X-Amz-Algorithm": "AWS4-HMAC-SHA256", "X-Amz-Credential": f"{KEY}/{scope}",
             "X-Amz-Date": stamp, "X-Amz-Expires": str(expires), "X-Amz-SignedHeaders": "host"}
    if session:
        words["X-Amz-Security-Token"] = session  # behind SignedHeaders, as botocore has it
    encoded = {name: quote(value, safe="-_.~") for name, value in words.items()}
    canonical = "&".join(f"{name}={encoded[name]}" for name in sorted(encoded))
    request = f"GET\n/\n{canonical}\nhost:{host}\n\nhost\n{hashlib.sha256(b'').hexdigest()}"
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = sign(f"AWS4{secret}".encode(), stamp[:8])
    for step in ("us-east-1", "dsql", "aws4_request"):
        key = sign(key, step)
    given = "&".join(f"{name}={value}" for name, value in encoded.items())
    return f"{host}/?{given}&X-Amz-Signature={sign(key, text).hex()}"


def certificates(folder):
    """A CA and a certificate of HOST: (ca, certificate, key)."""
    run = lambda *words: subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)
    ca, ca_key, key, asked, signed, names = (folder / name for name in (
        "ca.pem", "ca.key", "server.key", "server.csr", "server.pem", "names"))
    new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    run("req", "-x509", *new, "-keyout", ca_key, "-out", ca, "-subj", "/CN=test CA", "-days", "2")
    run("req", *new, "-keyout", key, "-out", asked, "-subj", f"/CN={HOST}")
    names.write_text(f"subjectAltName=DNS:{HOST}\n")
    run("x509", "-req", "-in", asked, "-CA", ca, "-CAkey", ca_key, "-CAcreateserial", "-days", "2",
        "-extfile", names, "-out", signed)
    return ca, signed, key


class Case(emulator_case.Case):
    more = ()  # flags of one class of tests

    @classmethod
    def setUpClass(cls):
        cls.flags = ("--databases", "one", *cls.surroundings(), *cls.more)
        super().setUpClass()

    @classmethod
    def surroundings(cls):
        return ()

    def reset(self):
        pass

    def connect(self, **words):
        words = {"hostaddr": "127.0.0.1", "port": self.emulator.port, "user": "temporal", "dbname": "postgres",
                 "connect_timeout": 30, **words}
        connection = psycopg2.connect(**words)
        connection.autocommit = True
        self.addCleanup(connection.close)
        return connection

    def refusal(self, **words):
        """What libpq says of a connection that must not be made."""
        with self.assertRaises(psycopg2.OperationalError) as caught:
            self.connect(**words)
        return str(caught.exception)

    def ask(self, connection, sql):
        cursor = connection.cursor()
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else cursor.statusmessage

    def fatal(self, messages):
        """The fields of the one error that must have come."""
        errors = [wire.fields(body) for kind, body in messages if kind == "E"]
        self.assertEqual(len(errors), 1, messages)
        self.assertEqual(errors[0]["V"], "FATAL")
        return errors[0]["C"], errors[0]["M"]

    def stranger(self, **words):
        """A raw client that has sent its StartupMessage and nothing else."""
        client = wire.Client(self.emulator.port, log_in=False)
        self.addCleanup(client.close)
        client.send(wire.startup(**{"database": "postgres", **words}))
        return client

    def turned_away(self, **words):
        return self.fatal(self.stranger(**words).until_closed())

    def guest(self):
        client = self.stranger()
        client.until_ready()
        return client


class Surface(Case):
    def test_there_is_one_database(self):
        self.assertEqual(self.ask(self.connect(), "SELECT current_database()"), [("postgres",)])
        self.assertEqual(self.turned_away(database="temporal"),
                         ("3D000", 'database "temporal" does not exist'))
        self.assertIn('database "temporal" does not exist', self.refusal(dbname="temporal"))
        self.counted(2, "connections_refused_total", reason="database")

    def test_the_session_speaks_as_dsql(self):
        connection = self.connect()
        self.assertEqual(connection.info.server_version, 160015)
        self.assertEqual(connection.info.parameter_status("server_encoding"), "UTF8")
        self.assertEqual(connection.info.parameter_status("TimeZone"), "UTC")
        self.assertEqual(self.ask(connection, "SHOW server_version"), [("16.15",)])
        self.assertEqual(self.ask(connection, " show  SERVER_VERSION_NUM ; "), [("160015",)])
        self.assertEqual(self.ask(connection, "SELECT version()"), [("PostgreSQL 16",)])
        self.assertEqual(self.ask(connection, "SHOW timezone"), [("UTC",)])

    def test_the_version_in_the_extended_protocol(self):
        client = self.guest()
        seen = client.ask(wire.run("SHOW server_version_num"), wire.sync())
        self.assertEqual([wire.row(body) for kind, body in seen if kind == "D"], [["160015"]])

    def test_a_time_zone_that_was_asked_for_stays(self):
        for words in ({"options": "-c timezone=Asia/Tokyo"}, {"options": "-c TimeZone=Asia/Tokyo"}):
            self.assertEqual(self.ask(self.connect(**words), "SHOW timezone"), [("Asia/Tokyo",)])

    def test_tls_is_not_offered_without_a_certificate(self):
        self.assertIn("does not support SSL", self.refusal(sslmode="require", host=HOST))

    def test_a_message_above_10_mib_ends_the_connection_without_a_word(self):
        before = self.counter("cuts_total", reason="message")
        largest = 10 * 1024 * 1024
        client = self.guest()
        fits = b"SELECT 1 --" + b"x" * (largest - 4 - 12) + b"\0"
        self.assertEqual(wire.tags(client.ask(wire.message("Q", fits))), ["SELECT 1"])
        client.send(b"Q" + struct.pack("!i", largest + 1) + b"SELECT 1")
        self.assertEqual(client.until_closed(), [])
        self.counted(before + 1, "cuts_total", reason="message")


class Tls(Case):
    """The emulator has a certificate of HOST."""

    @classmethod
    def surroundings(cls):
        folder = emulator_case.Path(emulator_case.tempfile.mkdtemp(prefix="emulator-tls-"))
        cls.addClassCleanup(emulator_case.shutil.rmtree, folder, True)
        cls.authority, certificate, key = certificates(folder)
        return "--tls-certificate", str(certificate), "--tls-key", str(key)

    def safe(self, **words):
        return {"host": HOST, "sslmode": "verify-full", "sslrootcert": str(self.authority), **words}

    def trusting(self, *protocols, newest=None):
        context = ssl.create_default_context(cafile=str(self.authority))
        context.check_hostname = False
        if protocols:
            context.set_alpn_protocols(protocols)
        if newest:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
                context.maximum_version = newest
            context.set_ciphers("ALL:@SECLEVEL=0")
        return context

    def handshake(self, context, name=HOST, direct=False):
        """A raw client behind TLS, before its StartupMessage."""
        client = wire.Client(self.emulator.port, log_in=False)
        self.addCleanup(client.close)
        if not direct:
            client.send(struct.pack("!ii", 8, 80877103))
            self.assertEqual(client.socket.recv(1), b"S")
        client.socket = context.wrap_socket(client.socket, server_hostname=name)
        return client


class Encryption(Tls):
    def test_libpq_verifies_the_server(self):
        connection = self.connect(**self.safe())
        self.assertTrue(connection.info.ssl_in_use)
        self.assertEqual(self.ask(connection, "SELECT length(repeat('x', 200000))"), [(200000,)])
        self.assertEqual(len(self.ask(connection, "SELECT repeat('x', 3000000)")[0][0]), 3000000)

    def test_plaintext_is_refused(self):
        before = self.counter("connections_refused_total", reason="plaintext")
        self.assertEqual(self.turned_away(), ("28000", "unable to accept connection, tls is required"))
        self.assertIn("tls is required", self.refusal(sslmode="disable"))
        self.counted(before + 2, "connections_refused_total", reason="plaintext")

    def test_the_server_must_be_named(self):
        client = self.handshake(self.trusting(), name=None)
        client.send(wire.startup(database="postgres"))
        self.assertEqual(self.fatal(client.until_closed()),
                         ("28000", "unable to accept connection, sni was not received"))
        self.assertIn("sni was not received", self.refusal(**self.safe(sslsni=0)))

    def test_a_direct_handshake_needs_its_protocol(self):
        client = self.handshake(self.trusting("postgresql"), direct=True)
        self.assertEqual(client.socket.selected_alpn_protocol(), "postgresql")
        client.send(wire.startup(database="postgres"))
        client.until_ready()
        self.assertEqual(wire.tags(client.ask(wire.query("SELECT 1"))), ["SELECT 1"])
        before = self.counter("connections_refused_total", reason="tls")
        mute = self.handshake(self.trusting(), direct=True)
        self.assertEqual(mute.until_closed(), [])
        with self.assertRaises(ssl.SSLError):
            self.handshake(self.trusting("http/1.1"), direct=True)
        self.counted(before + 2, "connections_refused_total", reason="tls")

    def test_tls_below_1_2_is_refused(self):
        with self.assertRaises(ssl.SSLError):
            self.handshake(self.trusting(newest=ssl.TLSVersion.TLSv1_1))
        client = self.handshake(self.trusting(newest=ssl.TLSVersion.TLSv1_2))
        self.assertEqual(client.socket.version(), "TLSv1.2")

    def test_a_pipeline_in_pieces(self):
        client = self.handshake(self.trusting())
        client.send(wire.startup(database="postgres"))
        client.until_ready()
        for byte in wire.query("SELECT 1") + wire.run("SELECT 2") + wire.sync():
            client.send(bytes([byte]))
        self.assertEqual(wire.tags(client.until_ready(2)), ["SELECT 1", "SELECT 1"])

    def test_what_is_no_tls_hurts_nobody(self):
        broken = wire.Client(self.emulator.port, log_in=False)
        self.addCleanup(broken.close)
        broken.send(b"\x16\x03\x01\x00\x05hello")
        broken.socket.shutdown(socket.SHUT_WR)
        while broken.socket.recv(4096):
            pass
        self.connect(**self.safe())


class PlaintextToo(Tls):
    more = ("--tls-require", "false")

    def test_both(self):
        self.assertFalse(self.connect(sslmode="disable").info.ssl_in_use)
        self.assertTrue(self.connect(**self.safe()).info.ssl_in_use)


class Identity(Tls):
    session = None

    @classmethod
    def surroundings(cls):
        os.environ["EMULATOR_TEST_SECRET"] = SECRET
        return ("--iam-access-key", KEY, "--iam-secret-key", "${EMULATOR_TEST_SECRET}",
                *(("--iam-session-token", cls.session) if cls.session else ()), *super().surroundings())

    def token(self, *words, **more):
        return token(*words, session=self.session, **more)

    def test_the_right_token(self):
        for user, action in (("admin", "DbConnectAdmin"), ("app", "DbConnect")):
            connection = self.connect(**self.safe(user=user, password=self.token(action)))
            self.assertEqual(self.ask(connection, "SELECT 1"), [(1,)])

    def test_a_token_for_another_user(self):
        self.assertIn("Wrong user to action mapping. user: admin, action: DbConnect\n",
                      self.refusal(**self.safe(user="admin", password=self.token("DbConnect"))))
        self.assertIn("Wrong user to action mapping. user: app, action: DbConnectAdmin",
                      self.refusal(**self.safe(user="app", password=self.token("DbConnectAdmin"))))

    def test_a_token_that_is_no_more(self):
        said = self.refusal(**self.safe(user="app", password=self.token("DbConnect", age=901)))
        self.assertIn("unable to accept connection, access denied", said)
        self.assertIn("HINT:  Signature expired: ", said)

    def test_what_is_no_token(self):
        before = self.counter("connections_refused_total", reason="access_denied")
        bad = ("secret", self.token("DbConnect", secret="other"), self.token("DbConnect", expires=604801),
               self.token("DbConnect", host="b" + HOST[1:]), self.token("DbConnect") + "0",
               token("DbConnect", session=None if self.session else SESSION), "x" * 9000)
        for password in bad:
            said = self.refusal(**self.safe(user="app", password=password))
            self.assertIn("unable to accept connection, access denied", said)
            self.assertNotIn("HINT", said)
        self.counted(before + len(bad), "connections_refused_total", reason="access_denied")

    def test_secrets_are_in_no_output(self):
        self.refusal(**self.safe(user="app", password=self.token("DbConnect", age=901)))
        said = self.emulator.log.read_text() + self.emulator.out.read_text()
        for secret in (SECRET, KEY, SESSION, "X-Amz-Signature"):
            self.assertNotIn(secret, said)

    def test_the_password_message(self):
        client = self.handshake(self.trusting())
        client.send(wire.startup(user="app", database="postgres"))
        self.assertEqual(client.receive(), ("R", struct.pack("!i", 3)))
        client.send(b"p" + struct.pack("!i", 16385))
        self.assertEqual(self.fatal(client.until_closed()), ("08P01", "invalid password packet size"))
        # Sent ahead, with the first statement behind it.
        eager = self.handshake(self.trusting())
        eager.send(wire.startup(user="app", database="postgres"),
                   wire.message("p", wire.text(self.token("DbConnect"))), wire.query("SELECT 7"))
        self.assertEqual(wire.tags(eager.until_ready(2)), ["SELECT 1"])


class IdentityInSession(Identity):
    session = SESSION


class Burst(Case):
    more = ("--limits-connect-burst", "3", "--limits-connects-per-second", "0.001")

    def test_the_rate(self):
        for _ in range(3):
            self.guest()
        self.assertEqual(self.turned_away(), ("53400", "Unable to accept connection, rate exceeded."))
        self.assertIn("rate exceeded", self.refusal())
        self.counted(2, "connections_refused_total", reason="rate")
        self.counted(5, "connects_total")
        self.assertIn(self.counter("connects_peak"), range(1, 6))


class Crowd(Case):
    more = ("--limits-connections", "2")

    def test_the_number(self):
        first, _ = self.guest(), self.guest()
        self.assertEqual(self.turned_away(),
                         ("53300", "Unable to accept connection, too many open connections."))
        first.send(wire.message("X"))
        self.assertEqual(first.until_closed(), [])
        # The end of the stream comes a moment before the place is free.
        while True:
            client = self.stranger()
            if client.receive()[0] == "R":
                break
        self.assertGreaterEqual(self.counter("connections_refused_total", reason="connections"), 1)


class Age(Case):
    more = ("--limits-session-age-s", "4")

    def test_an_old_session_is_cut_in_whatever_it_does(self):
        idle, open_, busy = self.guest(), self.guest(), self.guest()
        open_.ask(wire.query("BEGIN"), wire.query("SELECT count(*) FROM pg_class"), times=2)
        busy.send(wire.query("SELECT pg_sleep(600)"))
        for client in (idle, open_, busy):
            self.assertEqual(client.until_closed(), [])
        self.counted(3, "cuts_total", reason="age")
        # PostgreSQL rolls back as soon as it has seen the end of the stream.
        while self.postgres.sql("SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in%'", "postgres") != "0":
            pass


class Waking(Case):
    more = ("--inject", "waking:first=2")

    def test_the_first_are_told_to_come_again(self):
        for _ in range(2):
            self.assertIn("unable to accept connection, waking up cluster, please retry later", self.refusal())
        self.guest()


class Cuts(Case):
    more = ("--inject", "cut:nth=2", "--inject", "cut:nth=3,at=idle")

    def test_at_a_statement_and_at_rest(self):
        client = self.guest()
        client.ask(wire.query("SELECT 1"))
        client.send(wire.query("SELECT 1"))
        self.assertEqual(client.until_closed(), [])
        other = self.guest()
        other.ask(wire.query("BEGIN"))
        other.ask(wire.query("COMMIT"))
        other.send(wire.run("SELECT 2"), wire.sync())
        told = other.until_closed()
        self.assertEqual((wire.tags(told), wire.kinds(told)), (["SELECT 1"], "12DCZ"))
        self.counted(2, "cuts_total", reason="cut")


class Latency(Case):
    more = ("--inject", "latency:ms=1,every=2", "--inject", "latency:ms=600000,nth=5")

    def test_the_answer_is_held_back_and_the_end_does_not_wait_for_it(self):
        """tearDownClass sees that the emulator ends in spite of the answer that is held back."""
        client, other = self.guest(), self.guest()
        for _ in range(4):
            client.ask(wire.query("SELECT 1"))
        self.counted(2, "delays_total")
        client.send(wire.query("SELECT 1"))
        while self.counter("delays_total") < 3:
            pass
        other.ask(wire.query("SELECT 1"))
        self.assertEqual(select.select([client.socket], [], [], 0)[0], [])


class Usage(unittest.TestCase):
    def run_emulator(self, *words, stream="stderr"):
        done = subprocess.run([str(stack.BIN / "dsql-emulator"), *words], capture_output=True, text=True,
                              timeout=60)
        return done.returncode, getattr(done, stream)

    def config(self, text):
        folder = emulator_case.tempfile.mkdtemp(prefix="emulator-usage-")
        self.addCleanup(emulator_case.shutil.rmtree, folder, True)
        path = emulator_case.Path(folder) / "emulator.yaml"
        path.write_text(text)
        return self.run_emulator("--config", str(path))

    def test_mistakes_are_named(self):
        for text, where, what in (
                ("limits:\n  connections: 5\n  conections: 5\n", ":3: ", "unknown key 'conections' in 'limits'; known: conn"),
                ("seed: 1\ntsl: {}\n", ":2: ", "unknown key 'tsl'; known: listen"),
                ("limits: 5\n", ":1: ", "unknown key 'limits'"),
                ("limits: {connects_per_second: 0}\n", ":1: ", "'0' is not a number of at least 0.001"),
                ("limits: {connections: -1}\n", ":1: ", "'-1' is not a number"),
                ("databases: two\n", ":1: ", "'two' is neither any nor one"),
                ("iam: {secret_key: '${EMULATOR_NO_SUCH}'}\n", ":1: ", "EMULATOR_NO_SUCH is not set")):
            code, said = self.config(text)
            self.assertEqual(code, 2, said)
            self.assertIn(where, said)
            self.assertIn(what, said)

    def test_the_file_that_explains_every_key_is_a_valid_one(self):
        path = stack.ROOT / "config/emulator.yaml"
        # Refused for what stands on the command line, so all of the file has been read.
        code, said = self.run_emulator("--config", str(path), "--tls-key", "k")
        self.assertEqual((code, said), (2, "dsql-emulator: tls.certificate and tls.key belong together\n"))
        flags = re.findall(r"^ +--([a-z-]+) ", self.run_emulator("--help", stream="stdout")[1], re.M)
        keys = re.findall(r"^ *([a-z_]+):", path.read_text(), re.M)
        self.assertGreater(len(flags), 20)
        for flag in set(flags) - {"config", "limit"}:
            self.assertIn(re.sub(r"^(tls|iam|limits)-", "", flag).replace("-", "_"), keys)

    def test_what_belongs_together(self):
        for words, what in ((("--tls-key", "k"), "belong together"), (("--iam-access-key", "k"), "belong together"),
                            (("--iam-access-key", "k", "--iam-secret-key", "s"), "iam.host is needed"),
                            (("--tls-certificate", "none", "--tls-key", "none"), "certificate 'none'"),
                            (("--limits-message-bytes", "x"), "--limits-message-bytes: 'x' is not")):
            code, said = self.run_emulator("--listen", "127.0.0.1:0", *words)
            self.assertEqual(code, 2, said)
            self.assertIn(what, said)
            self.assertEqual(said.count("\n"), 1, said)


if __name__ == "__main__":
    harness.main()
