"""DSQL's limits through Occam: a large DELETE outside a transaction is carried out in slices, and whatever else
comes near a limit or meets it is counted, and the error says which of Temporal's settings to lower."""
import psycopg2

import harness
import wire

ROWS = 7500
FILL = f"""
    TRUNCATE transfer_tasks;
    INSERT INTO transfer_tasks SELECT 1, n, 'data', 'Proto3' FROM generate_series(1, {ROWS}) n;
    INSERT INTO transfer_tasks SELECT 2, n, 'other shard', 'Proto3' FROM generate_series(1, 10) n"""


class Case(harness.Case):
    schema = """
        CREATE TABLE transfer_tasks (shard_id int, task_id bigint, data bytea, data_encoding varchar(16),
                                     PRIMARY KEY (shard_id, task_id));
        CREATE TABLE kept_whole (id int PRIMARY KEY, v text);
        INSERT INTO kept_whole SELECT n, 'x' FROM generate_series(1, 3500) n"""

    def setUp(self):
        self.postgres.sql(FILL)

    def delete(self):
        connection = self.connect()
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM transfer_tasks WHERE shard_id = 1 AND task_id >= 0 AND task_id < 1000000")
            return cursor.statusmessage

    def left(self):
        return self.postgres.sql("SELECT shard_id, count(*) FROM transfer_tasks GROUP BY 1 ORDER BY 1")


class Conflicts(Case):
    emulator_flags = ["--inject", "conflict:every=2"]

    def test_a_conflict_repeats_its_slice(self):
        self.assertEqual(self.delete(), f"DELETE {ROWS}")
        self.assertEqual(self.left(), "2|10")
        self.assertEqual(list(self.verdicts()), ["restarted"])


class Limits(Case):
    emulator_flags = []

    def test_simple_query(self):
        self.assertEqual(self.delete(), f"DELETE {ROWS}")
        self.assertEqual(self.left(), "2|10")

    def test_parameters(self):
        client = self.client()
        client.ask(wire.parse("d", "DELETE FROM transfer_tasks WHERE shard_id = $1 AND task_id >= $2 AND task_id < $3"),
                   wire.sync())
        for shard, deleted in ((1, ROWS - 100), (2, 0)):
            answer = client.ask(wire.bind("d", shard, 101, 1000000), wire.execute(), wire.sync())
            self.assertEqual((wire.kinds(answer), wire.tags(answer), wire.status(answer)),
                             ("2CZ", [f"DELETE {deleted}"], "I"))
        self.assertEqual(self.left(), "1|100\n2|10")

    def test_rows_that_share_the_key_are_told_apart(self):
        """Another table of the name, whose key the rule does not know."""
        self.postgres.sql("CREATE SCHEMA other; CREATE TABLE other.transfer_tasks (shard_id int, task_id bigint, part int, "
                          "PRIMARY KEY (shard_id, task_id, part)); INSERT INTO other.transfer_tasks "
                          "SELECT 1, n, part FROM generate_series(1, 3500) n, generate_series(1, 2) part")
        answer = self.client().ask(wire.query("DELETE FROM other.transfer_tasks WHERE part = 1"))
        self.assertEqual(wire.tags(answer), ["DELETE 3500"])
        self.assertEqual(self.postgres.sql("SELECT part, count(*) FROM other.transfer_tasks GROUP BY part"), "2|3500")

    def test_what_each_slice_would_answer_anew_stays_whole(self):
        self.refused("DELETE FROM transfer_tasks WHERE random() < 2")
        self.assertEqual(self.left(), f"1|{ROWS}\n2|10")

    def refused(self, sql, *values):
        before = self.metric("occam_limits_met_total")
        connection = self.connect()
        connection.autocommit = True
        with self.assertRaises(psycopg2.Error) as raised, connection.cursor() as cursor:
            cursor.execute(sql, values)
        self.assertEqual(raised.exception.pgcode, "54000")
        self.assertEqual(self.metric("occam_limits_met_total"), before + 1)
        return raised.exception.diag.message_hint

    def test_a_table_without_the_rule_stays_whole(self):
        self.assertIn("limit.numPendingActivities.error", self.refused("DELETE FROM kept_whole"))
        self.assertEqual(self.postgres.sql("SELECT count(*) FROM kept_whole"), "3500")

    def test_inside_a_transaction_it_stays_whole(self):
        client = self.client()
        client.ask(wire.query("BEGIN"))
        answer = client.ask(wire.query("DELETE FROM transfer_tasks WHERE shard_id = 1"))
        self.assertEqual((wire.errors(answer), wire.status(answer)), (["54000"], "E"))
        client.ask(wire.query("ROLLBACK"))
        self.assertEqual(self.left(), f"1|{ROWS}\n2|10")

    def test_large_values(self):
        hint = self.refused("INSERT INTO kept_whole VALUES (9999, %s)", "x" * (1 << 20) + "x")
        self.assertIn("limit.blobSize.error", hint)
        client = self.client()
        before = self.metric("occam_limits_near_total", limit="value_bytes")
        answer = client.ask(wire.run("INSERT INTO kept_whole VALUES ($1::int, $2)", 10000, "x" * 900_000), wire.sync())
        self.assertEqual(wire.tags(answer), ["INSERT 0 1"])
        self.assertEqual(self.metric("occam_limits_near_total", limit="value_bytes"), before + 1)

    def test_near_the_limits_of_a_transaction(self):
        client = self.client()
        client.ask(wire.query("BEGIN"))
        before = self.metric("occam_limits_near_total", limit="rows", kind="write")
        client.ask(wire.query("UPDATE kept_whole SET v = 'y' WHERE id <= 2000"))
        self.assertEqual(self.metric("occam_limits_near_total", limit="rows", kind="write"), before)
        client.ask(wire.query("UPDATE kept_whole SET v = 'z' WHERE id > 2000 AND id <= 2500"))
        self.assertEqual(self.metric("occam_limits_near_total", limit="rows", kind="write"), before + 1)
        client.ask(wire.query("ROLLBACK"))


if __name__ == "__main__":
    harness.main()
