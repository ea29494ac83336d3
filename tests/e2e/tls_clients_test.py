"""TLS from clients to Occam: libpq in each of its modes against each of Occam's, client certificates, handshakes
without SSLRequest, cancelling, and strangers at the door."""
import os
import socket
import ssl
import struct
import subprocess
import unittest

import harness
import tls_case
import wire
from tls_case import NAME, SSL_REQUEST

CANCEL = struct.pack("!ii", 16, 80877102)


@unittest.skipIf(harness.DIRECT, "no Occam")
class Clients(tls_case.Case):
    def offering(self, mode, **more):
        """An Occam with this tls.mode."""
        return self.another(tls={"mode": "off"} if mode == "off" else self.shown(mode, **more))

    def test_every_mode_of_libpq_against_every_mode_of_occam(self):
        no_tls = "server does not support SSL, but SSL was required"
        wanted = {  # encrypted or not, or what libpq says
            "off": {"disable": False, "prefer": False, "require": no_tls, "verify-full": no_tls},
            "allow": {"disable": False, "prefer": True, "require": True, "verify-full": True},
            "require": {"disable": "connection requires TLS", "prefer": True, "require": True, "verify-full": True}}
        for mode, results in wanted.items():
            program = self.offering(mode)
            for sslmode, result in results.items():
                with self.subTest(occam=mode, libpq=sslmode):
                    if isinstance(result, str):
                        self.assertIn(result, self.refusal(program, sslmode))
                    else:
                        connection = self.libpq(program, sslmode)
                        self.assertEqual(connection.info.ssl_in_use, result)
                        self.assertEqual(self.one(connection, "SELECT repeat('x', 100000)"), "x" * 100000)

    def test_psql_and_tls_1_2(self):
        program = self.offering("require")
        for newest in ("TLSv1.2", "TLSv1.3"):
            done = subprocess.run(["psql", "-XAt", f"host={NAME} hostaddr=127.0.0.1 port={program.port} user=temporal "
                                   f"dbname=temporal sslmode=verify-full sslrootcert={self.authority.file} "
                                   f"ssl_max_protocol_version={newest}", "-c", "\\conninfo", "-c", "SELECT 1"],
                                  capture_output=True, text=True, timeout=tls_case.WAIT)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(f"protocol: {newest}", done.stdout)

    def test_a_client_that_does_not_trust_us(self):
        program = self.offering("require")
        self.assertIn("certificate verify failed",
                      self.refusal(program, "verify-full", sslrootcert=self.strange.file))
        self.assert_failed(program, "client_tls", "it broke off the TLS handshake", "unknown ca")

    def test_an_intermediate_certificate_is_shown(self):
        certificate, key = self.authority.intermediate("between").sign("leaf")
        program = self.another(tls={"mode": "require", "certificate": str(certificate), "key": str(key)})
        self.assertEqual(self.one(self.libpq(program, "verify-full")), 1)

    def test_plaintext_where_tls_is_required(self):
        program = self.offering("require")
        answer = self.raw(program, wire.startup()).until_closed()
        self.assertEqual(wire.errors(answer), ["28000"])
        self.assertEqual(wire.fields(answer[0][1])["H"], "Connect with sslmode=require, or stronger.")
        self.assert_failed(program, "bad_greeting", "connection requires TLS")

    def test_client_certificates(self):
        program = self.offering("require", client_ca=self.authority.file)
        mine = dict(zip(("sslcert", "sslkey"), self.authority.sign("guest", "DNS:guest.example")))
        self.assertEqual(self.one(self.libpq(program, "verify-full", **mine)), 1)
        self.refusal(program, "verify-full", sslcert="")
        self.assert_failed(program, "client_tls", "it showed no certificate")

    def test_a_client_certificate_of_somebody_else(self):
        program = self.offering("require", client_ca=self.authority.file)
        mine = dict(zip(("sslcert", "sslkey"), self.strange.sign("intruder", "DNS:intruder.example")))
        self.refusal(program, "verify-full", **mine)
        self.assert_failed(program, "client_tls", "its certificate is not accepted", "(CN=intruder, signed by CN=strange-ca)")

    def test_direct_negotiation(self):
        program = self.offering("require")
        client = self.behind_tls(program, ["postgresql"], direct=True)
        self.assertEqual(client.socket.selected_alpn_protocol(), "postgresql")
        client.send(wire.startup())
        client.until_ready()
        self.assertEqual(wire.rows(client.ask(wire.query("SELECT 1"))), [["1"]])
        client = self.behind_tls(program, ["postgresql"], direct=True)
        client.send(SSL_REQUEST)
        self.assertEqual(wire.errors(client.until_closed()), ["08P01"])

    def s_client(self, program, *words):
        """What openssl s_client gets for a StartupMessage, up to the first prompt or the end."""
        with subprocess.Popen(["openssl", "s_client", "-quiet", "-verify_quiet", "-connect", f"127.0.0.1:{program.port}",
                               "-servername", NAME, "-CAfile", str(self.authority.file), "-verify_return_error", *words],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
            process.stdin.write(wire.startup())
            process.stdin.flush()
            got = b""
            while not got.endswith(b"Z\0\0\0\5I") and (part := os.read(process.stdout.fileno(), 65536)):
                got += part
            process.terminate()
        return wire.split(got)[0]

    def test_direct_negotiation_with_openssl(self):
        program = self.offering("allow")
        self.assertEqual(self.s_client(program, "-alpn", "postgresql")[-1:], [("Z", b"I")])
        self.assertEqual(self.s_client(program), [])
        self.assert_failed(program, "client_tls", "without SSLRequest", "(ALPN)")
        self.assertEqual(self.s_client(program, "-starttls", "postgres")[-1:], [("Z", b"I")])

    def test_a_protocol_that_is_not_ours(self):
        program = self.offering("allow")
        for direct in (True, False):
            with self.assertRaises(ssl.SSLError):
                self.behind_tls(program, ["http/1.1"], direct)
        self.await_log(program, "offers protocols in its TLS handshake (ALPN), but not ours")

    def test_direct_negotiation_where_there_is_no_tls(self):
        answer = self.raw(self.offering("off"), b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03").until_closed()
        self.assertEqual(wire.errors(answer), ["08P01"])

    def test_bytes_behind_the_request_are_refused(self):
        # CVE-2021-23214: what came in the clear must not be taken for something that came through TLS.
        program = self.offering("allow")
        answer = self.raw(program, SSL_REQUEST + wire.startup()).until_closed()
        self.assertEqual(wire.errors(answer), ["08P01"])
        self.assert_failed(program, "bad_greeting", "received unencrypted data after SSLRequest")

    def test_random_bytes_instead_of_a_handshake(self):
        for sent in (os.urandom(300), b"\x16\x03\x01\x40\x00" + b"x" * 300, wire.startup(), b"\x16", b"",
                     b"x" * 200_000):  # more than is read at once
            with self.subTest(sent=sent[:8]):
                program = self.offering("allow")
                client = self.raw(program, SSL_REQUEST)
                self.assertEqual(client.socket.recv(1), b"S")
                client.send(sent)
                client.socket.shutdown(socket.SHUT_WR)
                answer = b""
                while part := client.socket.recv(4096):  # to the end, which is no reset
                    answer += part
                self.assertIn(answer[:1], (b"", b"\x15"))  # nothing, or an alert
                self.assert_failed(program, "client_tls", 'client="127.0.0.1:')

    def test_a_handshake_that_stalls_is_cut(self):
        program = self.another(tls=self.shown("allow"), limits={"login_timeout": "300ms"})
        for sent, again in ((SSL_REQUEST, b""), (b"\x16\x03\x01", b""), (SSL_REQUEST, b"\x16\x03\x01\x02")):
            client = self.raw(program, sent)
            if sent == SSL_REQUEST:
                self.assertEqual(client.socket.recv(1), b"S")
            client.send(again)
            self.assertEqual(client.socket.recv(4096), b"")  # and not a word in plaintext
        self.await_log(program, 'kind="login_timeout"')

    def asleep(self, client):
        """Has the client sleep, and returns its cancel key once PostgreSQL sleeps."""
        client.send(wire.startup())
        key = next(body for kind, body in client.until_ready() if kind == "K")
        client.send(wire.query("SELECT pg_sleep(600)"))
        while self.postgres.sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") == "0":
            pass
        return key

    def test_cancelling_over_tls(self):
        program = self.offering("require")
        for direct in (False, True):
            client = self.behind_tls(program)
            request = CANCEL + self.asleep(client)
            other = self.behind_tls(program, ["postgresql"], direct)
            other.send(request)
            self.assertEqual(other.until_closed(), [])
            self.assertEqual(wire.errors(client.until_ready()), ["57014"])

    def test_cancelling_in_plaintext(self):
        # libpq before PostgreSQL 17 asks so, whatever its session uses; PostgreSQL takes it.
        for mode in ("require", "allow"):
            program = self.offering(mode)
            client = self.behind_tls(program)
            request = CANCEL + self.asleep(client)
            self.assertEqual(self.raw(program, request).until_closed(), [])
            self.assertEqual(wire.errors(client.until_ready()), ["57014"])

    def test_an_end_without_goodbye(self):
        program = self.offering("allow")
        client = self.behind_tls(program)
        client.send(wire.startup())
        client.until_ready()
        client.send(wire.query("CREATE TABLE left_behind (k int)"))
        client.until_ready()
        client.send(wire.query("INSERT INTO left_behind VALUES (1)"), wire.query("INSERT INTO left_behind VALUES (2)")[:-3])
        os.close(client.socket.detach())
        while self.postgres.sql("SELECT count(*) FROM left_behind") == "0":
            pass
        self.assertEqual(self.one(self.libpq(program, "require"), "SELECT count(*) FROM left_behind"), 1)

    def test_what_tls_breaks_is_no_data(self):
        program = self.offering("allow")
        client = self.behind_tls(program)
        client.send(wire.startup())
        client.until_ready()
        plain = socket.socket(fileno=os.dup(client.socket.fileno()))
        plain.settimeout(tls_case.WAIT)
        plain.sendall(wire.query("CREATE TABLE smuggled (k int)"))
        plain.shutdown(socket.SHUT_WR)
        with plain:
            while plain.recv(4096):
                pass
        self.assert_failed(program, "client_lost")
        self.assertEqual(self.postgres.sql("SELECT to_regclass('smuggled') IS NULL"), "t")


if __name__ == "__main__":
    harness.main()
