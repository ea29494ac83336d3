"""What the translation promises beside equal answers: keys' indexes are used, the guard of * costs nothing and holds,
whatever the columns' types. On a real PostgreSQL. Each check is (what, whether it holds)."""
SCHEMA = """
CREATE TABLE runs (ns text NOT NULL, shard integer NOT NULL, run text NOT NULL, data bytea, note json,
                   at timestamp, PRIMARY KEY (shard, ns, run));
CREATE TABLE other (id bytea, x integer);
INSERT INTO runs SELECT encode(int4send(i % 7), 'hex'), i % 5, encode(int4send(i), 'hex'), '', '{}', now()
  FROM generate_series(1, 5000) i;
ANALYZE runs;
"""
RULES = {"tables": {"runs": {"binary_keys": ["ns", "run"], "columns": ["ns", "shard", "run", "data", "note", "at"]}}}

# By the primary key alone: nothing is sorted, nothing is filtered.
INDEXED = [
    "SELECT ns, data FROM runs WHERE shard = 1 AND ns = '\\x00000003' AND run = '\\x00000011'",
    "SELECT run FROM runs WHERE shard = 1 AND ns = '\\x00000003' AND run > '\\x00000011' ORDER BY run LIMIT 5",
    "SELECT shard, ns, run FROM runs WHERE (shard, ns, run) > (1, '\\x00000003', '\\x00000011') "
    "ORDER BY shard, ns, run LIMIT 5",
    "SELECT * FROM runs WHERE shard = 1 AND ns = '\\x00000003' AND run IN ('\\x00000011', '\\x00000022')",
    "SELECT * FROM runs WHERE shard = 2 ORDER BY shard, ns, run LIMIT 3",
    "DELETE FROM runs WHERE shard = 1 AND ns = '\\x00000003' AND run BETWEEN '\\x00000011' AND '\\x00000015'",
    "UPDATE runs SET data = '\\x01' WHERE shard = 1 AND ns = '\\x00000003' AND run = '\\x00000011' RETURNING *",
]


def plan(connection, text):
    answer = connection.simple("EXPLAIN (VERBOSE, COSTS off) " + text)
    return "\n".join(row[0].decode() for row in answer.rows) or answer.message


def checks(connection, translate):
    assert not connection.simple(SCHEMA).code
    for text in INDEXED:
        shown = plan(connection, translate(text)["text"])
        uses = "Index Cond" in shown or "Index Scan" in shown
        yield f"by the index: {text}\n{shown}", uses and "Sort" not in shown and "Filter" not in shown
    star = translate("SELECT * FROM runs")["text"]
    shown = plan(connection, star)
    yield f"the guard is folded away\n{shown}", "CASE" not in shown and "Plan 1" not in shown and "Result" not in shown
    for change, code in (("ALTER TABLE runs ADD COLUMN late integer", "42601"), ("ALTER TABLE runs DROP COLUMN late", ""),
                         ("ALTER TABLE runs DROP COLUMN at", "42601"),
                         ("ALTER TABLE runs ADD COLUMN renamed timestamp", "42703")):
        assert not connection.simple(change).code
        answer = connection.simple(star)
        yield f"a stale list of columns: {change}: {answer.code} {answer.message}", answer.code == code
