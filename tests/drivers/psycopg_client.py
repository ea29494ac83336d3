"""psycopg (3) as a client of whatever stands behind $DSN. It prepares a statement at its sixth execution, under names that are the
same in every session (_pg3_0, _pg3_1 …)."""
import asyncio
import datetime
import decimal
import uuid

import psycopg
from psycopg import errors
from psycopg.types.json import Jsonb
from python_checks import DSN, Checks, in_parallel, run

UTC = datetime.timezone.utc


class Psycopg(Checks):
    def connect(self, autocommit=True, **words):
        connection = psycopg.connect(DSN, autocommit=autocommit, **words)
        self.addCleanup(connection.close)
        return connection

    def value(self, connection, text, values=None, **words):
        return connection.execute(text, values, **words).fetchone()[0]

    def table(self, columns):
        name = self.mark()
        self.connect().execute(f"CREATE TABLE {name} ({columns})")
        return name

    def check_connect(self):
        connection = self.connect(application_name="drivers of psycopg")
        self.assertEqual(connection.info.parameter_status("application_name"), "drivers of psycopg")
        self.assertEqual(connection.info.encoding, "utf-8")
        self.assertGreaterEqual(connection.info.server_version, 150000)
        self.assertEqual(self.value(connection, "SELECT current_setting('application_name')"), "drivers of psycopg")

    def check_formats(self):
        values = [1, 2**40, -1.5, decimal.Decimal("123456789.000000001"), "grüße '\\ %", "", None, True, datetime.date(1999, 12, 31),
                  datetime.datetime(2026, 2, 28, 23, 59, 58, 123456, UTC), [1, 2, None], b"\0\xff'\\", uuid.UUID(int=5)]
        kinds = "int int8 float8 numeric text text text bool date timestamptz int[] bytea uuid".split()
        connection = self.connect()
        connection.execute("SET TIME ZONE 'UTC'")
        for mark, binary in (("%s", False), ("%b", True), ("%t", False), ("%b", False), ("%t", True)):
            with connection.cursor(binary=binary) as cursor:
                for _ in range(7):
                    cursor.execute("SELECT " + ", ".join(f"{mark}::{kind}" for kind in kinds), values)
                    self.assertEqual(list(cursor.fetchone()), values)
        self.assertEqual(self.value(connection, "SELECT %s", [Jsonb({"a": [1, None]})]), {"a": [1, None]})

    def check_statements(self):
        name = self.table("id int PRIMARY KEY, word text")
        connection = self.connect()
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {name} VALUES (%s, %s)", [(n, f"word {n}") for n in range(50)])
            self.assertEqual(cursor.rowcount, 50)
            cursor.executemany(f"DELETE FROM {name} WHERE id = %s RETURNING word", [(n,) for n in range(3)], returning=True)
            words = [cursor.fetchone()[0]]
            while cursor.nextset():
                words.append(cursor.fetchone()[0])
            self.assertEqual(words, ["word 0", "word 1", "word 2"])
            cursor.execute("SELECT 1; SELECT 'two'")
            self.assertEqual((cursor.fetchone(), cursor.nextset(), cursor.fetchone()), ((1,), True, ("two",)))

    def check_prepared_statements(self, connection=None):
        connection = connection or self.connect()
        for round_ in range(40):
            self.assertEqual(self.value(connection, f"SELECT %s + {round_ % 5}", [round_]), round_ + round_ % 5)
            self.assertEqual(self.value(connection, f"SELECT %s::text || '{round_ % 5}'", ["x"], prepare=True), f"x{round_ % 5}")

    def check_statements_given_back(self):
        self.without_dsql("DEALLOCATE of one statement")  # psycopg 3.1 does not send Close
        connection = self.connect()
        connection.prepared_max = 3
        self.check_prepared_statements(connection)

    def check_same_names_for_other_texts(self):
        connections = [self.connect() for _ in range(8)]
        for round_ in range(10):
            got = [self.value(c, f"SELECT 'session {n}: ' || %s::text", [str(round_)]) for n, c in enumerate(connections)]
            self.assertEqual(got, [f"session {n}: {round_}" for n in range(8)])

    def check_same_text_on_many_connections(self):
        connections = [self.connect() for _ in range(20)]
        for round_ in range(8):
            got = [self.value(c, "SELECT %s::int * 100 + %s::int", [n, round_]) for n, c in enumerate(connections)]
            self.assertEqual(got, [n * 100 + round_ for n in range(20)])

    def check_transactions(self):
        name = self.table("id int PRIMARY KEY")
        connection, other = self.connect(autocommit=False), self.connect()
        count = f"SELECT count(*) FROM {name}"
        insert = f"INSERT INTO {name} VALUES (%s)"
        connection.execute(insert, [1])
        self.assertEqual(self.value(other, count), 0)
        connection.commit()
        with self.assertRaises(errors.UniqueViolation), connection.transaction():
            connection.execute(insert, [2])
            connection.execute(insert, [1])
        self.assertEqual(self.value(other, count), 1)
        with self.assertRaises(errors.DivisionByZero):
            connection.execute("SELECT 1 / %s", [0])
        with self.assertRaises(errors.InFailedSqlTransaction):
            connection.execute("SELECT 1")
        connection.rollback()
        for number in range(10, 20):  # beyond the sixth execution
            with connection.transaction():
                connection.execute(insert, [number])
        self.assertEqual(self.value(other, count), 11)

    def check_errors(self):
        name = self.table("id int PRIMARY KEY")
        connection = self.connect()
        connection.execute(f"INSERT INTO {name} VALUES (1)")
        for _ in range(8):  # the last ones prepared
            with self.assertRaises(errors.UniqueViolation) as caught:
                connection.execute(f"INSERT INTO {name} VALUES (%s)", [1])
            self.assertEqual((caught.exception.sqlstate, caught.exception.diag.constraint_name), ("23505", f"{name}_pkey"))
            with self.assertRaises(errors.SyntaxError) as caught:
                connection.execute("SELECT 1 FRM pg_class")
            self.assertEqual(caught.exception.diag.statement_position, "14")
        self.assertEqual(self.value(connection, "SELECT 'still here'"), "still here")

    def check_cancel_the_right_one(self):
        self.cancel_the_right_one(errors.QueryCanceled)

    def check_pipeline(self):
        name = self.table("id int PRIMARY KEY")
        connection = self.connect()
        with connection.pipeline() as pipeline, connection.cursor() as cursor:
            connection.execute(f"INSERT INTO {name} VALUES (1)")
            cursors = [connection.execute("SELECT %s * 2", [n]) for n in range(30)]
            pipeline.sync()
            with connection.transaction():
                cursor.executemany(f"INSERT INTO {name} VALUES (%s)", [(n,) for n in range(2, 12)])
            self.assertEqual([c.fetchone()[0] for c in cursors], [2 * n for n in range(30)])
        with self.assertRaises(errors.UniqueViolation), connection.pipeline() as pipeline:
            connection.execute(f"INSERT INTO {name} VALUES (20)")
            connection.execute(f"INSERT INTO {name} VALUES (1)")
            connection.execute(f"INSERT INTO {name} VALUES (21)")
            pipeline.sync()
        self.assertEqual(self.value(connection, f"SELECT count(*) FROM {name}"), 11)

    def check_large_results(self):
        connection = self.connect()
        cursor = connection.execute("SELECT n, repeat('x', 490) FROM generate_series(1, 100000) n", binary=True)
        self.assertEqual(cursor.rowcount, 100000)
        self.assertEqual(sum(len(cursor.pgresult.get_value(n, 1)) for n in range(100000)), 49000000)
        total = sum(n for (n,) in connection.cursor().stream("SELECT generate_series(1, %s)", [20000]))
        self.assertEqual(total, 20000 * 20001 // 2)

    def check_server_side_cursor(self):
        self.without_dsql("DECLARE CURSOR")
        connection, other = self.connect(autocommit=False), self.connect()
        with connection.cursor(name="walk") as cursor:
            cursor.execute("SELECT generate_series(1, %s)", [5000])
            total = 0
            while numbers := cursor.fetchmany(1000):
                total += sum(n for (n,) in numbers)
                self.value(other, "SELECT 1")
        self.assertEqual(total, 5000 * 5001 // 2)

    def check_copy(self):
        name = self.table("id int PRIMARY KEY, word text")
        connection = self.connect()
        with connection.cursor() as cursor:
            for form in ("TEXT", "BINARY"):
                cursor.execute(f"DELETE FROM {name}")
                with cursor.copy(f"COPY {name} FROM STDIN (FORMAT {form})") as copy:
                    copy.set_types(["int4", "text"])
                    for number in range(2000):
                        copy.write_row((number, f"word {number}"))
                with cursor.copy(f"COPY {name} TO STDOUT (FORMAT {form})") as copy:
                    copy.set_types(["int4", "text"])
                    self.assertEqual(sum(row[0] for row in copy.rows()), 2000 * 1999 // 2)
            with self.assertRaises(errors.QueryCanceled), cursor.copy(f"COPY {name} FROM STDIN") as copy:
                copy.write_row((5000, "given up"))
                1 / 0
        self.assertEqual(self.value(connection, f"SELECT count(*) FROM {name}"), 2000)

    def check_session_settings(self):
        self.settings_stay(8, self.connect, lambda c, text: c.execute(text), self.value,
                           lambda c: c.execute("BEGIN") and c.execute("SELECT 1"), lambda c: c.execute("COMMIT"))

    def check_notifications(self):
        self.without_dsql("LISTEN")
        listener, other, channel = self.connect(), self.connect(), self.mark()
        listener.execute(f"LISTEN {channel}")
        heard = listener.notifies()
        for round_ in range(3):
            other.execute("SELECT pg_notify(%s, %s)", [channel, f"word {round_}"])
            self.assertEqual(next(heard).payload, f"word {round_}")
        heard.close()

    def check_many_tasks(self):
        """asyncio: one thread, twenty sessions, transactions in all of them."""
        name = self.table("id int PRIMARY KEY")

        async def work(number):
            async with await psycopg.AsyncConnection.connect(DSN) as connection:
                for round_ in range(10):
                    async with connection.transaction():
                        await connection.execute(f"INSERT INTO {name} VALUES (%s)", [number * 100 + round_])

        async def all_of_them():
            await asyncio.gather(*(work(number) for number in range(20)))
        asyncio.run(all_of_them())
        self.assertEqual(self.value(self.connect(), f"SELECT count(*) FROM {name}"), 200)

    def check_short_connections(self):
        def visit(number):
            for round_ in range(25):
                with psycopg.connect(DSN) as connection:
                    self.assertEqual(self.value(connection, "SELECT %s + %s", [number, round_]), number + round_)
        in_parallel(4, visit)


if __name__ == "__main__":
    run(Psycopg)
