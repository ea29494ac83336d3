"""A serialization conflict at every place where one can arise leads to attempt 2, seen on the wire between
Occam and the server, and the client learns of it only where it must. The server is a plain PostgreSQL: a
sequence, which no rollback turns back, decides how often a statement or a commit fails."""
import unittest

import harness
import wire

SCHEMA = """
CREATE TABLE pairs (k int PRIMARY KEY, v int);
CREATE TABLE fused (k int PRIMARY KEY, times int);
CREATE SEQUENCE fuse;
CREATE FUNCTION conflict(times int) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
  IF nextval('fuse') <= times THEN
    RAISE EXCEPTION 'change conflicts with another transaction, please retry: (OC000)' USING ERRCODE = '40001';
  END IF;
  RETURN times;
END $$;
CREATE FUNCTION conflict_at_commit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM conflict(NEW.times); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON fused DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION conflict_at_commit();
"""


@unittest.skipIf(harness.DIRECT, "PostgreSQL itself hides nothing")
class Conflicts(harness.Case):
    tapped = True
    schema = SCHEMA
    settings = {"retry": {"attempts": 4, "elapsed": "20s"}}

    def setUp(self):
        self.postgres.sql("TRUNCATE pairs, fused; SELECT setval('fuse', 1, false)")
        self.tap.clear()
        self.before = self.verdicts()

    def assert_verdict(self, verdict):
        after = self.verdicts()
        new = {v: n - self.before.get(v, 0) for v, n in after.items() if n != self.before.get(v, 0)}
        self.assertEqual(new, {verdict: 1})

    def assert_stored(self, table, keys):
        self.assertEqual(self.postgres.sql(f"SELECT k FROM {table} ORDER BY k").split(), [str(k) for k in keys])

    def query(self, client, *texts):
        """Simple queries, one after another; each must succeed."""
        answers = [client.ask(wire.query(text)) for text in texts]
        for text, answer in zip(texts, answers):
            self.assertEqual(wire.errors(answer), [], text)
        return answers

    def test_at_a_statement(self):
        client = self.client()
        self.query(client, "BEGIN", "INSERT INTO pairs VALUES (1, 1)", "SELECT conflict(1)", "COMMIT")
        self.assertEqual(self.tap.asked("INSERT INTO pairs"), 2)
        self.assertEqual(self.tap.asked("conflict(1)"), 2)
        self.assert_stored("pairs", [1])
        self.assert_verdict("replayed")

    def test_at_the_first_statement(self):
        client = self.client()
        self.query(client, "BEGIN", "SELECT conflict(2)", "COMMIT")
        self.assertEqual(self.tap.asked("conflict(2)"), 3)

    def test_at_commit(self):
        client = self.client()
        answers = self.query(client, "BEGIN", "INSERT INTO fused VALUES (1, 1)", "COMMIT")
        self.assertEqual(wire.tags(answers[2]), ["COMMIT"])
        self.assertEqual(wire.status(answers[2]), "I")
        self.assertEqual(self.tap.asked("INSERT INTO fused"), 2)
        self.assert_stored("fused", [1])
        self.assert_verdict("replayed")

    def test_at_commit_by_extended_query(self):
        client = self.client()
        for text, values in (("BEGIN", ()), ("INSERT INTO fused VALUES ($1, $2)", (1, 1)), ("COMMIT", ())):
            answer = client.ask(wire.run(text, *values), wire.sync())
            self.assertEqual(wire.kinds(answer), "12CZ", text)
        self.assertEqual(self.tap.asked("INSERT INTO fused"), 2)
        self.assert_stored("fused", [1])

    def test_autocommit_query(self):
        client = self.client()
        self.query(client, "INSERT INTO fused VALUES (1, 1)")
        self.assertEqual(self.tap.asked("INSERT INTO fused"), 2)
        self.assert_stored("fused", [1])
        self.assert_verdict("restarted")

    def test_at_sync_of_an_autocommit_write(self):
        client = self.client()
        # The server says INSERT 0 1 first and fails at Sync: what was said must not have been passed on.
        answer = client.ask(wire.run("INSERT INTO fused VALUES ($1, $2)", 7, 1), wire.sync())
        self.assertEqual(wire.kinds(answer), "12CZ")
        # The Parse had succeeded and holds; Bind and Execute went twice.
        self.assertEqual((self.tap.count("P"), self.tap.count("B"), self.tap.count("E")), (1, 2, 2))
        self.assert_stored("fused", [7])
        self.assert_verdict("restarted")

    def test_several_statements_in_one_query(self):
        client = self.client()
        answer, = self.query(client, "INSERT INTO pairs VALUES (1, 1); SELECT conflict(1); INSERT INTO pairs VALUES (2, 2)")
        self.assertEqual(wire.tags(answer), ["INSERT 0 1", "SELECT 1", "INSERT 0 1"])
        self.assertEqual(self.tap.asked("conflict(1)"), 2)
        self.assert_stored("pairs", [1, 2])
        self.assert_verdict("restarted")

    def test_whole_transaction_in_one_query(self):
        client = self.client()
        answer, = self.query(client, "BEGIN; INSERT INTO fused VALUES (1, 1); COMMIT")
        self.assertEqual(wire.tags(answer), ["BEGIN", "INSERT 0 1", "COMMIT"])
        self.assertEqual(self.tap.asked("INSERT INTO fused"), 2)
        self.assert_stored("fused", [1])

    def test_after_a_commit_in_the_same_query(self):
        client = self.client()
        answer = client.ask(wire.query("BEGIN; INSERT INTO pairs VALUES (1, 1); COMMIT; SELECT conflict(1)"))
        # The first transaction is done: running the text again would do it twice.
        self.assertEqual(wire.errors(answer), ["40001"])
        self.assertEqual(self.tap.asked("conflict(1)"), 1)
        self.assert_stored("pairs", [1])
        self.assert_verdict("not_replayable")

    def test_in_the_middle_of_a_pipeline(self):
        client = self.client()
        answer = client.ask(wire.run("INSERT INTO pairs VALUES ($1, 1)", 1), wire.run("SELECT conflict($1)", 1),
                            wire.run("INSERT INTO pairs VALUES ($1, 2)", 2), wire.sync())
        self.assertEqual(wire.kinds(answer), "12C12DC12CZ")
        self.assertEqual(self.tap.asked("SELECT conflict"), 2)
        self.assert_stored("pairs", [1, 2])
        self.assert_verdict("restarted")

    def test_pipeline_of_several_syncs(self):
        client = self.client()
        answer = client.ask(wire.run("INSERT INTO pairs VALUES (1, 1)"), wire.sync(),
                            wire.run("INSERT INTO fused VALUES (1, 1)"), wire.sync(),
                            wire.run("INSERT INTO pairs VALUES (2, 2)"), wire.sync(), times=3)
        self.assertEqual(wire.kinds(answer), "12CZ" * 3)
        self.assertEqual(self.tap.count("E"), 4)  # the second of the three ran twice
        self.assert_stored("pairs", [1, 2])
        self.assert_stored("fused", [1])

    def test_transaction_in_a_pipeline(self):
        client = self.client()
        answer = client.ask(wire.run("BEGIN"), wire.run("INSERT INTO fused VALUES (3, 1)"), wire.run("COMMIT"),
                            wire.sync())
        self.assertEqual(wire.tags(answer), ["BEGIN", "INSERT 0 1", "COMMIT"])
        self.assert_stored("fused", [3])

    def test_named_statement_is_not_prepared_twice(self):
        client = self.client()
        client.ask(wire.query("BEGIN"))
        answer = client.ask(wire.parse("named", "INSERT INTO fused VALUES ($1, $2)"), wire.bind("named", 5, 1),
                            wire.execute(), wire.sync())
        self.assertEqual(wire.kinds(answer), "12CZ")
        self.query(client, "COMMIT")
        self.assertEqual(self.tap.asked("INSERT INTO fused"), 1)  # the Parse; the Bind went twice
        self.assert_stored("fused", [5])
        self.assertEqual(wire.kinds(client.ask(wire.bind("named", 6, 0), wire.execute(), wire.sync())), "2CZ")

    def test_reads_that_come_back_the_same_are_replayed(self):
        self.postgres.sql("INSERT INTO pairs VALUES (1, 10)")
        client = self.client()
        answers = self.query(client, "BEGIN", "SELECT v FROM pairs WHERE k = 1", "INSERT INTO fused VALUES (1, 1)",
                             "COMMIT")
        self.assertEqual(wire.rows(answers[1]), [["10"]])
        self.assertEqual(self.tap.asked("SELECT v FROM pairs"), 2)
        self.assert_verdict("replayed")

    def test_reads_that_changed_are_told(self):
        self.postgres.sql("INSERT INTO pairs VALUES (1, 10)")
        client = self.client()
        self.query(client, "BEGIN", "SELECT v FROM pairs WHERE k = 1")
        self.postgres.sql("UPDATE pairs SET v = 11")
        answer = client.ask(wire.query("SELECT conflict(1)"))
        self.assertEqual(wire.errors(answer), ["40001"])
        self.assertEqual(wire.status(answer), "E")
        self.assertEqual(wire.errors(client.ask(wire.query("SELECT 1"))), ["25P02"])
        answer = client.ask(wire.query("ROLLBACK"))
        self.assertEqual((wire.tags(answer), wire.status(answer)), (["ROLLBACK"], "I"))
        self.query(client, "SELECT 1")
        self.assert_verdict("results_changed")

    def test_reads_that_changed_are_told_at_commit(self):
        self.postgres.sql("INSERT INTO pairs VALUES (1, 10)")
        client = self.client()
        self.query(client, "BEGIN", "SELECT v FROM pairs WHERE k = 1", "INSERT INTO fused VALUES (1, 1)")
        self.postgres.sql("UPDATE pairs SET v = 11")
        answer = client.ask(wire.query("COMMIT"))
        self.assertEqual((wire.errors(answer), wire.status(answer)), (["40001"], "I"))
        self.assert_stored("fused", [])
        self.assert_verdict("results_changed")

    def test_attempts_are_bounded(self):
        client = self.client()
        answer = client.ask(wire.query("SELECT conflict(1000)"))
        self.assertEqual(wire.errors(answer), ["40001"])
        self.assertEqual(self.tap.asked("conflict(1000)"), 4)
        self.assert_verdict("attempts_exhausted")

    def test_copy_is_not_repeated(self):
        client = self.client()
        self.query(client, "BEGIN")
        client.send(wire.query("COPY pairs FROM STDIN"))
        while client.receive()[0] != "G":
            pass
        answer = client.ask(wire.message("d", b"1\t1\n"), wire.message("c"))
        self.assertEqual(wire.tags(answer), ["COPY 1"])
        answer = client.ask(wire.query("SELECT conflict(1)"))
        self.assertEqual((wire.errors(answer), wire.status(answer)), (["40001"], "E"))
        self.query(client, "ROLLBACK", "SELECT 1")
        self.assertEqual(self.tap.asked("conflict(1)"), 1)
        self.assert_verdict("not_replayable")

    def test_other_errors_are_passed_on_at_once(self):
        client = self.client()
        self.query(client, "INSERT INTO pairs VALUES (1, 1)")
        answer = client.ask(wire.query("INSERT INTO pairs VALUES (1, 1)"))
        self.assertEqual(wire.errors(answer), ["23505"])
        self.assertEqual(self.tap.asked("INSERT INTO pairs"), 2)
        self.assertEqual(self.verdicts(), self.before)


if __name__ == "__main__":
    harness.main()
