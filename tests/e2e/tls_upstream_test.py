"""TLS from Occam to its upstream: before the emulator as before DSQL, before a real PostgreSQL, and before servers
that get it wrong. Every refusal must say to the client and in the log what is wrong and what to do."""
import ssl
import struct
import unittest

import harness
import stack
import tls_case
import wire
from tls_case import NAME

CA = "upstream.tls.ca"


@unittest.skipIf(harness.DIRECT, "no Occam")
class Upstream(tls_case.Case):
    database = "postgres"
    @classmethod
    def prepare(cls):
        super().prepare()
        cls.emulator_flags = ["--tls-certificate", str(cls.certificate), "--tls-key", str(cls.key)]
        cls.settings = {"upstream": {"server": "aurora_dsql", "tls": cls.wanted()}}

    @classmethod
    def wanted(cls, **more):
        """Occam's section upstream.tls, as before DSQL but for the CA."""
        words = {"mode": "verify-full", "ca": cls.authority.file, "server_name": NAME, **more}
        return {key: str(value) for key, value in words.items() if value is not None}

    def towards(self, port, **more):
        return self.another(port, upstream={"server": "aurora_dsql", "tls": self.wanted(**more)}, pool={"wait": "1s"})

    def works(self, program):
        self.assertEqual(self.one(self.libpq(program, "disable"), "SELECT 7"), 7)

    def fails(self, program, reason, hint="", detail="", lost=False):
        """The client is told the reason and the hint, the log everything. A connection that was only lost is tried
        again, as long as a client waits."""
        told = self.refusal(program, "disable")
        self.assertIn("cannot encrypt the connection to the upstream 127.0.0.1:", told)
        self.assertIn(reason, told)
        self.assertIn("" if lost else hint, told)
        self.assert_failed(program, "upstream_timeout" if lost else "upstream_refused", reason)
        line = self.await_log(program, "upstream connect failed")
        for words in (reason, hint, detail):
            self.assertIn(words, line)
        self.assertGreater(harness.metric(program.ports["admin"], "occam_upstream_connects_total",
                                          result="unreachable" if lost else "tls"), 0)

    def script(self, part):
        script = tls_case.Script(part)
        self.addCleanup(script.close)
        return script

    def test_verified_by_chain_and_name(self):
        self.works(self.occam)

    def test_the_locks_are_asked_about_over_tls_too(self):
        self.await_log(self.occam, 'key_share="proven"')

    def test_direct_negotiation(self):
        self.works(self.towards(self.emulator.port, negotiation="direct"))

    def test_without_a_server_name_there_is_no_sni(self):
        told = self.refusal(self.towards(self.emulator.port, mode="require", server_name=None, ca=None), "disable")
        self.assertIn("sni was not received", told)

    def test_another_name(self):
        self.fails(self.towards(self.emulator.port, server_name="other.example"),
                   "its certificate is for db.example, not for other.example", "upstream.tls.server_name")
        self.works(self.towards(self.emulator.port, server_name="other.example", mode="verify-ca"))

    def test_an_authority_that_is_not_trusted(self):
        self.fails(self.towards(self.emulator.port, ca=self.strange.file),
                   "unable to get local issuer certificate (CN=server, signed by CN=test-ca)", CA,
                   f"trusted: the authorities in {self.strange.file}")
        self.fails(self.towards(self.emulator.port, ca=None), "its certificate is not accepted", CA,
                   "trusted: the system's authorities")
        self.works(self.towards(self.emulator.port, ca=None, mode="require"))
        # As libpq has it: what there is to verify by is used.
        self.fails(self.towards(self.emulator.port, ca=self.strange.file, mode="require"), "not accepted", CA)

    def test_a_certificate_that_has_expired(self):
        certificate, key = self.authority.sign("expired", days=-1)
        folder = self.folder / "expired"
        folder.mkdir()
        emulator = self.started(stack.emulator(folder, self.postgres.port, "--tls-certificate", certificate,
                                               "--tls-key", key))
        self.fails(self.towards(emulator.port), "certificate has expired (CN=expired, valid until 20", "renewed")

    def test_a_server_without_tls(self):
        self.fails(self.towards(self.postgres.port), "it does not offer TLS", "upstream.tls.mode")

    def test_direct_negotiation_with_a_server_that_does_not_know_it(self):
        self.fails(self.towards(self.postgres.port, negotiation="direct"), "closed the connection during the TLS handshake",
                   "upstream.tls.negotiation", lost=True)

    def test_servers_that_answer_something_else(self):
        error = wire.message("E", b"SFATAL\0VFATAL\0C53300\0Mthe house is full\0\0")
        wrong = [(b"S" + wire.message("R", b"\0\0\0\0"), "unencrypted bytes behind its answer", ""),
                 (error, "it answered SSLRequest with an error", "53300 the house is full"),
                 (b"HTTP/1.1 400 Bad Request\r\n\r\n", "does not speak PostgreSQL's protocol", ""),
                 (b"", "closed the connection when it was asked for TLS", "")]
        for answer, reason, detail in wrong:
            with self.subTest(answer=answer):
                def part(line, answer=answer):
                    self.assertEqual(line.recv(8), tls_case.SSL_REQUEST)
                    line.sendall(answer)
                    if not answer:
                        line.shutdown(1)
                script = self.script(part)
                program = self.towards(script.port)
                self.fails(program, reason, "", detail, lost=not answer)
                if detail:  # whoever answered has not proved who he is (CVE-2024-10977)
                    self.assertNotIn("the house is full", self.refusal(program, "disable"))
                script.close()
                self.assertEqual(set(script.heard), {b""}, "nothing may follow in the clear")

    def test_plain_text_where_the_handshake_should_be(self):
        script = self.script(lambda line: (line.recv(8), line.sendall(b"S"), line.recv(4096),
                                           line.sendall(wire.message("R", b"\0\0\0\0") * 8))[4:] or None)
        self.fails(self.towards(script.port), "it does not speak TLS", "upstream.port")

    def test_a_server_that_stalls(self):
        for answer in (b"", b"S"):
            with self.subTest(answer=answer):
                script = self.script(lambda line, answer=answer: line.sendall(answer))
                program = self.another(script.port, upstream={"tls": self.wanted(), "connect_timeout": "300ms"}, pool={"wait": "1s"})
                self.assertIn("no answer in time", self.refusal(program, "disable"))
                self.assert_failed(program, "upstream_timeout")

    def test_direct_negotiation_must_agree_on_the_protocol(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        script = self.script(lambda line: context.wrap_socket(line, server_side=True))
        self.fails(self.towards(script.port, negotiation="direct"), "did not agree on PostgreSQL's protocol",
                   "upstream.tls.negotiation")
        script.close()
        self.assertEqual(set(script.heard), {b""}, "nothing may follow")

    def test_a_cancel_request_goes_over_tls(self):
        script = self.script_before(self.emulator.port)
        program = self.towards(script.port)
        asleep = self.raw(program, wire.startup(database="postgres"))
        key = next(body for kind, body in asleep.until_ready() if kind == "K")
        asleep.send(wire.query("SELECT pg_sleep(600)"))
        self.await_query("SELECT pg_sleep(600)")
        self.raw(program, struct.pack("!ii", 16, 80877102) + key).until_closed()
        self.assertEqual(wire.errors(asleep.until_ready()), ["57014"])
        self.assertGreaterEqual(len(script.beginnings), 2)  # the session and the request
        self.assertEqual(set(script.beginnings), {tls_case.SSL_REQUEST})

    def script_before(self, port):
        relay = tls_case.Relay(port)
        self.addCleanup(relay.close)
        return relay

    def await_query(self, text):
        """Asks until PostgreSQL runs it: each answer is the event that is awaited."""
        while self.postgres.sql(f"SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE "
                                f"'%{text[:20]}%' AND pid <> pg_backend_pid()") == "0":
            pass


if __name__ == "__main__":
    harness.main()
