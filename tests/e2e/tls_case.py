"""What the tests of TLS stand on: certificates made by the openssl program, Occams with settings of their own,
and clients on both sides that share no code with the proxy: libpq, Python's ssl, openssl s_client."""
import itertools
import socket
import ssl
import struct
import subprocess
import threading

import psycopg2

import harness
import stack
import wire

NAME = "db.example"  # that of Occam's certificate and of the upstream's
WAIT = 30            # seconds until an awaited event counts as missing
SSL_REQUEST = struct.pack("!ii", 8, 80877103)


class Authority:
    """A CA under `folder`: `file` is its certificate."""

    def __init__(self, folder, name):
        self.folder, self.chain = folder, ""
        self.file, self.key = folder / f"{name}.pem", folder / f"{name}.key"
        folder.mkdir(exist_ok=True)
        openssl("req", "-x509", *self.new_key(self.key), "-out", self.file, "-subj", f"/CN={name}", "-days", "2")

    def intermediate(self, name):
        """An authority that this one has signed; what it signs brings its certificate along."""
        made = object.__new__(Authority)
        made.folder = self.folder
        made.file, made.key = self.sign(name, "DNS:none.example", extra="basicConstraints=critical,CA:TRUE\n")
        made.chain = made.file.read_text()
        return made

    @staticmethod
    def new_key(path):
        return "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", path

    def sign(self, label, *names, days=2, extra=""):
        """(certificate, key) with the names as its alternative names, under files called `label`."""
        certificate, key, asked, words = (self.folder / f"{label}.{end}" for end in ("pem", "key", "csr", "ext"))
        openssl("req", *self.new_key(key), "-out", asked, "-subj", f"/CN={label}")
        words.write_text(extra + "subjectAltName=" + ",".join(names or (f"DNS:{NAME}",)) + "\n")
        openssl("x509", "-req", "-in", asked, "-CA", self.file, "-CAkey", self.key, "-CAcreateserial",
                "-days", days, "-extfile", words, "-out", certificate)
        certificate.write_text(certificate.read_text() + self.chain)
        return certificate, key


def openssl(*words):
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)


class Case(harness.Case):
    database = "temporal"
    numbers = itertools.count()

    @classmethod
    def prepare(cls):
        cls.authority = Authority(cls.folder / "tls", "test-ca")
        cls.strange = Authority(cls.folder / "tls", "strange-ca")
        cls.certificate, cls.key = cls.authority.sign("server")

    @classmethod
    def shown(cls, mode, **more):
        """Occam's section tls with this class's certificate."""
        return {"mode": mode, "certificate": str(cls.certificate), "key": str(cls.key),
                **{key: str(value) for key, value in more.items()}}

    def another(self, upstream_port=None, **settings):
        """An Occam of this test's own, which asks the upstream nothing by itself; it must end well."""
        folder = self.folder / f"occam-{next(self.numbers)}"
        folder.mkdir()
        program = stack.occam(folder, upstream_port or self.postgres.port, {"rewriter": {"rules": ""}, **settings})
        program.start()
        program.config = folder / "occam.yaml"

        def end():
            code = program.end()
            self.assertEqual(code, 0, program.log.read_text())
        self.addCleanup(end)
        return program

    def libpq(self, program, sslmode, **words):
        """A connection of libpq's, named as the certificate is."""
        words = {"host": NAME, "hostaddr": "127.0.0.1", "port": program.port, "user": "temporal", "dbname": self.database,
                 "sslmode": sslmode, "connect_timeout": WAIT, **{key: str(value) for key, value in words.items()}}
        if sslmode.startswith("verify"):
            words.setdefault("sslrootcert", str(self.authority.file))
        connection = psycopg2.connect(**words)
        connection.autocommit = True
        self.addCleanup(connection.close)
        return connection

    def refusal(self, program, sslmode, **words):
        """What libpq says of a connection that must not be made."""
        with self.assertRaises(psycopg2.OperationalError) as caught:
            self.libpq(program, sslmode, **words)
        return str(caught.exception)

    def raw(self, program, *parts):
        client = wire.Client(program.port, log_in=False)
        self.addCleanup(client.close)
        client.send(*parts)
        return client

    def trusting(self, protocols=None):
        context = ssl.create_default_context(cafile=str(self.authority.file))
        if protocols:
            context.set_alpn_protocols(protocols)
        return context

    def behind_tls(self, program, protocols=None, direct=False):
        """A raw client behind the handshake, before its StartupMessage."""
        client = self.raw(program, *(() if direct else (SSL_REQUEST,)))
        if not direct:
            self.assertEqual(client.socket.recv(1), b"S")
        client.socket = self.trusting(protocols).wrap_socket(client.socket, server_hostname=NAME)
        return client

    def one(self, connection, sql="SELECT 1"):
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchone()[0]

    def await_log(self, program, words):
        """Returns the first line of the log with these words, once there is one."""
        follow = subprocess.Popen(["timeout", str(WAIT), "tail", "-n", "+1", "-f", program.log],
                                  stdout=subprocess.PIPE, text=True)
        with follow:
            line = next((line for line in follow.stdout if words in line), None)
            follow.terminate()
        self.assertIsNotNone(line, f"no line with {words!r}:\n{program.log.read_text()}")
        return line

    def assert_failed(self, program, kind, *words):
        """One session has failed so: it is counted once, and the log's one line has these words."""
        line = self.await_log(program, f'kind="{kind}"')
        for word in words:
            self.assertIn(word, line)
        self.assertEqual(harness.metric(program.ports["admin"], "occam_session_errors_total", kind=kind), 1)


class Script(threading.Thread):
    """A server on a free port that plays `part(socket)` for each connection and keeps what it is told after."""

    def __init__(self, part):
        super().__init__(daemon=True)
        self.part, self.heard = part, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.start()

    def run(self):
        while True:
            try:
                line, _ = self.listener.accept()
            except OSError:
                return
            line.settimeout(WAIT)
            try:
                line = self.part(line) or line
                heard = b""
                while part := line.recv(65536):
                    heard += part
                self.heard.append(heard)
            except OSError as error:
                self.heard.append(error)
            line.close()

    def close(self):
        if self.is_alive():
            self.listener.shutdown(socket.SHUT_RDWR)  # wakes accept(), as close alone would not
            self.join(WAIT)
        self.listener.close()


class Relay:
    """A port before a server that passes bytes as they come, and keeps the first 8 of each connection."""

    def __init__(self, port):
        self.target, self.beginnings, self.lines = port, [], []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.accept, daemon=True)
        self.thread.start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.target))
            self.lines += client, server
            first = client.recv(8, socket.MSG_WAITALL)
            self.beginnings.append(first)
            server.sendall(first)
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=self.pass_on, args=(source, sink), daemon=True).start()

    @staticmethod
    def pass_on(source, sink):
        try:
            while part := source.recv(65536):
                sink.sendall(part)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(WAIT)
        for line in self.lines:
            line.close()
