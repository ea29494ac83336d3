"""TLS on both sides at once, before a PostgreSQL that takes Occam with TLS and a certificate only: large results in
bounded memory, cancelling, and certificates that are renewed while sessions go on."""
import json
import os
import shutil
import signal
import struct
import unittest

import harness
import tls_case
import wire
from tls_case import NAME

ROW = 1000


@unittest.skipIf(harness.DIRECT, "no Occam")
class Both(tls_case.Case):
    megabytes = 20 if harness.SHORT else 100
    room_kib = 65536 if harness.SHORT else 16384  # sanitizers keep freed memory for a while

    @classmethod
    def prepare(cls):
        super().prepare()
        folder = cls.folder / "postgres"
        folder.mkdir()
        files = {"ssl_cert_file": cls.certificate, "ssl_key_file": cls.key, "ssl_ca_file": cls.authority.file}
        cls.postgres_settings = {"ssl": "on"}
        for setting, source in files.items():  # PostgreSQL wants a key that is its own user's alone
            copy = folder / source.name
            shutil.copy(source, copy)
            copy.chmod(0o600)
            cls.postgres_settings[setting] = str(copy)
        rules = ["hostssl all guarded 127.0.0.1/32 trust clientcert=verify-ca", "host all guarded all reject",
                 "host all all 127.0.0.1/32 trust"]
        cls.schema = "CREATE ROLE guarded SUPERUSER LOGIN; COPY (SELECT unnest(ARRAY[" + ", ".join(
            f"'{rule}'" for rule in rules) + f"])) TO '{folder}/data/pg_hba.conf'; SELECT pg_reload_conf()"
        cls.own = dict(zip(("certificate", "key"), map(str, cls.authority.sign("occam", "DNS:occam.example"))))
        cls.settings = {"tls": cls.shown("require"), "upstream": cls.upstream()}

    @classmethod
    def upstream(cls, **more):
        tls = {"mode": "verify-full", "ca": str(cls.authority.file), "server_name": NAME, **cls.own, **more}
        return {"user": "guarded", "tls": tls}

    def session(self, program=None):
        client = self.behind_tls(program or self.occam)
        client.send(wire.startup())
        client.key = next(body for kind, body in client.until_ready() if kind == "K")
        return client

    def works(self, client):
        self.assertEqual(wire.rows(client.ask(wire.query("SELECT 1"))), [["1"]])

    def test_the_upstream_sees_our_certificate(self):
        seen = self.session().ask(wire.query("SELECT client_dn, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()"))
        self.assertEqual(wire.rows(seen), [["/CN=occam", "TLSv1.3"]])

    def test_without_our_certificate(self):
        program = self.another(tls=self.shown("allow"), upstream=self.upstream(certificate="", key=""))
        self.assertIn("connection requires a valid client certificate", self.refusal(program, "require"))

    def test_results_larger_than_memory_may_become(self):
        client = self.session()
        rows = (self.megabytes << 20) // ROW + 1
        before = peak = self.occam.resident_kib()
        client.send(wire.query(f"SELECT repeat('x', {ROW}) FROM generate_series(1, {rows})"))
        seen = 0
        while (message := client.receive())[0] != "Z":
            seen += message[0] == "D"
            if seen % 8000 == 0:
                peak = max(peak, self.occam.resident_kib())
        self.assertEqual(seen, rows)
        print(f"{self.megabytes} MiB, resident {before} -> {peak} KiB")
        self.assertLess(peak - before, self.room_kib)

    def test_a_reader_that_is_slow_does_not_fill_memory(self):
        reader, other = self.session(), self.session()
        rows = (self.megabytes << 20) // ROW + 1
        before = self.occam.resident_kib()
        reader.send(wire.query(f"SELECT repeat('x', {ROW}) FROM generate_series(1, {rows})"))
        for _ in range(200):
            self.works(other)
        self.assertLess(self.occam.resident_kib() - before, self.room_kib)
        self.assertEqual(len(wire.rows(reader.until_ready())), rows)

    def test_much_is_sent(self):
        client = self.session()
        client.ask(wire.query("CREATE TABLE sink (v text)"))
        before = peak = self.occam.resident_kib()
        client.send(wire.query("COPY sink FROM STDIN"))
        self.assertEqual(client.receive()[0], "G")
        line = wire.message("d", b"y" * (ROW - 1) + b"\n") * 64
        for number in range((self.megabytes << 20) // (ROW * 64) + 1):
            client.send(line)
            if number % 128 == 0:
                peak = max(peak, self.occam.resident_kib())
        client.send(wire.message("c"))
        self.assertEqual(wire.tags(client.until_ready()), [f"COPY {64 * (number + 1)}"])
        self.assertLess(peak - before, self.room_kib)

    def test_cancelling(self):
        client = self.session()
        client.send(wire.query("SELECT pg_sleep(600)"))
        while self.postgres.sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") == "0":
            pass
        self.behind_tls(self.occam).send(struct.pack("!ii", 16, 80877102) + client.key)
        self.assertEqual(wire.errors(client.until_ready()), ["57014"])
        self.works(client)


@unittest.skipIf(harness.DIRECT, "no Occam")
class Reload(tls_case.Case):
    @classmethod
    def prepare(cls):
        super().prepare()
        cls.emulator_flags = ["--tls-certificate", str(cls.certificate), "--tls-key", str(cls.key)]
        cls.settings = {"upstream": {"tls": {"mode": "require", "server_name": NAME}}}

    def setUp(self):
        self.files = {part: self.folder / f"{self.id().rpartition('.')[2]}.{part}" for part in ("pem", "key", "ca")}
        self.put("first")
        shutil.copy(self.authority.file, self.files["ca"])
        self.program = self.another(self.emulator.port, tls={"mode": "allow", "certificate": str(self.files["pem"]),
                                                             "key": str(self.files["key"])},
                                    upstream={"tls": {"mode": "verify-full", "server_name": NAME,
                                                      "ca": str(self.files["ca"])}})

    def put(self, label):
        """A new certificate under the old path, put there as a whole."""
        for source, part in zip(self.authority.sign(label), ("pem", "key")):
            os.replace(source, self.files[part])

    def hang_up(self, answer):
        self.program.process.send_signal(signal.SIGHUP)
        return self.await_log(self.program, answer)

    def shown_now(self):
        """Whose certificate a new connection is shown."""
        client = self.behind_tls(self.program)
        client.send(wire.startup())
        client.until_ready()
        subject = dict(pair for (pair,) in client.socket.getpeercert()["subject"])
        return subject["commonName"], client

    def works(self, client):
        self.assertEqual(wire.rows(client.ask(wire.query("SELECT 1"))), [["1"]])

    def test_a_renewed_certificate(self):
        name, old = self.shown_now()
        self.assertEqual(name, "first")
        self.put("second")
        self.assertEqual(self.shown_now()[0], "first")  # nobody has asked for it yet
        self.hang_up('certificate="CN=second, valid until ')
        name, new = self.shown_now()
        self.assertEqual(name, "second")
        for client in (old, new):
            self.works(client)

    def test_files_that_do_not_fit_change_nothing(self):
        kept = {part: path.read_bytes() for part, path in self.files.items()}
        broken = [("key", self.authority.sign("other")[1].read_bytes(), "give the key of the certificate"),
                  ("pem", b"no certificate\n", "it holds none in PEM form"), ("ca", b"", "upstream.tls: the CA file")]
        for number, (part, content, reason) in enumerate(broken, 1):
            with self.subTest(file=part):
                self.files[part].write_bytes(content)
                self.hang_up(reason)
                self.assertEqual(self.program.log.read_text().count("not reloaded: the old rules and certificates stay"), number)
                name, client = self.shown_now()
                self.assertEqual(name, "first")
                self.works(client)
                self.files[part].write_bytes(kept[part])
        self.assertNotIn("PRIVATE KEY", self.program.log.read_text())

    def test_other_authorities_for_the_upstream(self):
        self.works(self.shown_now()[1])
        shutil.copy(self.strange.file, self.files["ca"])
        self.hang_up("reloaded: ")
        # A login that the pool has no connection of yet.
        self.assertIn("its certificate is not accepted", self.refusal(self.program, "require", options="-c TimeZone=Asia/Tokyo"))
        shutil.copy(self.authority.file, self.files["ca"])
        self.program.log.write_text("")
        self.hang_up("reloaded: ")
        self.assertEqual(self.one(self.libpq(self.program, "require", options="-c TimeZone=Asia/Tokyo")), 1)

    def test_another_mode(self):
        config = json.loads(self.program.config.read_text())
        config["tls"]["mode"] = "require"
        self.program.config.write_text(json.dumps(config))
        self.hang_up("reloaded: ")
        self.assertNotIn("only a restart", self.program.log.read_text())
        self.assertIn("connection requires TLS", self.refusal(self.program, "disable"))


if __name__ == "__main__":
    harness.main()
