"""Every statement that Temporal can ask of its main store (tests/temporal/catalogue), through Occam on the emulator and on
PostgreSQL itself: the same description, rows, tags and errors, prepared with text and with binary values and as a simple
query. The schema is created through Occam; PostgreSQL has Temporal's own."""
import itertools

import harness
import statements

CATALOGUE = harness.ROOT / "tests/temporal/catalogue/statements.txt"
SCHEMA = harness.ROOT / "tests/traces/temporal_schema.sql"

# The schema has done it already.
WITHOUT_EFFECT = {"A0 namespace_metadata"}


def had_effect(seen):
    return any(kind == "tag" and not content.endswith(" 0") and content[0] in "SIUD" for kind, content in seen)


class Catalogue(harness.Case):
    emulator_flags = None if harness.DIRECT else ["--databases", "one"]
    settings = {"upstream": {"server": "aurora_dsql"}}

    def test_prepared_with_text(self):
        self.play("text", lambda side, statement, values, types: side.execute(statement, values, 0, types))

    def test_prepared_with_binary_in_a_transaction(self):
        def run(side, statement, values, types):
            side.query("begin")
            seen = side.execute(statement, values, 1, types)
            return seen + side.query("commit")
        self.play("binary", run)

    def test_simple_query(self):
        self.play("simple", lambda side, statement, values, types: side.simply(statement, values, types))

    def play(self, name, run):
        database = f"catalogue_{name}"
        self.psql("-q", "-c", f'CREATE DATABASE "{database}"', port=self.port, database="postgres")
        self.addCleanup(self.psql, "-q", "-c", f"DROP DATABASE IF EXISTS {database}", database="postgres")
        self.psql("-q", "-f", str(SCHEMA), database=database)
        self.postgres.sql("DROP DATABASE IF EXISTS plain WITH (FORCE); CREATE DATABASE plain", "postgres")
        self.postgres.sql(SCHEMA.read_text(), "plain")
        ours, theirs = self.side(self.port, database), self.side(self.postgres.port, "plain")
        catalogue, executed, complaints = statements.read(CATALOGUE), 0, []
        columns = self.postgres.columns("plain")

        def compare(what, mine, wanted):
            if mine != wanted:
                complaints.append(f"{what}\n  here:       {mine}\n  PostgreSQL: {wanted}")

        for verb, phase in itertools.groupby(catalogue, lambda statement: statement.verb):
            tables = set()
            for statement in phase:
                compare(f"{statement.name}, described: {statement.sql}", ours.describe(statement), theirs.describe(statement))
                effects = 0
                for values in statement.executions:
                    executed += 1
                    wanted = run(theirs, statement, values, theirs.types)
                    effects += had_effect(wanted)
                    compare(f"{statement.name} {values}: {statement.sql}", run(ours, statement, values, theirs.types), wanted)
                if not effects and statement.name not in WITHOUT_EFFECT:
                    complaints.append(f"{statement.name} never finds or changes a row: {statement.sql}")
                tables.add(statement.name.split()[1])
            for table in sorted(tables - {"information_schema"}):
                whole = f"SELECT {columns[table]} FROM {table}"
                compare(f"{table} after every {verb}", ours.query(whole, False), theirs.query(whole, False))
        print(f"{name}: {len(catalogue)} statements, {executed} executions, {len(complaints)} differ")
        self.assertFalse(complaints, "\n" + "\n".join(complaints[:20]))

    def side(self, port, database):
        side = statements.Side(port, database=database)
        self.addCleanup(side.client.close)
        return side


if __name__ == "__main__":
    harness.main()
