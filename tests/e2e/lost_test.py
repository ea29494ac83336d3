"""The connection to the server is cut at chosen moments. After a commit was sent, Occam must not send it again
and must say 08007; before that, the client learns of nothing."""
import unittest

import harness
import wire


@unittest.skipIf(harness.DIRECT, "PostgreSQL itself hides nothing")
class Lost(harness.Case):
    tapped = True
    schema = "CREATE TABLE pairs (k int PRIMARY KEY, v int);"

    def setUp(self):
        self.postgres.sql("TRUNCATE pairs")
        self.tap.clear()
        self.cuts = self.tap.cuts
        self.before = self.verdicts()

    def tearDown(self):
        self.tap.order = None

    def assert_verdict(self, verdict):
        after = self.verdicts()
        self.assertEqual({v: n - self.before.get(v, 0) for v, n in after.items() if n != self.before.get(v, 0)},
                         {verdict: 1})

    def stored(self):
        return self.postgres.sql("SELECT k FROM pairs ORDER BY k").split()

    def ask(self, client, text):
        return client.ask(wire.query(text))

    def in_transaction(self, client):
        self.ask(client, "BEGIN")
        self.assertEqual(wire.errors(self.ask(client, "INSERT INTO pairs VALUES (1, 1)")), [])

    def assert_in_doubt(self, client, text, stored, sent=1):
        self.assertEqual(wire.errors(self.ask(client, text)), ["08007"])
        self.assertEqual(self.tap.cuts, self.cuts + 1)
        self.assertLessEqual(self.tap.asked(text), sent)
        self.assertEqual(self.stored(), stored)
        self.assert_verdict("in_doubt")

    def test_answer_to_commit_lost(self):
        client = self.client()
        self.in_transaction(client)
        self.tap.cut_after("COMMIT")
        self.assert_in_doubt(client, "COMMIT", stored=["1"])

    def test_commit_lost_on_its_way(self):
        client = self.client()
        self.in_transaction(client)
        self.tap.cut_before("COMMIT")
        self.assert_in_doubt(client, "COMMIT", stored=[])

    def test_answer_to_an_autocommit_write_lost(self):
        client = self.client()
        self.tap.cut_after("INSERT INTO pairs")
        self.assert_in_doubt(client, "INSERT INTO pairs VALUES (5, 5)", stored=["5"])

    def test_session_goes_on_after_doubt(self):
        client = self.client()
        self.in_transaction(client)
        self.tap.cut_after("COMMIT")
        self.assertEqual(wire.errors(self.ask(client, "COMMIT")), ["08007"])
        self.assertEqual(wire.rows(self.ask(client, "SELECT count(*) FROM pairs")), [["1"]])

    def test_lost_at_a_statement_before_commit(self):
        client = self.client()
        self.in_transaction(client)
        self.tap.cut_before("VALUES (2, 2)")
        self.assertEqual(wire.errors(self.ask(client, "INSERT INTO pairs VALUES (2, 2)")), [])
        self.assertEqual(wire.errors(self.ask(client, "COMMIT")), [])
        self.assertEqual(self.stored(), ["1", "2"])
        self.assert_verdict("replayed")

    def test_answer_of_a_statement_lost_before_commit(self):
        client = self.client()
        self.in_transaction(client)
        self.tap.cut_after("VALUES (2, 2)")
        self.assertEqual(wire.tags(self.ask(client, "INSERT INTO pairs VALUES (2, 2)")), ["INSERT 0 1"])
        self.assertEqual(wire.tags(self.ask(client, "COMMIT")), ["COMMIT"])
        self.assertEqual(self.stored(), ["1", "2"])
        self.assert_verdict("replayed")

    def test_lost_while_the_client_thinks(self):
        client = self.client()
        self.in_transaction(client)
        self.tap.lines[-1].cut()
        self.assertEqual(wire.tags(self.ask(client, "INSERT INTO pairs VALUES (2, 2)")), ["INSERT 0 1"])
        self.assertEqual(wire.tags(self.ask(client, "COMMIT")), ["COMMIT"])
        self.assertEqual(self.stored(), ["1", "2"])

    def test_lost_at_a_read(self):
        client = self.client()
        self.tap.cut_after("SELECT 41")
        self.assertEqual(wire.rows(self.ask(client, "SELECT 41 + 1")), [["42"]])
        self.assertEqual(self.tap.asked("SELECT 41"), 2)

    def test_named_statements_outlive_the_connection(self):
        client = self.client()
        client.ask(wire.parse("named", "INSERT INTO pairs VALUES ($1, $2)"), wire.sync())
        self.ask(client, "BEGIN")
        client.ask(wire.bind("named", 1, 1), wire.execute(), wire.sync())
        self.tap.lines[-1].cut()
        answer = client.ask(wire.bind("named", 2, 2), wire.execute(), wire.sync())
        self.assertEqual(wire.kinds(answer), "2CZ")
        self.assertEqual(wire.tags(self.ask(client, "COMMIT")), ["COMMIT"])
        self.assertEqual(self.stored(), ["1", "2"])


if __name__ == "__main__":
    harness.main()
