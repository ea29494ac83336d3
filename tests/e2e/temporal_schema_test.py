#!/usr/bin/env python3
"""Temporal's schema, version after version, through Occam on the emulator's newest rules: with rows before the
later versions, and sent a second time, it must end as on PostgreSQL, in the catalog, the rows and the errors."""
import re

import harness
import psycopg2
import stack

GOLDEN = harness.ROOT / "tests/golden/definitions"
HALF = 7  # rows are there from version 1.7 on
VALUES = {"bytea": r"'\x0102ff'", "integer": "1", "bigint": "1", "smallint": "1", "boolean": "true",
          "character varying": "'a'", "timestamp without time zone": "'2026-01-02 03:04:05'"}


def versions():
    """By version, the statements as temporal-sql-tool sends them."""
    for path in sorted(GOLDEN.glob("temporal_1_*.sql")):
        text = re.sub(r"^#.*\n", "", path.read_text(), flags=re.M)
        yield int(path.stem.rsplit("_", 1)[1]), re.findall(r"(.*?)\n----\n.*?====\n", text, re.S)


class TemporalSchema(harness.Case):
    emulator_flags = ["--databases", "one"]
    settings = {"upstream": {"server": "aurora_dsql"}}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.postgres.sql("CREATE DATABASE plain", "postgres")
        connection = psycopg2.connect(stack.uri(cls.port, "postgres"))
        connection.autocommit = True
        connection.cursor().execute("CREATE DATABASE temporal")  # a schema of the one database
        connection.close()

    def opened(self, port, database):
        connection = psycopg2.connect(stack.uri(port, database))
        self.addCleanup(connection.close)
        connection.autocommit = True
        return connection.cursor()

    def both(self, sql):
        """Sent to both; the errors must be the same."""
        told = []
        for cursor in (self.ours, self.plain):
            try:
                cursor.execute(sql)
                told.append(cursor.statusmessage)
            except psycopg2.Error as error:
                told.append((error.pgcode, error.diag.message_primary))
        self.assertEqual(told[0], told[1], sql)
        return told[0]

    def past_occam(self, sql, plain):
        """Rows as lines, where sql says public for the schema."""
        if plain:
            return self.postgres.sql(sql, "plain")
        return self.postgres.sql("SET search_path = temporal; " + sql.replace("'public'", "'temporal'"), "postgres")

    def columns(self, plain):
        """By table, in the order they were made in."""
        found = {}
        rows = self.past_occam("""SELECT table_name, column_name, data_type, character_maximum_length,
            column_default FROM information_schema.columns WHERE table_schema = 'public'
            ORDER BY table_name, ordinal_position""", plain)
        for line in rows.splitlines():
            table, *column = line.split("|")
            found.setdefault(table, []).append(column)
        return found

    def put_rows(self):
        for table, columns in self.columns(True).items():
            names = ", ".join(name for name, *_ in columns)
            values = ", ".join(VALUES[kind] for _, kind, *_ in columns)
            self.both(f"INSERT INTO {table} ({names}) VALUES ({values})")

    def same(self):
        ours, plain = self.columns(False), self.columns(True)
        self.assertEqual(set(ours), set(plain))
        for table, columns in plain.items():
            with self.subTest(table):
                for mine, wanted in zip(ours[table], columns):
                    if mine[1:2] == ["text"] and wanted[1] == "bytea":
                        continue  # a binary key
                    if wanted[3].startswith("nextval"):
                        wanted[3] = ""  # an identity column has no default
                    self.assertEqual(mine, wanted)
                names = ", ".join(name for name, *_ in columns)
                rows = []
                for cursor in (self.ours, self.plain):
                    cursor.execute(f"SELECT {names} FROM {table} ORDER BY 1, 2")
                    rows.append([tuple(bytes(v) if isinstance(v, memoryview) else v for v in row)
                                 for row in cursor.fetchall()])
                self.assertEqual(rows[0], rows[1])
        indexes = "SELECT replace(indexdef, schemaname || '.', '') FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexname"
        self.assertEqual(self.past_occam(indexes, False), self.past_occam(indexes, True))
        self.assertEqual(self.past_occam("SELECT count(*) FROM pg_index WHERE NOT indisvalid", False), "0")

    def not_null(self):
        """Where PostgreSQL takes no NULL, neither do we."""
        for line in self.past_occam("""SELECT table_name, column_name FROM information_schema.columns
                WHERE table_schema = 'public' AND is_nullable = 'NO'""", True).splitlines():
            table, column = line.split("|")
            with self.assertRaises(psycopg2.IntegrityError, msg=line):
                self.postgres_row(table, column)

    def postgres_row(self, table, column):
        cursor = self.opened(self.postgres.port, "postgres")
        cursor.execute("SET search_path = temporal")
        cursor.execute("BEGIN")
        cursor.execute(f"UPDATE {table} SET {column} = NULL" if self.count(table) else
                       f"INSERT INTO {table} ({column}) OVERRIDING SYSTEM VALUE VALUES (NULL)")
        cursor.execute("ROLLBACK")

    def count(self, table):
        return int(self.past_occam(f"SELECT count(*) FROM {table}", False))

    def test_from_empty_and_again(self):
        self.ours = self.opened(self.port, "temporal")
        self.plain = self.opened(self.postgres.port, "plain")
        for minor, statements in versions():
            for sql in statements:
                self.assertIsInstance(self.both(sql), str, sql)
            if minor == HALF:
                self.put_rows()
        self.same()
        self.not_null()
        self.assertIn("|", self.past_occam("SELECT range_id, shard_id FROM shards", False))
        again = [self.both(sql) for _, statements in versions() for sql in statements]
        self.assertGreater(sum(isinstance(told, tuple) for told in again), 40)
        self.same()


if __name__ == "__main__":
    harness.main()
