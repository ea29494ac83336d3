"""psycopg2 as a client of whatever stands behind $DSN."""
import datetime
import decimal
import io
import uuid

import psycopg2
import psycopg2.errors
import psycopg2.extensions
import psycopg2.extras
import psycopg2.pool
from python_checks import DSN, Checks, in_parallel, run

UTC = datetime.timezone.utc


class Psycopg2(Checks):
    def connect(self, autocommit=True, **words):
        connection = psycopg2.connect(DSN, **words)
        self.addCleanup(connection.close)
        connection.autocommit = autocommit
        return connection

    def ask(self, connection, text, values=None):
        with connection.cursor() as cursor:
            cursor.execute(text, values)
            return cursor.fetchall() if cursor.description else cursor.rowcount

    def value(self, connection, text, values=None):
        return self.ask(connection, text, values)[0][0]

    def table(self, columns):
        name = self.mark()
        self.ask(self.connect(), f"CREATE TABLE {name} ({columns})")
        return name

    def check_connect(self):
        connection = self.connect(application_name="drivers of psycopg2")
        self.assertEqual(connection.get_parameter_status("application_name"), "drivers of psycopg2")
        self.assertEqual(connection.encoding, "UTF8")
        self.assertGreaterEqual(connection.server_version, 150000)
        self.assertEqual(self.value(connection, "SELECT current_setting('application_name')"), "drivers of psycopg2")

    def check_values(self):
        values = [1, 2**40, -1.5, decimal.Decimal("123456789.000000001"), "grüße '\\ %", "", None, True,
                  datetime.date(1999, 12, 31), datetime.datetime(2026, 2, 28, 23, 59, 58, 123456, UTC), [1, 2, None], b"\0\xff'\\"]
        kinds = "int int8 float8 numeric text text text bool date timestamptz int[] bytea".split()
        connection = self.connect()
        self.ask(connection, "SET TIME ZONE 'UTC'")
        for _ in range(3):
            [row] = self.ask(connection, "SELECT " + ", ".join(f"%s::{kind}" for kind in kinds),
                             [psycopg2.Binary(v) if isinstance(v, bytes) else v for v in values])
            self.assertEqual([bytes(v) if isinstance(v, memoryview) else v for v in row], values)
        psycopg2.extras.register_uuid(conn_or_curs=connection)
        self.assertEqual(self.value(connection, "SELECT %s", [uuid.UUID(int=5)]), uuid.UUID(int=5))
        self.assertEqual(self.value(connection, "SELECT %s::jsonb", [psycopg2.extras.Json({"a": [1, None]})]), {"a": [1, None]})

    def check_statements(self):
        name = self.table("id int PRIMARY KEY, word text")
        connection = self.connect()
        with connection.cursor() as cursor:
            psycopg2.extras.execute_values(cursor, f"INSERT INTO {name} VALUES %s", [(n, f"word {n}") for n in range(50)])
            cursor.executemany(f"UPDATE {name} SET word = %s WHERE id = %s", [("new", n) for n in range(10)])
            psycopg2.extras.execute_batch(cursor, f"DELETE FROM {name} WHERE id = %s", [(n,) for n in range(40, 50)])
            cursor.execute(f"SELECT word, count(*) FROM {name} WHERE word = 'new' GROUP BY word; SELECT count(*) FROM {name}")
            self.assertEqual(cursor.fetchall(), [(40,)])

    def check_prepared_statements(self):
        self.without_dsql("PREPARE")
        connections = [self.connect() for _ in range(8)]
        for number, connection in enumerate(connections):
            self.ask(connection, f"PREPARE same (int) AS SELECT $1 + {number}")
        for round_ in range(10):
            self.assertEqual([self.value(c, "EXECUTE same(%s)", [round_]) for c in connections], [round_ + n for n in range(8)])
        self.ask(connections[0], "DEALLOCATE same")
        with self.assertRaises(psycopg2.errors.InvalidSqlStatementName):
            self.ask(connections[0], "EXECUTE same(1)")
        self.assertEqual(self.value(connections[1], "EXECUTE same(1)"), 2)

    def check_transactions(self):
        name = self.table("id int PRIMARY KEY")
        connection, other = self.connect(autocommit=False), self.connect()
        count = f"SELECT count(*) FROM {name}"
        self.ask(connection, f"INSERT INTO {name} VALUES (1)")
        self.assertEqual(self.value(other, count), 0)
        connection.commit()
        self.ask(connection, f"INSERT INTO {name} VALUES (2)")
        connection.rollback()
        self.assertEqual(self.value(other, count), 1)
        with self.assertRaises(psycopg2.errors.UniqueViolation):
            self.ask(connection, f"INSERT INTO {name} VALUES (1)")
        with self.assertRaises(psycopg2.errors.InFailedSqlTransaction):
            self.ask(connection, "SELECT 1")
        connection.commit()  # of a failed transaction: its end
        self.assertEqual(connection.get_transaction_status(), psycopg2.extensions.TRANSACTION_STATUS_IDLE)
        with connection:
            self.ask(connection, f"INSERT INTO {name} VALUES (3)")
        self.assertEqual(self.value(other, count), 2)
        other.set_session(isolation_level="REPEATABLE READ", autocommit=False)
        self.assertEqual(self.value(other, "SHOW transaction_isolation"), "repeatable read")
        other.rollback()

    def check_errors(self):
        name = self.table("id int PRIMARY KEY, n int NOT NULL")
        connection = self.connect()
        self.ask(connection, f"INSERT INTO {name} VALUES (1, 1)")
        with self.assertRaises(psycopg2.errors.UniqueViolation) as caught:
            self.ask(connection, f"INSERT INTO {name} VALUES (1, 1)")
        self.assertEqual((caught.exception.pgcode, caught.exception.diag.constraint_name), ("23505", f"{name}_pkey"))
        with self.assertRaises(psycopg2.errors.NotNullViolation):
            self.ask(connection, f"INSERT INTO {name} VALUES (2, NULL)")
        with self.assertRaises(psycopg2.errors.SyntaxError) as caught:
            self.ask(connection, "SELECT 1 FRM pg_class")
        self.assertEqual(caught.exception.diag.statement_position, "14")
        with self.assertRaises(psycopg2.errors.UndefinedTable):
            self.ask(connection, "SELECT * FROM never_was")
        self.assertEqual(self.value(connection, "SELECT 'still here'"), "still here")

    def check_cancel_the_right_one(self):
        self.cancel_the_right_one(psycopg2.errors.QueryCanceled)

    def check_large_results(self):
        connection = self.connect()
        with connection.cursor() as cursor:
            cursor.execute("SELECT n, repeat('x', 490) FROM generate_series(1, 100000) n")
            self.assertEqual(cursor.rowcount, 100000)
            self.assertEqual(sum(n + len(text) for n, text in cursor), 100000 * 100001 // 2 + 49000000)

    def check_server_side_cursor(self):
        self.without_dsql("DECLARE CURSOR")
        connection, other = self.connect(autocommit=False), self.connect()
        with connection.cursor(name="walk") as cursor:
            cursor.itersize = 1000
            cursor.execute("SELECT generate_series(1, 5000)")
            total = 0
            for (number,) in cursor:
                total += number
                if number % 1000 == 0:
                    self.value(other, "SELECT 1")
        self.assertEqual(total, 5000 * 5001 // 2)
        with connection.cursor(name="kept", withhold=True) as cursor:
            cursor.execute("SELECT generate_series(1, 50)")
            connection.commit()
            self.value(other, "SELECT 1")
            self.assertEqual(len(cursor.fetchall()), 50)

    def check_copy(self):
        name = self.table("id int PRIMARY KEY, word text")
        connection = self.connect()
        lines = "".join(f"{n}\tword {n}\n" for n in range(2000))
        with connection.cursor() as cursor:
            cursor.copy_expert(f"COPY {name} FROM STDIN", io.StringIO(lines))
            out = io.StringIO()
            cursor.copy_expert(f"COPY {name} TO STDOUT", out)
            self.assertEqual(sorted(out.getvalue().splitlines()), sorted(lines.splitlines()))
            with self.assertRaises(psycopg2.errors.UniqueViolation):
                cursor.copy_expert(f"COPY {name} FROM STDIN", io.StringIO("1\tagain\n"))
        self.assertEqual(self.value(connection, f"SELECT count(*) FROM {name}"), 2000)

    def check_session_settings(self):
        self.settings_stay(8, self.connect, self.ask, self.value, lambda c: self.ask(c, "BEGIN; SELECT 1"), lambda c: self.ask(c, "COMMIT"))

    def check_notifications(self):
        self.without_dsql("LISTEN")
        listener, other = self.connect(), self.connect()
        channel = self.mark()
        self.ask(listener, f"LISTEN {channel}")
        for round_ in range(3):
            self.ask(other, f"NOTIFY {channel}, 'word {round_}'")
            self.value(listener, "SELECT 1")
            while not listener.notifies:
                listener.poll()
            self.assertEqual(listener.notifies.pop().payload, f"word {round_}")

    def check_pool(self):
        name = self.table("id int PRIMARY KEY")
        pool = psycopg2.pool.ThreadedConnectionPool(1, 20, DSN)
        self.addCleanup(pool.closeall)

        def work(number):
            for round_ in range(10):
                connection = pool.getconn()
                with connection:
                    self.ask(connection, f"INSERT INTO {name} VALUES (%s)", [number * 100 + round_])
                pool.putconn(connection)
        in_parallel(20, work)
        self.assertEqual(self.value(self.connect(), f"SELECT count(*) FROM {name}"), 200)

    def check_short_connections(self):
        def visit(number):
            for round_ in range(25):
                connection = psycopg2.connect(DSN)
                self.assertEqual(self.value(connection, "SELECT %s + %s", [number, round_]), number + round_)
                connection.close()
        in_parallel(4, visit)


if __name__ == "__main__":
    run(Psycopg2)
