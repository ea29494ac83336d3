"""The client's databases on a server that has one: each is a schema, and nobody who connects to one can tell."""
import psycopg2

import harness
import stack
import wire

NAMES = ["temporal", "Mixed Case", 'quo"ted', "back\\slash", "uni\u00e9", "a'b", "two  spaces"]


class Databases(harness.Case):
    emulator_flags = ["--databases", "one"]
    settings = {"upstream": {"server": "aurora_dsql"}}

    def connect_to(self, database, **words):
        connection = psycopg2.connect(host="127.0.0.1", port=self.port, user="temporal", password="temporal",
                                      dbname=database, **words)
        self.addCleanup(connection.close)
        connection.autocommit = True
        return connection

    def run_in(self, database, sql):
        with self.connect_to(database).cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else cursor.statusmessage

    def error_in(self, database, sql):
        with self.assertRaises(psycopg2.Error) as raised:
            self.run_in(database, sql)
        return raised.exception.pgcode, raised.exception.diag.message_primary

    def quoted(self, name):
        return '"' + name.replace('"', '""') + '"'

    def created(self, name):
        self.assertEqual(self.run_in("postgres", f"CREATE DATABASE {self.quoted(name)}"), "CREATE DATABASE")
        self.addCleanup(self.run_in, "postgres", f"DROP DATABASE IF EXISTS {self.quoted(name)}")

    def test_a_database_of_any_name(self):
        for name in NAMES:
            with self.subTest(name):
                self.created(name)
                self.assertEqual(self.run_in(name, "SELECT current_schema()"), [(name,)])
                self.run_in(name, "CREATE TABLE t (id int PRIMARY KEY, v text)")
                self.run_in(name, "INSERT INTO t VALUES (1, 'here')")
                self.assertEqual(self.run_in(name, "SELECT v FROM t"), [("here",)])
                self.assertEqual(self.run_in(name, "select table_name from information_schema.tables where table_schema='public'"),
                                 [("t",)])
                self.assertEqual(self.run_in("postgres", f"DROP DATABASE {self.quoted(name)}"), "DROP DATABASE")
                self.assertIn(f'database "{name}" does not exist', self.refused(name))

    def refused(self, database):
        with self.assertRaises(psycopg2.OperationalError) as raised:
            self.connect_to(database)
        return str(raised.exception)

    def test_the_servers_own_schemas_are_no_databases(self):
        for name in ("public", "sys", "information_schema", "pg_catalog"):
            self.assertIn(f'database "{name}" does not exist', self.refused(name))

    def test_database_postgres_is_not_the_one_of_the_users_name(self):
        self.created("temporal")
        self.run_in("temporal", "CREATE TABLE only_there (id int PRIMARY KEY)")
        self.assertEqual(self.error_in("postgres", "SELECT * FROM only_there")[0], "42P01")

    def test_two_databases_share_nothing(self):
        self.created("one")
        self.created("two")
        for name in ("one", "two"):
            self.run_in(name, "CREATE TABLE t (v text PRIMARY KEY)")
            self.run_in(name, f"INSERT INTO t VALUES ('{name}')")
        for name in ("one", "two"):
            self.assertEqual(self.run_in(name, "SELECT v FROM t"), [(name,)])
        self.assertEqual(self.error_in("postgres", "SELECT v FROM t")[0], "42P01")

    def test_errors_are_postgresqls(self):
        self.created("there")
        self.assertEqual(self.error_in("postgres", "CREATE DATABASE there"), ("42P04", 'database "there" already exists'))
        self.assertEqual(self.error_in("postgres", "DROP DATABASE missing"), ("3D000", 'database "missing" does not exist'))
        self.assertEqual(self.run_in("postgres", "DROP DATABASE IF EXISTS missing"), "DROP DATABASE")
        self.assertEqual(self.error_in("postgres", "DROP DATABASE postgres")[0], "0A000")
        self.assertEqual(self.error_in("postgres", "ALTER DATABASE there RENAME TO elsewhere")[0], "0A000")
        self.assertEqual(self.error_in("postgres", 'CREATE DATABASE "$user"')[0], "0A000")
        self.assertEqual(self.error_in("there", "SELECT 1; CREATE DATABASE other")[0], "0A000")
        client = self.client(database="there")
        answer = client.ask(wire.query("BEGIN")) + client.ask(wire.query("CREATE DATABASE other"))
        self.assertEqual((wire.errors(answer), wire.status(answer)), (["0A000"], "E"))

    def test_the_open_database_stays(self):
        self.created("open")
        self.run_in("open", "CREATE TABLE t (id int PRIMARY KEY)")
        for sql in ("DROP DATABASE open", "DROP DATABASE IF EXISTS open WITH (FORCE)"):
            self.assertEqual(self.error_in("open", sql), ("55006", "cannot drop the currently open database"))
        self.assertEqual(self.run_in("open", "SELECT count(*) FROM t"), [(0,)])
        self.assertEqual(self.run_in("postgres", "DROP DATABASE open"), "DROP DATABASE")

    def test_a_database_that_is_called_like_the_user(self):
        self.created("temporal")
        self.assertEqual(self.run_in("", "SELECT current_schema()"), [("temporal",)])
        self.assertEqual(self.run_in("postgres", "DROP DATABASE temporal"), "DROP DATABASE")

    def test_the_servers_own_are_there(self):
        for name in ("postgres", "template1"):
            self.assertEqual(self.error_in("postgres", f"CREATE DATABASE {name}"), ("42P04", f'database "{name}" already exists'))

    def test_a_name_is_found_whatever_the_clients_encoding(self):
        self.created("uni\u00e9")
        with self.connect_to("uni\u00e9", client_encoding="LATIN1").cursor() as cursor:
            cursor.execute("SELECT current_schema() = U&'uni\\00e9'")
            self.assertEqual(cursor.fetchall(), [(True,)])

    def test_in_the_extended_protocol(self):
        client = self.client(database="postgres")
        answer = client.ask(wire.parse("make", "CREATE DATABASE prepared"), wire.message("D", b"Smake\0"), wire.sync())
        self.assertEqual(wire.kinds(answer), "1tnZ")
        self.addCleanup(self.run_in, "postgres", "DROP DATABASE IF EXISTS prepared")
        answer = client.ask(wire.bind("make"), wire.execute(), wire.sync())
        self.assertEqual((wire.kinds(answer), wire.tags(answer)), ("2CZ", ["CREATE DATABASE"]))
        answer = client.ask(wire.bind("make"), wire.execute(), wire.sync())
        self.assertEqual((wire.kinds(answer), wire.errors(answer), wire.status(answer)), ("2EZ", ["42P04"], "I"))
        answer = client.ask(wire.run("DROP DATABASE prepared"), wire.sync())
        self.assertEqual((wire.kinds(answer), wire.tags(answer)), ("12CZ", ["DROP DATABASE"]))

    def test_the_search_path_is_the_sessions_own(self):
        self.created("mine")
        connection = self.connect_to("mine")
        with connection.cursor() as cursor:
            for sql in ("SET search_path = public", "RESET search_path"):
                cursor.execute(sql)
            cursor.execute("SHOW search_path")
            self.assertEqual(cursor.fetchall(), [('"mine"',)])
        chosen = self.connect_to("mine", options="-c search_path=public")
        with chosen.cursor() as cursor:
            cursor.execute("SHOW search_path")
            self.assertEqual(cursor.fetchall(), [("public",)])

    def test_a_lost_connection_comes_back_to_its_database(self):
        self.created("kept")
        self.run_in("kept", "CREATE TABLE t (id int PRIMARY KEY)")
        connection = self.connect_to("kept")
        connection.autocommit = False
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM t")
            self.postgres.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%FROM t' AND pid <> pg_backend_pid()",
                              "postgres")
            cursor.execute("INSERT INTO t VALUES (1)")
        self.assertEqual(self.run_in("kept", "SELECT count(*) FROM t"), [(1,)])

    def test_psql_goes_from_one_to_another(self):
        self.created("first")
        done = self.psql("-At", "-d", stack.uri(self.port, "first"), "-c", "SELECT current_schema()", "-c", r"\c postgres",
                         "-c", "SELECT current_schema()")
        self.assertEqual([line for line in done.stdout.splitlines() if not line.startswith("You are")], ["first", "public"])


if __name__ == "__main__":
    harness.main()
