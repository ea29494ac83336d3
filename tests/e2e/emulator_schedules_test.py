"""Schedules of two sessions at the emulator: who wins, who is told what, and when. The texts and outcomes are
those of facts/dsql.md §1 and §3."""
import io

import psycopg2

import harness
from emulator_case import FAILED, IDLE, OC000, OC001, Case


class Conflicts(Case):
    def test_two_updates_first_committer_wins(self):
        a, b = self.pair()
        for s, v in ((a, 11), (b, 12)):
            s.run("BEGIN")
            self.assertEqual(s.run(f"UPDATE t SET v = {v} WHERE id = 1"), "UPDATE 1")
        self.assertEqual(b.run("COMMIT"), "COMMIT")
        self.lost(a)
        self.assertEqual(a.run("SELECT v FROM t WHERE id = 1"), [(12,)])

    def test_own_writes_are_seen(self):
        a, b = self.pair()
        a.run("BEGIN")
        a.run("UPDATE t SET v = v + 1 WHERE id = 1")
        a.run("INSERT INTO t VALUES (4, 40, 'd')")
        self.assertEqual(a.run("SELECT id, v FROM t ORDER BY id"),
                         [(1, 11), (2, 20), (3, 30), (4, 40)])
        self.assertEqual(a.run("UPDATE t SET v = v + 1 WHERE v = 11"), "UPDATE 1")
        self.assertEqual(a.run("DELETE FROM t WHERE id = 4"), "DELETE 1")
        self.assertEqual(b.run("SELECT v FROM t WHERE id = 1"), [(10,)])
        self.assertEqual(a.run("COMMIT"), "COMMIT")
        self.assertEqual(b.run("SELECT id, v FROM t ORDER BY id"), [(1, 12), (2, 20), (3, 30)])

    def test_rollback_undoes(self):
        a = self.session()
        a.run("BEGIN")
        a.run("UPDATE t SET v = 0")
        self.assertEqual(a.run("ROLLBACK"), "ROLLBACK")
        self.assertEqual(a.run("SELECT sum(v) FROM t"), [(60,)])

    def test_disjoint_rows_both_commit(self):
        a, b = self.pair()
        for s, i in ((a, 1), (b, 2)):
            s.run("BEGIN")
            s.run(f"UPDATE t SET v = 0 WHERE id = {i}")
        self.assertEqual((a.run("COMMIT"), b.run("COMMIT")), ("COMMIT", "COMMIT"))

    def test_write_skew_is_allowed(self):
        a, b = self.pair()
        for s in (a, b):
            s.run("BEGIN")
            s.run("SELECT sum(v) FROM t WHERE id IN (1, 2)")
        a.run("UPDATE t SET v = 0 WHERE id = 1")
        b.run("UPDATE t SET v = 0 WHERE id = 2")
        self.assertEqual((a.run("COMMIT"), b.run("COMMIT")), ("COMMIT", "COMMIT"))

    def test_for_update_prevents_write_skew(self):
        a, b = self.pair()
        for s in (a, b):
            s.run("BEGIN")
            self.assertEqual(len(s.run("SELECT v FROM t WHERE id IN (1, 2) FOR UPDATE")), 2)
        a.run("UPDATE t SET v = 0 WHERE id = 1")
        b.run("UPDATE t SET v = 0 WHERE id = 2")
        self.assertEqual(a.run("COMMIT"), "COMMIT")
        self.lost(b)

    def test_for_update_against_update(self):
        a, b = self.pair()
        a.run("BEGIN")
        a.run("SELECT * FROM t WHERE id = 1 FOR UPDATE")
        self.assertEqual(b.run("UPDATE t SET v = 0 WHERE id = 1"), "UPDATE 1")
        self.lost(a)

    def test_two_for_update_alone_conflict(self):
        a, b = self.pair()
        for s in (a, b):
            s.run("BEGIN")
            s.run("SELECT * FROM t WHERE id = 1 FOR UPDATE")
        self.assertEqual(a.run("COMMIT"), "COMMIT")
        self.lost(b)

    def test_for_update_in_a_join_conflicts_on_each_table(self):
        for table in ("t", "u"):
            a, b = self.pair()
            a.run("BEGIN")
            a.run("SELECT t.v, u.v FROM t JOIN u ON t.id = u.id WHERE t.id = 1 FOR UPDATE")
            b.run("BEGIN")
            b.run(f"UPDATE {table} SET v = 0 WHERE id = 1")
            self.assertEqual(a.run("COMMIT"), "COMMIT")
            self.lost(b)

    def test_autocommit_for_update_conflicts(self):
        a, b = self.pair()
        a.run("BEGIN")
        a.run("SELECT * FROM t WHERE id = 1 FOR UPDATE")
        self.assertEqual(len(b.run("SELECT * FROM t WHERE id = 1 FOR UPDATE")), 1)
        self.lost(a)

    def test_key_share_and_non_key_update_both_commit(self):
        a, b = self.pair()
        a.run("BEGIN")
        a.run("SELECT * FROM t WHERE id = 1 FOR KEY SHARE")
        b.run("UPDATE t SET v = 0 WHERE id = 1")
        self.assertEqual(a.run("COMMIT"), "COMMIT")

    def test_key_share_pairs_both_commit(self):
        a, b = self.pair()
        for s in (a, b):
            s.run("BEGIN")
            s.run("SELECT * FROM t WHERE id = 1 FOR KEY SHARE")
        self.assertEqual((a.run("COMMIT"), b.run("COMMIT")), ("COMMIT", "COMMIT"))

    def test_key_share_against_committed_exclusive(self):
        for sql in ("DELETE FROM t WHERE id = 1", "UPDATE t SET id = 9 WHERE id = 2",
                    "UPDATE t SET w = 'z' WHERE id = 3", "SELECT * FROM u WHERE id = 1 FOR UPDATE"):
            a, b = self.pair()
            a.run("BEGIN")
            a.run("SELECT * FROM t FOR KEY SHARE")
            a.run("SELECT * FROM u FOR KEY SHARE")
            b.run(sql)
            self.lost(a)

    def test_exclusive_against_committed_key_share(self):
        """The other order of the same pairs: nothing is left in the rows that PostgreSQL could see."""
        for sql in ("DELETE FROM t WHERE id = 1", "SELECT * FROM t WHERE id = 1 FOR UPDATE",
                    "UPDATE t SET w = 'z' WHERE id = 1", "DELETE FROM t WHERE id = 1 RETURNING w"):
            for locked, lost in (("id = 1", True), ("id = 2", False)):
                for autocommit in (True, False):
                    with self.subTest(sql, locked=locked, autocommit=autocommit):
                        self.reset()
                        a, b = self.pair()
                        a.run("BEGIN")
                        a.run(sql)
                        if not autocommit:
                            b.run("BEGIN")
                        b.run(f"SELECT v FROM t WHERE {locked} FOR KEY SHARE")
                        if not autocommit:
                            self.assertEqual(b.run("COMMIT"), "COMMIT")
                        if lost:
                            self.lost(a)
                        else:
                            self.assertEqual(a.run("COMMIT"), "COMMIT")
                        self.assertEqual(a.run("SELECT count(*) FROM t WHERE id = 1 AND w = 'a'"),
                                         [(1 if lost or sql.startswith("SELECT") else 0,)])

    def test_a_key_share_seen_by_the_snapshot_is_no_conflict(self):
        a, b = self.pair()
        b.run("BEGIN")
        b.run("SELECT v FROM t WHERE id = 1 FOR KEY SHARE")
        b.run("COMMIT")
        a.run("BEGIN")
        a.run("DELETE FROM t WHERE id = 1")
        self.assertEqual(a.run("COMMIT"), "COMMIT")

    def test_key_share_then_a_non_key_update_both_commit(self):
        a, b = self.pair()
        a.run("BEGIN")
        a.run("UPDATE t SET v = 0 WHERE id = 1")
        b.run("SELECT v FROM t WHERE id = 1 FOR KEY SHARE")
        self.assertEqual(a.run("COMMIT"), "COMMIT")

    def test_for_update_keeps_its_strength_under_a_non_key_update(self):
        a, b = self.pair()
        a.run("BEGIN")
        a.run("SELECT * FROM t WHERE id = 1 FOR KEY SHARE")
        b.run("BEGIN")
        b.run("SELECT * FROM t WHERE id = 1 FOR UPDATE")
        b.run("UPDATE t SET v = v + 1 WHERE id = 1")
        self.assertEqual(b.run("COMMIT"), "COMMIT")
        self.lost(a)

    def test_insert_race(self):
        a, b = self.pair()
        for s in (a, b):
            s.run("BEGIN")
            self.assertEqual(s.run("INSERT INTO t VALUES (7, 1, 'x')"), "INSERT 0 1")
        self.assertEqual(b.run("COMMIT"), "COMMIT")
        self.lost(a)

    def test_visible_duplicate(self):
        a = self.session()
        a.run("BEGIN")
        self.assertEqual(a.error("INSERT INTO t VALUES (1, 1, 'x')")[0], "23505")
        self.assertEqual(a.run("COMMIT"), "ROLLBACK")

    def test_own_duplicate(self):
        a = self.session()
        a.run("BEGIN")
        a.run("INSERT INTO t VALUES (7, 1, 'x')")
        self.assertEqual(a.error("INSERT INTO t VALUES (7, 1, 'y')")[0], "23505")
        a.run("ROLLBACK")

    def test_duplicate_committed_after_the_snapshot(self):
        for insert in ("INSERT INTO t VALUES (7, 1, 'x')",
                       "INSERT INTO t VALUES (7, 1, 'x') ON CONFLICT DO NOTHING",
                       "INSERT INTO t VALUES (7, 1, 'x') ON CONFLICT (id) DO UPDATE SET v = 5"):
            a, b = self.pair()
            b.run("DELETE FROM t WHERE id = 7")
            a.run("BEGIN")
            a.run("SELECT count(*) FROM t")
            b.run("INSERT INTO t VALUES (7, 2, 'y')")
            self.assertEqual(a.run(insert), "INSERT 0 1")
            self.lost(a)

    def test_tags_are_those_of_the_own_snapshot(self):
        """The row has changed or gone since; statements do not learn of it (§1.4)."""
        for change in ("UPDATE t SET v = 99 WHERE id IN (1, 2)", "DELETE FROM t WHERE id IN (1, 2)"):
            for sql, expected in (
                    ("UPDATE t SET v = v + 1 WHERE v < 25", "UPDATE 2"),
                    ("DELETE FROM t WHERE v < 25", "DELETE 2"),
                    ("UPDATE t SET v = v + 1 WHERE id = 1 RETURNING v, w", [(11, "a")]),
                    ("SELECT v FROM t WHERE id = 1 FOR UPDATE", [(10,)])):
                with self.subTest(change=change, sql=sql):
                    self.reset()
                    a, b = self.pair()
                    a.run("BEGIN")
                    a.run("SELECT count(*) FROM t")
                    b.run(change)
                    self.assertEqual(a.run(sql), expected)
                    self.assertEqual(a.run("SELECT v FROM t WHERE id = 3"), [(30,)])
                    self.lost(a)

    def test_a_doomed_transaction_sees_its_own_writes(self):
        a, b = self.pair()
        a.run("BEGIN")
        self.assertEqual(a.run("UPDATE t SET v = 11 WHERE id = 1"), "UPDATE 1")
        b.run("UPDATE t SET v = 99 WHERE id = 1")
        self.assertEqual(a.run("SELECT v FROM t WHERE id = 1"), [(11,)])
        self.assertEqual(a.run("UPDATE u SET v = v + 1"), "UPDATE 1")
        self.assertEqual(a.run("SELECT v FROM u"), [(101,)])
        self.lost(a)
        self.assertEqual(a.run("SELECT v FROM t WHERE id = 1"), [(99,)])
        self.assertEqual(a.run("SELECT v FROM u"), [(100,)])

    def test_own_writes_are_seen_through_views_and_functions(self):
        a, b = self.pair()
        a.run("CREATE OR REPLACE VIEW seen AS SELECT id, v FROM t")
        a.run("CREATE OR REPLACE FUNCTION add_row(i int) RETURNS int LANGUAGE sql AS "
              "'INSERT INTO t VALUES (i, i, i::text) RETURNING id'")
        a.run("BEGIN")
        a.run("UPDATE t SET v = 11 WHERE id = 1")
        self.assertEqual(a.run("INSERT INTO u SELECT 7, v FROM t WHERE id = 1"), "INSERT 0 1")
        self.assertEqual(a.run("SELECT v FROM u WHERE id = 7"), [(11,)])
        self.assertEqual(a.run("SELECT v FROM seen WHERE id = 1"), [(11,)])
        self.assertEqual(a.run("SELECT add_row(8)"), [(8,)])
        self.assertEqual(a.run("SELECT v FROM seen WHERE id = 8"), [(8,)])
        self.assertEqual(b.run("SELECT v FROM t WHERE id = 8"), [])
        self.assertEqual(a.run("COMMIT"), "COMMIT")
        self.assertEqual(b.run("SELECT v FROM t WHERE id IN (1, 8) ORDER BY id"), [(11,), (8,)])
        self.assertEqual(b.run("SELECT v FROM u WHERE id = 7"), [(11,)])
        b.run("DROP VIEW seen")
        b.run("DROP FUNCTION add_row")

    def test_foreign_keys(self):
        """A child's INSERT against the parent's DELETE, and against a non-key UPDATE (§1.3)."""
        a, b = self.pair()
        a.run("CREATE TABLE parent (id int PRIMARY KEY, v int)")
        a.run("CREATE TABLE child (id int PRIMARY KEY, p int REFERENCES parent)")
        a.run("INSERT INTO parent VALUES (1, 1), (2, 2)")
        a.run("BEGIN")
        a.run("INSERT INTO child VALUES (1, 1)")
        b.run("UPDATE parent SET v = 2")
        self.assertEqual(a.run("COMMIT"), "COMMIT")
        a.run("BEGIN")
        a.run("INSERT INTO child VALUES (2, 2)")
        b.run("DELETE FROM parent WHERE id = 2")
        self.lost(a)

    def test_25p02_then_rollback(self):
        a = self.session()
        a.run("BEGIN")
        a.run("UPDATE t SET v = 0 WHERE id = 1")
        self.assertEqual(a.error("SELECT 1/0")[0], "22012")
        self.assertEqual(a.state(), FAILED)
        self.assertEqual(a.error("SELECT 1 FROM t FOR SHARE"),
                         ("25P02", "current transaction is aborted, commands ignored until end of "
                                   "transaction block"))
        self.assertEqual(a.run("COMMIT"), "ROLLBACK")
        self.assertEqual(a.run("SELECT v FROM t WHERE id = 1"), [(10,)])

    def test_multi_statement_query_is_one_transaction(self):
        a, b = self.pair()
        self.assertEqual(a.error("UPDATE t SET v = 0 WHERE id = 1; SELECT 1/0")[0], "22012")
        self.assertEqual(b.run("SELECT v FROM t WHERE id = 1"), [(10,)])
        self.assertEqual(a.run("BEGIN; UPDATE t SET v = 1 WHERE id = 1; COMMIT"), "COMMIT")
        self.assertEqual(b.run("SELECT v FROM t WHERE id = 1"), [(1,)])
        self.assertEqual(a.error("UPDATE t SET v = 2 WHERE id = 1; SELECT 1 FROM t FOR SHARE")[0],
                         "0A000")
        self.assertEqual(b.run("SELECT v FROM t WHERE id = 1"), [(1,)])
        a.run("BEGIN")
        a.run("UPDATE t SET v = 5 WHERE id = 1; UPDATE t SET v = v + 1 WHERE id = 1")
        b.run("UPDATE t SET v = 7 WHERE id = 1; UPDATE t SET v = 7 WHERE id = 2")
        self.lost(a)

    def test_counters(self):
        before = self.counter("conflicts_total", kind="natural", marker="OC000",
                                       at="commit")
        self.test_two_updates_first_committer_wins()
        after = self.counter("conflicts_total", kind="natural", marker="OC000",
                                      at="commit")
        self.assertEqual(after - before, 1)
        self.assertEqual(self.counter("conflicts_total", kind="injected"), 0)

    def test_session_surface(self):
        a = self.session()
        self.assertEqual(a.connection.get_parameter_status("server_version"), "16.15")
        self.assertEqual(a.run("SHOW transaction_isolation"), [("repeatable read",)])

    def test_copy(self):
        a = self.session()
        cursor = a.connection.cursor()
        cursor.copy_expert("COPY u FROM STDIN", io.StringIO("5\t5\n6\t6\n"))
        out = io.StringIO()
        cursor.copy_expert("COPY (SELECT * FROM u ORDER BY id) TO STDOUT", out)
        self.assertEqual(out.getvalue(), "1\t100\n5\t5\n6\t6\n")


SHARE = "locking clauses other than FOR UPDATE/FOR KEY SHARE are not supported"
REFUSALS = [  # facts/dsql.md §1.6, §3.1, §3.7
    ("SELECT * FROM t WHERE id = 1 FOR SHARE", SHARE),
    ("SELECT * FROM t FOR NO KEY UPDATE", SHARE),
    ("WITH x AS (SELECT * FROM t FOR SHARE) SELECT * FROM x", SHARE),
    ("UPDATE u SET v = (SELECT v FROM t WHERE id = 1 FOR SHARE)", SHARE),
    ("SELECT * FROM (SELECT * FROM t FOR NO KEY UPDATE) s", SHARE),
    ("SELECT 1 UNION (SELECT v FROM t FOR SHARE)", SHARE),
    ("LOCK TABLE t", "unsupported statement: Lock"),
    ("LISTEN c", "unsupported statement: Listen"),
    ("NOTIFY c", "unsupported statement: Notify"),
    ("SAVEPOINT s", "unsupported transaction statement: SAVEPOINT"),
    ("RELEASE SAVEPOINT s", "unsupported transaction statement: RELEASE"),
    ("ROLLBACK TO SAVEPOINT s", "unsupported transaction statement: ROLLBACK TO"),
    ("SET TRANSACTION READ ONLY", 'setting configuration parameter "TRANSACTION" not supported'),
    ("SET lock_timeout = 0", 'setting configuration parameter "lock_timeout" not supported'),
    ("SELECT pg_advisory_lock(1)", "function pg_advisory_lock not supported"),
    ("SELECT pg_try_advisory_lock(1)", "function pg_try_advisory_lock not supported"),
]


class Refusals(Case):
    def test_texts(self):
        a = self.session()
        for sql, text in REFUSALS:
            with self.subTest(sql):
                self.assertEqual(a.error(sql), ("0A000", text))
                self.assertEqual(a.state(), IDLE)
                a.run("BEGIN")
                self.assertEqual(a.error(sql), ("0A000", text))
                self.assertEqual(a.error("SELECT 1")[0], "25P02")
                self.assertEqual(a.run("COMMIT"), "ROLLBACK")

    def test_isolation_levels(self):
        a = self.session()
        for level in ("SERIALIZABLE", "READ COMMITTED"):
            self.assertEqual(a.error(f"BEGIN ISOLATION LEVEL {level}"),
                             ("0A000", f"Unsupported isolation level: {level}"))
        for begin in ("BEGIN ISOLATION LEVEL REPEATABLE READ", "BEGIN READ ONLY",
                      "START TRANSACTION READ WRITE"):
            self.assertIn(a.run(begin), ("BEGIN", "START TRANSACTION"))
            self.assertEqual(a.run("COMMIT"), "COMMIT")

    def test_accepted(self):
        a = self.session()
        for sql in ("SELECT 1 FOR SHARE", "SELECT * FROM t FOR SHARE FOR UPDATE",
                    "SELECT * FROM t FOR UPDATE NOWAIT", "SELECT * FROM t FOR UPDATE SKIP LOCKED",
                    "SELECT * FROM t, u FOR UPDATE OF t", "SET extra_float_digits = 2", "RESET ALL"):
            a.run("BEGIN")
            a.run(sql)
            self.assertEqual(a.run("COMMIT"), "COMMIT")


class Dialect2025(Case):
    flags = ("--dialect", "2025")

    def test_texts(self):
        a = self.session()
        old = "locking clauses other than FOR UPDATE are not supported"
        single = "locking clause such as FOR UPDATE can be applied on a single table"
        key = ("locking clause such as FOR UPDATE can be applied only on tables with equality "
               "predicates on the key")
        for sql, text in (("SELECT * FROM t FOR SHARE", old), ("SELECT * FROM t FOR KEY SHARE", old),
                          ("SELECT * FROM t, u WHERE t.id = u.id AND t.id = 1 FOR UPDATE", single),
                          ("SELECT * FROM t WHERE v = 1 FOR UPDATE", key),
                          ("SELECT * FROM t WHERE id > 1 FOR UPDATE", key)):
            with self.subTest(sql):
                self.assertEqual(a.error(sql), ("0A000", text))
        self.assertEqual(a.run("SELECT v FROM t WHERE id = 1 FOR UPDATE"), [(10,)])


class KeyShareThatFences(Case):
    """What a FOR UPDATE is worth against FOR KEY SHARE, and what is left of it where the emulator is told that a
    non-key UPDATE behind it takes its strength: nobody has recorded which of the two DSQL does."""
    after_update = True  # whether the pair conflicts

    def ended(self, session, conflicts):
        if conflicts:
            self.lost(session)
        else:
            self.assertEqual(session.run("COMMIT"), "COMMIT")

    def holds(self, session):
        session.run("BEGIN")
        self.assertEqual(session.run("SELECT v FROM t WHERE id = 1 FOR KEY SHARE"), [(10,)])

    def challenges(self, session, *more):
        session.run("BEGIN")
        self.assertEqual(session.run("SELECT v FROM t WHERE id = 1 FOR UPDATE"), [(10,)])
        for sql in more:
            session.run(sql)

    UPDATE = "UPDATE t SET v = 11 WHERE id = 1"

    def test_the_holder_is_later(self):
        holder, challenger = self.pair()
        self.holds(holder)
        self.challenges(challenger, self.UPDATE)
        challenger.run("COMMIT")
        holder.run("UPDATE u SET v = 101")
        self.ended(holder, self.after_update)

    def test_the_holder_is_later_and_came_second(self):
        holder, challenger = self.pair()
        self.challenges(challenger, self.UPDATE)
        self.holds(holder)
        holder.run("UPDATE u SET v = 101")
        challenger.run("COMMIT")
        self.ended(holder, self.after_update)

    def test_the_holder_is_earlier(self):
        for first, second in ((self.holds, self.challenges), (self.challenges, self.holds)):
            with self.subTest(first=first.__name__):
                self.reset()
                sessions = {first: self.session(), second: self.session()}
                for lock in (first, second):
                    lock(sessions[lock], *[self.UPDATE] * (lock == self.challenges))
                self.assertEqual(sessions[self.holds].run("COMMIT"), "COMMIT")
                self.ended(sessions[self.challenges], self.after_update)

    def test_without_an_update_it_conflicts(self):
        holder, challenger = self.pair()
        self.holds(holder)
        self.challenges(challenger, "UPDATE u SET v = 101")
        challenger.run("COMMIT")
        self.lost(holder)

    def test_an_update_of_the_key_conflicts(self):
        holder, challenger = self.pair()
        self.holds(holder)
        self.challenges(challenger, "UPDATE t SET w = 'z' WHERE id = 1")
        challenger.run("COMMIT")
        self.lost(holder)

    def test_two_challengers_conflict(self):
        one, two = self.pair()
        self.challenges(one, self.UPDATE)
        self.challenges(two, self.UPDATE)
        one.run("COMMIT")
        self.lost(two)
        self.assertEqual(self.session().run("SELECT v FROM t WHERE id = 1"), [(11,)])

    def test_a_challenger_conflicts_with_a_lock_alone(self):
        one, two = self.pair()
        self.challenges(one, self.UPDATE)
        self.challenges(two)
        one.run("COMMIT")
        self.lost(two)


class KeyShareThatDoesNotFence(KeyShareThatFences):
    flags = ("--key-share-fences", "off")
    after_update = False


class InjectedConflicts(Case):
    flags = ("--inject", "conflict:every=3,table=u")

    def test_each_third_commit_is_rolled_back(self):
        a = self.session()
        for i in range(1, 10):
            a.run("BEGIN")
            a.run("UPDATE u SET v = v + 1")
            if i % 3 == 0:
                self.lost(a)
            else:
                self.assertEqual(a.run("COMMIT"), "COMMIT")
            a.run("BEGIN")
            a.run("UPDATE t SET v = v + 1")
            self.assertEqual(a.run("COMMIT"), "COMMIT")
        self.assertEqual(a.run("SELECT v FROM u"), [(106,)])
        self.assertEqual(self.counter("conflicts_total", kind="injected", marker="OC000",
                                               at="commit"), 3)


class InjectedAutocommit(Case):
    flags = ("--inject", "conflict:nth=2,table=u,class=write")

    def test_autocommit(self):
        a = self.session()
        self.assertEqual(a.run("UPDATE u SET v = v"), "UPDATE 1")
        self.assertEqual(a.error("UPDATE u SET v = 0"), ("40001", OC000))
        self.assertEqual(a.run("SELECT v FROM u"), [(100,)])
        self.assertEqual(self.counter("conflicts_total", kind="injected", at="statement"), 1)


class InjectedAtStatements(Case):
    flags = ("--inject", "oc001:nth=2,class=read", "--inject", "unavailable:nth=4,class=read")

    def test_markers(self):
        a = self.session()
        a.run("BEGIN")
        a.run("SELECT 1")
        self.assertEqual(a.error("SELECT 1"), ("40001", OC001))
        self.assertEqual(a.run("COMMIT"), "ROLLBACK")
        a.run("SELECT 1")
        self.assertEqual(a.error("SELECT 1"), ("XX000", "server unavailable"))
        self.assertEqual(self.counter("conflicts_total", marker="OC001"), 1)
        self.assertEqual(self.counter("unavailable_total"), 1)


class InjectedDrops(Case):
    flags = ("--inject", "drop-before-commit:nth=1,table=t,class=lock",
                 "--inject", "drop-after-commit:nth=1,table=u,class=lock")

    def test_drops(self):
        for table, expected in (("t", 10), ("u", 0)):
            a, b = self.pair()
            a.run("BEGIN")
            a.run(f"SELECT v FROM {table} WHERE id = 1 FOR UPDATE")
            a.run(f"UPDATE {table} SET v = 0 WHERE id = 1")
            with self.assertRaises(psycopg2.OperationalError):
                a.run("COMMIT")
            self.assertEqual(b.run(f"SELECT v FROM {table} WHERE id = 1"), [(expected,)])
        self.assertEqual(self.counter("drops_total"), 2)


if __name__ == "__main__":
    harness.main()
