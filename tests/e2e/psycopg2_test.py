"""psycopg2 (libpq) through Occam: what a driver asks for beyond plain statements."""
import io
import threading

import psycopg2
import psycopg2.extensions
import psycopg2.extras

import harness


class Psycopg2(harness.Case):
    schema = """
        CREATE TABLE pairs (k int PRIMARY KEY, v text, b bytea);
        CREATE FUNCTION two_notices() RETURNS void LANGUAGE plpgsql AS
          $$ BEGIN RAISE NOTICE 'first'; RAISE NOTICE 'second'; END $$;
    """

    def test_parameters_and_types(self):
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute("INSERT INTO pairs VALUES (%s, %s, %s) RETURNING k, v, b",
                           (1, None, psycopg2.Binary(b"\x00\xff\x00")))
            k, v, b = cursor.fetchone()
            self.assertEqual((k, v, bytes(b)), (1, None, b"\x00\xff\x00"))

    def test_commit_and_rollback_are_seen(self):
        connection = self.connect()
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO pairs VALUES (20, 'kept')")
            connection.commit()
            cursor.execute("INSERT INTO pairs VALUES (21, 'dropped')")
            connection.rollback()
            cursor.execute("SELECT v FROM pairs WHERE k IN (20, 21)")
            self.assertEqual(cursor.fetchall(), [("kept",)])

    def test_error_leaves_the_session_usable(self):
        connection = self.connect()
        with connection.cursor() as cursor:
            with self.assertRaises(psycopg2.errors.DivisionByZero) as caught:
                cursor.execute("SELECT 1/0")
            self.assertEqual(caught.exception.pgcode, "22012")
            with self.assertRaises(psycopg2.errors.InFailedSqlTransaction):
                cursor.execute("SELECT 1")
            connection.rollback()
            cursor.execute("SELECT 1")
            self.assertEqual(cursor.fetchone(), (1,))

    def test_named_cursor(self):
        connection = self.connect()
        with connection.cursor("c") as cursor:
            cursor.itersize = 100
            cursor.execute("SELECT g FROM generate_series(1, 1000) g")
            self.assertEqual(sum(row[0] for row in cursor), 500500)
        connection.commit()

    def test_notices_in_order(self):
        connection = self.connect()
        with connection.cursor() as cursor:
            cursor.execute("SELECT two_notices()")
        self.assertEqual([line.split()[-1] for line in connection.notices], ["first", "second"])

    def test_copy_both_ways(self):
        connection = self.connect()
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE t (k int, v text)")
            cursor.copy_expert("COPY t FROM STDIN", io.StringIO("".join(f"{k}\tx\n" for k in range(5000))))
            self.assertEqual(cursor.rowcount, 5000)
            out = io.StringIO()
            cursor.copy_expert("COPY t TO STDOUT (FORMAT csv)", out)
            self.assertEqual(out.getvalue().count("\n"), 5000)

    def test_copy_that_fails_midway(self):
        connection = self.connect()
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE t2 (k int)")
            connection.commit()
            with self.assertRaises(psycopg2.errors.InvalidTextRepresentation):
                cursor.copy_expert("COPY t2 FROM STDIN", io.StringIO("1\nword\n"))
            connection.rollback()
            cursor.execute("SELECT count(*) FROM t2")
            self.assertEqual(cursor.fetchone(), (0,))

    def test_parameter_status_reaches_the_client(self):
        connection = self.connect()
        self.assertEqual(connection.get_parameter_status("server_encoding"), "UTF8")
        with connection.cursor() as cursor:
            cursor.execute("SET application_name = 'seen'")
            self.assertEqual(connection.get_parameter_status("application_name"), "seen")

    def test_cancel_of_a_running_statement(self):
        connection = self.connect()
        watcher = psycopg2.connect(self.postgres.dsn())
        self.addCleanup(watcher.close)
        watcher.autocommit = True
        caught = []

        def wait():
            try:
                connection.cursor().execute("SELECT pg_sleep(60) /* to be cancelled */")
            except psycopg2.Error as error:
                caught.append(error.pgcode)

        thread = threading.Thread(target=wait)
        thread.start()
        running = 0
        while not running and thread.is_alive():
            with watcher.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
                running = cursor.fetchone()[0]
        connection.cancel()
        thread.join(30)
        self.assertEqual(caught, ["57014"])
        connection.rollback()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            self.assertEqual(cursor.fetchone(), (1,))

    def test_notification(self):
        listener, sender = self.connect(), self.connect()
        for connection in (listener, sender):
            connection.autocommit = True
        listener.cursor().execute("LISTEN news")
        sender.cursor().execute("NOTIFY news, 'hello'")
        while not listener.notifies:
            listener.cursor().execute("SELECT 1")
            listener.poll()
        self.assertEqual(listener.notifies[0].payload, "hello")

    def test_many_sessions_at_once(self):
        connections = [self.connect() for _ in range(50)]
        for number, connection in enumerate(connections):
            connection.cursor().execute("SELECT set_config('application_name', %s, false)", (f"n{number}",))
        for number, connection in enumerate(connections):
            with connection.cursor() as cursor:
                cursor.execute("SHOW application_name")
                self.assertEqual(cursor.fetchone(), (f"n{number}",))


if __name__ == "__main__":
    harness.main()
