"""IAM tokens: every place where AWS's tools find credentials, through `occam token`, with fakes of AWS's
services on loopback; the emulator judges each token as DSQL would. And what each place says when it fails,
which never holds a secret."""
import datetime
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import aws
import emulator_connect_test as door
import harness
import stack

ACCOUNT = "arn:aws:iam::123456789012:role/"
# What the emulator takes; whoever ends with other keys is turned away there.
FINAL = aws.Keys("ASIAFINALFINALFINAL1", "final+secret/EXAMPLE+of+forty+characters", "FINAL/SESSION+TOKEN==")
BASE = aws.Keys("AKIABASEBASEBASEBASE", "base/secret+EXAMPLE/of/forty/characters1")
MIDDLE = aws.Keys("ASIAMIDDLEMIDDLEMIDD", "middle/secret+EXAMPLE/of/forty/character", "MIDDLE/SESSION+TOKEN==")
WRONG = aws.Keys("AKIAWRONGWRONGWRONGW", "wrong/secret+EXAMPLE/of/forty/characters", "WRONG/SESSION+TOKEN==")
IDENTITY = "eyJhbGciOi.web-identity-token.of-a-pod"
AUTHORIZATION = "Basic container-authorization-token"
METADATA = "METADATA-SESSION-TOKEN=="
SECRETS = [text for keys in (FINAL, BASE, MIDDLE, WRONG) for text in vars(keys).values() if text] + [
    IDENTITY, AUTHORIZATION, METADATA, "hunter2"]


class Case(door.Tls):
    keys = FINAL

    @classmethod
    def surroundings(cls):
        session = ("--iam-session-token", cls.keys.session) if cls.keys.session else ()
        return ("--iam-access-key", cls.keys.key, "--iam-secret-key", cls.keys.secret, *session,
                *super().surroundings())

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sts = cls.serving(aws.Sts("us-east-1", {
            ACCOUNT + "final": (BASE, None, FINAL), ACCOUNT + "middle": (BASE, "from outside", MIDDLE),
            ACCOUNT + "last": (MIDDLE, None, FINAL), ACCOUNT + "of-final": (FINAL, None, FINAL)},
            {IDENTITY: FINAL}))
        cls.container = cls.serving(aws.Container(FINAL, AUTHORIZATION))
        cls.metadata = cls.serving(aws.InstanceMetadata(FINAL, METADATA))

    @classmethod
    def serving(cls, service):
        cls.addClassCleanup(service.close)
        return service

    def setUp(self):
        super().setUp()
        self.home = Path(tempfile.mkdtemp(prefix="occam-iam-"))
        self.addCleanup(shutil.rmtree, self.home, True)
        (self.home / ".aws").mkdir()
        for service in (self.sts, self.container, self.metadata):
            service.asked.clear()
            service.clock = datetime.timedelta()
        self.container.ends, self.metadata.refusing = aws.HOUR, False

    def file(self, name, text, mode=0o600):
        path = self.home / name
        path.write_text(text)
        path.chmod(mode)
        return str(path)

    def config(self, text):
        self.file(".aws/config", text)

    def credentials(self, text):
        self.file(".aws/credentials", text)

    def occam(self, *flags, **variables):
        """`occam token` in an environment of which nothing but this test's own variables speaks of AWS."""
        env = {"PATH": os.environ["PATH"], "HOME": str(self.home), "AWS_EC2_METADATA_DISABLED": "true",
               "AWS_ENDPOINT_URL_STS": self.sts.url, **variables}
        done = subprocess.run([stack.BIN / "occam", "token", *flags], env=env, capture_output=True, text=True, timeout=60)
        for secret in SECRETS:
            self.assertNotIn(secret, done.stderr)
        return done

    def token(self, *flags, user="app", warned="", **variables):
        done = self.occam("--host", door.HOST, "--user", user, *flags, **variables)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"\A\S+\n\Z")
        self.assertIn(warned, done.stderr)
        self.assertTrue(warned or not done.stderr, done.stderr)
        return done.stdout.strip()

    def admits(self, token, user="app"):
        connection = self.connect(**self.safe(user=user, password=token))
        self.assertEqual(self.ask(connection, "SELECT 1"), [(1,)])

    def fails(self, *sentences, flags=(), code=1, **variables):
        """It says all of the sentences in one line, and nothing of a secret."""
        done = self.occam(*(flags or ("--host", door.HOST, "--user", "app")), **variables)
        self.assertEqual((done.returncode, done.stdout), (code, ""), done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        for sentence in sentences:
            self.assertIn(sentence, done.stderr)


class Places(Case):
    """Every place, and the order in which they are asked."""

    def test_environment(self):
        self.admits(self.token(**FINAL.variables()))
        self.admits(self.token(user="admin", **FINAL.variables()), user="admin")

    def test_keys_in_the_credentials_file(self):
        self.credentials(f"[default]\n{FINAL.profile()}")
        self.admits(self.token())

    def test_a_profile_that_is_named(self):
        self.config(f"[default]\n{WRONG.profile()}[profile prod] # ours\nregion = us-east-1\n{FINAL.profile()}")
        self.admits(self.token(AWS_PROFILE="prod"))
        self.admits(self.token("--profile", "prod", **WRONG.variables()))

    def test_files_elsewhere(self):
        config = self.file("c", f"[profile p]\nrole_arn = {ACCOUNT}final\nsource_profile = q\n")
        credentials = self.file("d", f"[q]\n{BASE.profile()}")
        self.admits(self.token(AWS_CONFIG_FILE=config, AWS_SHARED_CREDENTIALS_FILE=credentials, AWS_PROFILE="p"))

    def test_a_role_with_a_source_profile(self):
        self.config(f"[profile work]\nrole_arn = {ACCOUNT}final\nsource_profile = base\n"
                    "role_session_name = the-session\nduration_seconds = 1800\n")
        self.credentials(f"[base]\n{BASE.profile()}")
        self.admits(self.token(AWS_PROFILE="work"))
        call, = self.sts.calls()
        self.assertEqual((call["RoleSessionName"], call["DurationSeconds"]), ("the-session", "1800"))

    def test_a_role_by_way_of_another_role(self):
        self.config(f"[profile work]\nrole_arn = {ACCOUNT}last\nsource_profile = between\n"
                    f"[profile between]\nrole_arn = {ACCOUNT}middle\nexternal_id = from outside\nsource_profile = base\n"
                    f"[profile base]\n{BASE.profile()}")
        self.admits(self.token(AWS_PROFILE="work"))
        self.assertEqual([call["RoleArn"] for call in self.sts.calls()], [ACCOUNT + "middle", ACCOUNT + "last"])

    def test_a_role_with_a_credential_source(self):
        for source, variables in (
                ("Environment", FINAL.variables()),
                ("EcsContainer", {"AWS_CONTAINER_CREDENTIALS_FULL_URI": self.container.url + "/v1/credentials",
                                  "AWS_CONTAINER_AUTHORIZATION_TOKEN": AUTHORIZATION}),
                ("Ec2InstanceMetadata", {"AWS_EC2_METADATA_SERVICE_ENDPOINT": self.metadata.url,
                                         "AWS_EC2_METADATA_DISABLED": "false"})):
            with self.subTest(source):
                self.sts.asked.clear()
                self.config(f"[profile p]\nrole_arn = {ACCOUNT}of-final\ncredential_source = {source}\n")
                self.admits(self.token("--profile", "p", **variables))
                self.assertEqual(len(self.sts.asked), 1)

    def test_credential_process(self):
        script = self.file("give keys", "#!/bin/sh\necho hunter2 >&2\n[ \"$1\" = '$HOME' ] && cat <<'X'\n"
                           f"{FINAL.document(token='SessionToken', Version=1)}\nX\n", 0o700)
        self.config(f"[default]\ncredential_process = \"{script}\" $HOME\n")
        self.admits(self.token())

    def test_web_identity(self):
        path = self.file("identity", IDENTITY + "\n")
        self.admits(self.token(AWS_WEB_IDENTITY_TOKEN_FILE=path, AWS_ROLE_ARN=ACCOUNT + "pod"))
        self.config(f"[profile pod]\nrole_arn = {ACCOUNT}pod\nweb_identity_token_file = {path}\n")
        self.admits(self.token(AWS_PROFILE="pod", AWS_ROLE_SESSION_NAME="unused"))
        self.assertEqual([call["RoleSessionName"] for call in self.sts.calls()], ["occam", "occam"])

    def test_container(self):
        url = self.container.url + "/v1/credentials"
        self.admits(self.token(AWS_CONTAINER_CREDENTIALS_FULL_URI=url, AWS_CONTAINER_AUTHORIZATION_TOKEN=AUTHORIZATION))
        path = self.file("authorization", AUTHORIZATION)
        self.admits(self.token(AWS_CONTAINER_CREDENTIALS_FULL_URI=url, AWS_CONTAINER_AUTHORIZATION_TOKEN="other",
                               AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=path, http_proxy="http://127.0.0.1:9"))

    def test_instance_metadata(self):
        self.admits(self.token(AWS_EC2_METADATA_DISABLED="", AWS_EC2_METADATA_SERVICE_ENDPOINT=self.metadata.url))
        self.assertEqual([method for method, *_ in self.metadata.asked], ["PUT", "GET", "GET"])

    def test_the_order(self):
        def whose(**variables):
            token = self.token(**variables)
            return next(keys for keys in (FINAL, BASE, MIDDLE, WRONG) if keys.key in token)
        everything = {"AWS_WEB_IDENTITY_TOKEN_FILE": self.file("identity", IDENTITY), "AWS_ROLE_ARN": ACCOUNT + "pod",
                      "AWS_CONTAINER_CREDENTIALS_FULL_URI": self.container.url, **BASE.variables()}
        self.credentials(f"[default]\n{WRONG.profile()}")
        self.assertIs(whose(**everything), BASE)
        del everything["AWS_ACCESS_KEY_ID"]
        self.assertIs(whose(**everything), WRONG)
        self.credentials("[default]\nregion = eu-west-1\n")
        self.assertIs(whose(**everything, AWS_REGION="us-east-1"), FINAL)  # the region that STS was asked for
        self.assertEqual(len(self.sts.asked), 1)
        self.assertEqual(self.container.asked, [])

    def test_what_the_configuration_names(self):
        iam = "authentication: iam"
        path = self.file("occam.yaml", f"upstream: {{host: {door.HOST}, user: admin, {iam}}}\nlisteners:\n"
                         "  other:\n    listen: 127.0.0.1:0\n    upstream: {host: db.example.com, user: app, "
                         f"{iam}, region: us-east-1, profile: prod, tls: {{server_name: {door.HOST}}}}}\n")
        self.config(f"[profile prod]\n{FINAL.profile()}")
        for flags, user in (((), "admin"), (("--user", "app", "--expires", "2m"), "app")):
            done = self.occam("--config", path, *flags, **FINAL.variables())
            self.assertEqual(done.returncode, 0, done.stderr)
            self.admits(done.stdout.strip(), user)
        self.assertIn("X-Amz-Expires=120&", done.stdout)
        done = self.occam("--config", path, "--listener", "other", **WRONG.variables())
        self.admits(done.stdout.strip(), "app")

    def test_a_token_of_the_wrong_keys_is_turned_away(self):
        """The judge judges: without this the others prove nothing."""
        said = self.refusal(**self.safe(user="app", password=self.token(**WRONG.variables())))
        self.assertIn("access denied", said)
        said = self.refusal(**self.safe(user="admin", password=self.token(**FINAL.variables())))
        self.assertIn("Wrong user to action mapping", said)

    def test_a_clock_that_is_wrong(self):
        self.container.clock = datetime.timedelta(hours=2)
        url = self.container.url + "/v1/credentials"
        self.container.ends = 3 * aws.HOUR
        self.token(AWS_CONTAINER_CREDENTIALS_FULL_URI=url, AWS_CONTAINER_AUTHORIZATION_TOKEN=AUTHORIZATION,
                   warned="behind AWS's; set it by NTP")


class LongLivedKeys(Case):
    keys = BASE

    def test_without_a_session_token(self):
        self.admits(self.token(**BASE.variables()))


class Failures(Case):
    """What each place says, and which of them end the search."""

    def test_nothing_is_set_up(self):
        self.fails("no AWS credentials: environment: AWS_ACCESS_KEY_ID is not set; shared files: no profile 'default'",
                   "; web identity: AWS_WEB_IDENTITY_TOKEN_FILE is not set; container: ",
                   "; instance metadata: AWS_EC2_METADATA_DISABLED is true")

    def test_half_of_the_environment(self):
        self.fails("AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not", AWS_ACCESS_KEY_ID=FINAL.key)
        self.fails("the secret access key holds a blank or a control character", AWS_ACCESS_KEY_ID=FINAL.key,
                   AWS_SECRET_ACCESS_KEY=FINAL.secret + "\n")

    def test_profiles(self):
        self.config("[profile sso]\nsso_session = corp\n"
                    f"[profile a]\nrole_arn = {ACCOUNT}x\nsource_profile = b\n"
                    f"[profile b]\nrole_arn = {ACCOUNT}y\nsource_profile = a\n"
                    f"[profile half]\naws_access_key_id = {FINAL.key}\n")
        self.fails("no profile 'nobody' with credentials in ", AWS_PROFILE="nobody",
                   AWS_CONTAINER_CREDENTIALS_FULL_URI=self.container.url)
        self.assertEqual(self.container.asked, [])  # what stands behind would be another identity
        self.fails("environment: not asked, since a profile is named; shared files: profile 'sso' uses SSO",
                   "aws configure export-credentials --profile sso --format process",
                   flags=("--host", door.HOST, "--user", "app", "--profile", "sso"), **FINAL.variables())
        self.fails("comes back to itself through source_profile", AWS_PROFILE="a")
        self.fails("has aws_access_key_id but no aws_secret_access_key", AWS_PROFILE="half")
        self.credentials("[default]\nhunter2\n")
        self.fails(".aws/credentials, line 2: neither a [section] nor a key = value")
        (self.home / ".aws/credentials").unlink()
        (self.home / ".aws/credentials").mkdir()
        self.fails(".aws/credentials: it is no regular file")

    def test_sts_refuses(self):
        self.config(f"[default]\nrole_arn = {ACCOUNT}last\nsource_profile = s\n[profile s]\n"
                    f"{aws.Keys(MIDDLE.key, WRONG.secret, MIDDLE.session).profile()}"
                    f"[profile other]\nrole_arn = {ACCOUNT}other\nsource_profile = s\n")
        self.fails(f"shared files: {ACCOUNT}last: it answers HTTP 403 SignatureDoesNotMatch: The request signature we "
                   "calculated does not match")
        self.fails(f"{ACCOUNT}other: it answers HTTP 403 AccessDenied", AWS_PROFILE="other")
        self.config("[default]\nrole_arn = two\n  lines\nsource_profile = s\n[profile s]\n" + BASE.profile())
        self.fails("two lines: it answers HTTP 403 AccessDenied")

    def test_sts_is_away(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            nobody = f"http://127.0.0.1:{taken.getsockname()[1]}"
        self.config(f"[default]\nrole_arn = {ACCOUNT}final\nsource_profile = s\n[profile s]\n{BASE.profile()}")
        self.fails(f"shared files: STS at {nobody}: ", AWS_ENDPOINT_URL_STS=nobody)
        self.fails("AWS_ENDPOINT_URL_STS is no http or https URL", AWS_ENDPOINT_URL_STS="hunter2")

    def test_credential_process(self):
        for command, said in ((self.file("a", "#!/bin/sh\necho hunter2 >&2\necho hunter2\nexit 3\n", 0o700),
                               "ended with status 3; run it by hand"),
                              (self.file("b", "#!/bin/sh\necho hunter2\n", 0o700), "the answer is not a JSON object"),
                              (self.file("c", f"#!/bin/sh\necho '{FINAL.document()}'\n", 0o700), '"Version": 1'),
                              (self.file("d", "#!/bin/sh\nkill -9 $$\n", 0o700), "was ended by signal 9"),
                              ("/nowhere/hunter2", "cannot be run: No such file or directory"),
                              ("'hunter2", "has a quote that is not closed")):
            with self.subTest(said):
                self.config(f"[default]\ncredential_process = {command}\n")
                self.fails(f"shared files: credential_process: {said}" if said[0] != '"' else said)

    def test_web_identity(self):
        path = self.file("identity", WRONG.session)
        self.fails("AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not", AWS_WEB_IDENTITY_TOKEN_FILE=path)
        self.fails("web identity: arn: it answers HTTP 400 InvalidIdentityToken: no such token: ***",
                   AWS_WEB_IDENTITY_TOKEN_FILE=path, AWS_ROLE_ARN="arn")
        self.fails("there is no file /nowhere/identity", AWS_WEB_IDENTITY_TOKEN_FILE="/nowhere/identity", AWS_ROLE_ARN="arn")
        self.fails("is empty", AWS_WEB_IDENTITY_TOKEN_FILE=self.file("nothing", "\n"), AWS_ROLE_ARN="arn")

    def test_container(self):
        url = self.container.url + "/v1/credentials"
        self.fails("container: it answers HTTP 403 AccessDenied", AWS_CONTAINER_CREDENTIALS_FULL_URI=url,
                   AWS_CONTAINER_AUTHORIZATION_TOKEN="hunter2")
        self.fails("names example.com over plain HTTP", AWS_CONTAINER_CREDENTIALS_FULL_URI="http://example.com/")
        self.fails("the authorization token holds a line break", AWS_CONTAINER_CREDENTIALS_FULL_URI=url,
                   AWS_CONTAINER_AUTHORIZATION_TOKEN=f"{AUTHORIZATION}\nHost: example.com")
        self.container.ends = -aws.HOUR
        self.fails("container: the credentials expired at ", AWS_CONTAINER_CREDENTIALS_FULL_URI=url,
                   AWS_CONTAINER_AUTHORIZATION_TOKEN=AUTHORIZATION)
        self.container.clock = datetime.timedelta(hours=-2)
        self.fails("ahead of AWS's; set it by NTP", AWS_CONTAINER_CREDENTIALS_FULL_URI=url,
                   AWS_CONTAINER_AUTHORIZATION_TOKEN=AUTHORIZATION)

    def test_version_1_of_the_instance_metadata_is_never_spoken(self):
        self.metadata.refusing = True
        self.fails("instance metadata: the session token is refused with HTTP 401", AWS_EC2_METADATA_DISABLED="",
                   AWS_EC2_METADATA_SERVICE_ENDPOINT=self.metadata.url)
        self.assertEqual([method for method, *_ in self.metadata.asked], ["PUT"])

    def test_usage(self):
        for flags, said in (((), "no host; "), (("--host", door.HOST), "no user; "),
                            (("--host", "db.example.com", "--user", "app"), "no region in the host name 'db.example.com'"),
                            (("--host", door.HOST, "--user", "app", "--expires", "soon"), "'soon' is no duration"),
                            (("--host", door.HOST, "--user", "app", "--expires", "169h"), "7 days"),
                            (("--config", "/nowhere/occam.yaml"), "/nowhere/occam.yaml"),
                            (("--config", str(stack.ROOT / "config/occam.yaml"), "--listener", "x"), "no listener 'x'"),
                            (("--nonsense",), "--help")):
            self.fails(said, flags=flags or ("--user", "app"), code=2, **FINAL.variables())
        done = self.occam("--help", **FINAL.variables())
        self.assertEqual(done.returncode, 0)
        self.assertIn("Examples:", done.stdout)
        for secret in SECRETS:
            self.assertNotIn(secret, done.stdout)


if __name__ == "__main__":
    harness.main()
