"""The services of AWS that give credentials, as far as Occam asks them: STS, a container endpoint and an
instance's metadata, each on a free port of 127.0.0.1. Signatures are checked by an implementation of their
own, from AWS's description of SigV4. Standard library only."""
import datetime
import hashlib
import hmac
import http.server
import json
import threading
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

HOUR = datetime.timedelta(hours=1)


class Keys:
    """One set of credentials, as some service gives them."""

    def __init__(self, key, secret, session=None):
        self.key, self.secret, self.session = key, secret, session

    def variables(self):
        named = {"AWS_ACCESS_KEY_ID": self.key, "AWS_SECRET_ACCESS_KEY": self.secret}
        return {**named, **({"AWS_SESSION_TOKEN": self.session} if self.session else {})}

    def profile(self):
        lines = [f"aws_access_key_id = {self.key}", f"aws_secret_access_key = {self.secret}"]
        return "\n".join(lines + ([f"aws_session_token = {self.session}"] if self.session else [])) + "\n"

    def document(self, token="Token", ends=HOUR, **more):
        return json.dumps({"AccessKeyId": self.key, "SecretAccessKey": self.secret, token: self.session,
                           "Expiration": stamp(ends), **more})


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def stamp(ahead):
    return (now() + ahead).strftime("%Y-%m-%dT%H:%M:%SZ")


class Service:
    """A server with a list of what it was asked: (method, path, headers, body)."""

    def __init__(self):
        self.asked, self.clock = [], datetime.timedelta()
        service = self

        class Handling(http.server.BaseHTTPRequestHandler):
            def serve(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                service.asked.append((self.command, self.path, self.headers, body))
                status, answer = service.answer(self.command, self.path, self.headers, body)
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer.encode())))
                self.end_headers()
                self.wfile.write(answer.encode())

            do_GET = do_PUT = do_POST = serve

            def date_time_string(self, timestamp=None):
                return super().date_time_string((now() + service.clock).timestamp())

            def log_message(self, *words):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handling)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def hashed(text):
    return hashlib.sha256(text.encode()).hexdigest()


def sign(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


class WrongSignature(Exception):
    """Its text is what AWS adds to the error: the whole canonical request."""


def verify(keys, method, path, headers, body, region, service):
    """The signature of an Authorization header."""
    given = dict(part.split("=", 1) for part in headers["Authorization"].split(" ", 1)[1].split(", "))
    signed = given["SignedHeaders"].split(";")
    canonical = "\n".join([method, path, "", *(f"{name}:{headers[name].strip()}" for name in signed), "",
                           given["SignedHeaders"], hashed(body)])
    date = headers["X-Amz-Date"]
    scope = f"{date[:8]}/{region}/{service}/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{date}\n{scope}\n{hashed(canonical)}"
    key = sign(f"AWS4{keys.secret}".encode(), date[:8])
    for step in (region, service, "aws4_request"):
        key = sign(key, step)
    needed = {"host", "content-type", "x-amz-date"} | ({"x-amz-security-token"} if keys.session else set())
    age = abs(now() - datetime.datetime.strptime(date + "+0000", "%Y%m%dT%H%M%SZ%z"))
    if (signed != sorted(signed) or not needed <= set(signed) or given["Credential"] != f"{keys.key}/{scope}"
            or given["Signature"] != sign(key, text).hex() or age > datetime.timedelta(minutes=15)
            or headers.get("X-Amz-Security-Token") != keys.session):
        raise WrongSignature(canonical)


class Sts(Service):
    """`roles`: {arn: (keys that may assume it, external id, keys it gives)}; `identities`: {token: keys}."""

    def __init__(self, region, roles, identities):
        self.region, self.roles, self.identities = region, roles, identities
        super().__init__()

    def calls(self):
        return [{name: values[0] for name, values in parse_qs(body).items()} for _, _, _, body in self.asked]

    def answer(self, method, path, headers, body):
        words = {name: values[0] for name, values in parse_qs(body).items()}
        if (method, words.get("Version")) != ("POST", "2011-06-15"):
            return self.error(400, "InvalidAction", "not this way")
        if words["Action"] == "AssumeRoleWithWebIdentity":
            if "Authorization" in headers or words["WebIdentityToken"] not in self.identities:
                return self.error(400, "InvalidIdentityToken", f"no such token: {words['WebIdentityToken']}")
            return self.give("AssumeRoleWithWebIdentity", self.identities[words["WebIdentityToken"]])
        if words["RoleArn"] not in self.roles:
            return self.error(403, "AccessDenied", f"not authorized to perform: sts:AssumeRole on {words['RoleArn']}")
        may, external, keys = self.roles[words["RoleArn"]]
        try:
            verify(may, method, path, headers, body, self.region, "sts")
        except WrongSignature as wrong:
            return self.error(403, "SignatureDoesNotMatch", "The request signature we calculated does not match"
                              f"\n\nThe Canonical String for this request should have been\n'{wrong}'")
        if words.get("ExternalId") != external:
            return self.error(403, "AccessDenied", "wrong external id")
        return self.give("AssumeRole", keys)

    def give(self, action, keys):
        return 200, (f'<{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{action}Result><Credentials>'
                     f"<AccessKeyId>{keys.key}</AccessKeyId><SecretAccessKey>{escape(keys.secret)}</SecretAccessKey>"
                     f"<SessionToken>{escape(keys.session)}</SessionToken><Expiration>{stamp(HOUR)}</Expiration>"
                     f"</Credentials></{action}Result></{action}Response>")

    def error(self, status, code, message):
        return status, (f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code>"
                        f"<Message>{escape(message)}</Message></Error></ErrorResponse>")


class Container(Service):
    def __init__(self, keys, authorization):
        self.keys, self.authorization, self.ends = keys, authorization, HOUR
        super().__init__()

    def answer(self, method, path, headers, body):
        if (method, path, headers.get("Authorization")) != ("GET", "/v1/credentials", self.authorization):
            return 403, json.dumps({"code": "AccessDenied", "message": f"not with {headers.get('Authorization')}"})
        return 200, self.keys.document(ends=self.ends)


class InstanceMetadata(Service):
    """Version 2 only; `refusing`: not even that."""
    roles = "/latest/meta-data/iam/security-credentials/"

    def __init__(self, keys, session):
        self.keys, self.session, self.refusing = keys, session, False
        super().__init__()

    def answer(self, method, path, headers, body):
        if (method, path) == ("PUT", "/latest/api/token") and not self.refusing:
            return (200, self.session) if headers.get("X-aws-ec2-metadata-token-ttl-seconds") else (400, "")
        if method != "GET" or headers.get("X-aws-ec2-metadata-token") != self.session:
            return 401, ""
        if path == self.roles:
            return 200, "worker-role"
        if path == self.roles + "worker-role":
            return 200, self.keys.document(Code="Success")
        return 404, ""
