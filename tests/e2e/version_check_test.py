"""A row that is read FOR UPDATE under `update: version_check` is read without its lock, and no change of it is
overlooked all the same: not by the update that follows, nor by a transaction that only read it. On plain PostgreSQL at
READ COMMITTED the version alone protects; on the emulator, whose transactions have one snapshot, COMMIT does."""
import json

import harness
import wire

READ = "SELECT version, owner FROM accounts WHERE bank = {} AND id = {} FOR UPDATE"
UPDATE = "UPDATE accounts SET owner = {}, version = {} WHERE bank = {} AND id = {}"
RULES = {"tables": {"accounts": {"update": "version_check", "key": ["bank", "id"], "version": "version"},
                    "leases": {"share": "key_share", "key": ["id"]}}}


class Extended:
    """Parameters, in the extended protocol."""
    def read(self, client):
        return client.ask(wire.run(READ.format("$1", "$2"), "north", "7"), wire.sync())

    def update(self, client, owner, version):
        return client.ask(wire.run(UPDATE.format("$3", "$4", "$1", "$2"), "north", "7", owner, version), wire.sync())


class Simple:
    """Literals, in the simple protocol."""
    def read(self, client):
        return client.ask(wire.query(READ.format("'north'", 7)))

    def update(self, client, owner, version):
        return client.ask(wire.query(UPDATE.format(f"'{owner}'", version, "'north'", 7)))


class Case(harness.Case):
    tapped = True
    server = "postgresql"
    schema = """
        CREATE TABLE accounts (bank text, id bigint, owner text, version bigint, PRIMARY KEY (bank, id));
        CREATE TABLE written (id int PRIMARY KEY);
        CREATE TABLE leases (id int PRIMARY KEY, owner int);
        INSERT INTO leases VALUES (1, 5)"""

    @classmethod
    def setUpClass(cls):
        cls.settings = {"upstream": {"server": cls.server, "database": "temporal"}}
        super().setUpClass()

    @classmethod
    def started(cls, program):
        if program.name == "occam":  # its configuration stands beside the rules
            path = cls.folder / "occam.yaml"
            config = json.loads(path.read_text())
            (cls.folder / "rules.yaml").write_text(json.dumps(RULES))
            config["rewriter"] = {"rules": "rules.yaml"}
            path.write_text(json.dumps(config))
        return super().started(program)

    def setUp(self):
        self.postgres.sql("TRUNCATE accounts, written; INSERT INTO accounts VALUES ('north', 7, 'ann', 41)")
        self.tap.clear()

    def begun(self):
        client = self.client()
        client.ask(wire.query("BEGIN"))
        self.assertEqual(wire.rows(self.read(client)), [["41", "ann"]])
        return client

    def change(self):
        """Another client's transaction, from its read to its COMMIT."""
        other = self.begun()
        self.assertEqual(wire.tags(self.update(other, "eve", "42")), ["UPDATE 1"])
        self.assertEqual(wire.tags(other.ask(wire.query("COMMIT"))), ["COMMIT"])

    def account(self):
        return self.postgres.sql("SELECT owner, version FROM accounts")

    def assert_conflict(self, answers):
        codes = [code for answer in answers for code in wire.errors(answer)]
        self.assertEqual(codes[:1], ["40001"])


class Checks:
    def test_alone(self):
        client = self.begun()
        self.assertEqual(wire.tags(self.update(client, "bob", "42")), ["UPDATE 1"])
        self.assertEqual(wire.tags(client.ask(wire.query("COMMIT"))), ["COMMIT"])
        self.assertEqual(self.account(), "bob|42")
        self.assertEqual(self.tap.asked("FOR UPDATE"), 0)

    def test_changed_before_the_update(self):
        client = self.begun()
        self.change()
        answers = [self.update(client, "bob", "42"), client.ask(wire.query("COMMIT"))]
        self.assert_conflict(answers)
        self.assertEqual(wire.status(answers[1]), "I")
        self.assertEqual(self.account(), "eve|42")

    def test_changed_before_the_commit_of_one_who_only_read(self):
        client = self.begun()
        client.ask(wire.query("INSERT INTO written VALUES (1)"))
        self.change()
        self.assert_conflict([client.ask(wire.query("COMMIT"))])
        self.assertEqual(self.postgres.sql("SELECT count(*) FROM written"), "0")

    def test_not_changed_before_the_commit_of_one_who_only_read(self):
        client = self.begun()
        client.ask(wire.query("INSERT INTO written VALUES (1)"))
        self.assertEqual(wire.tags(client.ask(wire.query("COMMIT"))), ["COMMIT"])
        self.assertEqual(self.postgres.sql("SELECT count(*) FROM written"), "1")
        self.assertEqual(self.tap.own(), 1)

    def test_deleted_under_the_reader(self):
        client = self.begun()
        self.elsewhere("DELETE FROM accounts")
        self.assert_conflict([self.update(client, "bob", "42"), client.ask(wire.query("COMMIT"))])

    def test_the_client_deletes(self):
        client = self.begun()
        self.assertEqual(wire.tags(client.ask(wire.query("DELETE FROM accounts WHERE id = 7 AND bank = 'north'"))),
                         ["DELETE 1"])
        self.assertEqual(wire.tags(client.ask(wire.query("COMMIT"))), ["COMMIT"])
        self.assertEqual(self.account(), "")

    def test_the_row_spelled_otherwise(self):
        client = self.begun()
        self.assertEqual(wire.tags(client.ask(wire.query("UPDATE accounts SET owner = 'bob', version = 42 "
                                                         "WHERE bank = 'north' AND id = '7'"))), ["UPDATE 1"])
        self.assertEqual(wire.tags(client.ask(wire.query("COMMIT"))), ["COMMIT"])
        self.assertEqual(self.account(), "bob|42")

    def test_the_row_spelled_otherwise_and_changed(self):
        client = self.begun()
        self.change()
        self.assert_conflict([client.ask(wire.query("UPDATE accounts SET owner = 'bob', version = 43 "
                                                    "WHERE bank = 'north' AND id = '7'")),
                              client.ask(wire.query("COMMIT"))])
        self.assertEqual(self.account(), "eve|42")

    def test_read_twice_and_written_twice(self):
        client = self.begun()
        self.update(client, "bob", "42")
        self.assertEqual(wire.rows(self.read(client)), [["42", "bob"]])
        self.assertEqual(wire.tags(self.update(client, "bea", "43")), ["UPDATE 1"])
        self.assertEqual(wire.rows(self.read(client)), [["43", "bea"]])
        self.assertEqual(wire.tags(client.ask(wire.query("COMMIT"))), ["COMMIT"])
        self.assertEqual(self.account(), "bea|43")

    def test_no_row(self):
        client = self.begun()
        nobody = client.ask(wire.run(READ.format("$1", "$2"), "south", "7"), wire.sync())
        self.assertEqual(wire.rows(nobody), [])
        answer = client.ask(wire.run(UPDATE.format("$3", "$4", "$1", "$2"), "south", "7", "bob", "1"), wire.sync())
        self.assertEqual(wire.tags(answer), ["UPDATE 0"])
        self.assertEqual(wire.tags(client.ask(wire.query("COMMIT"))), ["COMMIT"])

    def test_in_one_pipeline(self):
        client = self.client()
        client.send(wire.run("BEGIN"), wire.run(READ.format("$1", "$2"), "north", "7"),
                    wire.run(UPDATE.format("$3", "$4", "$1", "$2"), "north", "7", "bob", "42"), wire.run("COMMIT"),
                    wire.sync())
        answer = client.until_ready()
        self.assertEqual(wire.tags(answer), ["BEGIN", "SELECT 1", "UPDATE 1", "COMMIT"])
        self.assertEqual(self.account(), "bob|42")

    def test_outside_a_transaction(self):
        client = self.client()
        self.assertEqual(wire.rows(self.read(client)), [["41", "ann"]])
        self.change()
        self.assertEqual(wire.tags(self.update(client, "bob", "43")), ["UPDATE 1"])
        self.assertEqual(self.account(), "bob|43")

    def test_a_lock_is_added_where_others_hold_key_share(self):
        client = self.client()
        client.ask(wire.query("BEGIN"))
        answer = client.ask(wire.run("UPDATE leases SET owner = $2 WHERE id = $1", "1", "6"), wire.sync())
        self.assertEqual(wire.tags(answer), ["UPDATE 1"])
        self.assertEqual(self.tap.asked("FROM leases WHERE id = $1 FOR UPDATE"), 1)
        self.assertEqual(wire.tags(client.ask(wire.query("COMMIT"))), ["COMMIT"])

    def test_and_outside_a_transaction_too(self):
        client = self.client()
        for owner, update in ((7, wire.run("UPDATE leases SET owner = $2 WHERE id = $1", "1", "7") + wire.sync()),
                              (8, wire.query("UPDATE leases SET owner = 8 WHERE id = 1"))):
            self.tap.clear()
            answer = client.ask(update)
            self.assertEqual(wire.tags(answer), ["UPDATE 1"])
            self.assertEqual(wire.status(answer), "I")
            self.assertEqual(self.tap.count("S"), 1)
            self.assertEqual(self.postgres.sql("SELECT owner FROM leases"), str(owner))
        answer = client.ask(wire.query("UPDATE leases SET owner = 9 WHERE id = 1 RETURNING owner"))
        self.assertEqual(wire.rows(answer), [["9"]])
        self.assertEqual(wire.errors(client.ask(wire.query("UPDATE leases SET owner = 1/0 WHERE id = 1"))), ["22012"])
        self.assertEqual(wire.tags(client.ask(wire.query("SELECT 1"))), ["SELECT 1"])

    def elsewhere(self, text):
        """Past Occam."""
        client = wire.Client((self.emulator or self.postgres).port)
        self.addCleanup(client.close)
        self.assertEqual(wire.errors(client.ask(wire.query(text))), [])


class PostgresqlExtended(Checks, Extended, Case):
    pass


class PostgresqlSimple(Checks, Simple, Case):
    pass


class OnEmulator(Case):
    server = "aurora_dsql"
    emulator_flags = []

    def client(self, **words):
        return super().client(**{"database": "postgres", **words})


class EmulatorExtended(Checks, Extended, OnEmulator):
    pass


class EmulatorSimple(Checks, Simple, OnEmulator):
    pass


class Described(Case):
    def test_the_hidden_parameter_is_not_described(self):
        client = self.client()
        answer = client.ask(wire.parse("u", UPDATE.format("$3", "$4", "$1", "$2")),
                            wire.message("D", b"Su\0"), wire.sync())
        described = next(body for kind, body in answer if kind == "t")
        self.assertEqual(len(described), 2 + 4 * 4)


if __name__ == "__main__":
    harness.main()
