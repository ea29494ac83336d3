"""Many sessions on few rows at the emulator: what was acknowledged is stored, nothing else is, and everybody
gets on. And random schedules against a small model of first-committer-wins that knows no SQL."""
import random
import threading

import psycopg2

import harness
from emulator_case import OC000, Case

SESSIONS = 4 if harness.SHORT else 16
ROUNDS = 10 if harness.SHORT else 40
SCHEDULES = 50 if harness.SHORT else 1000


class Contention(Case):
    def hammer(self, work):
        """`work(session, number)` once per round and session, again after each conflict; counts those."""
        conflicts, broken = [], []

        def life(number):
            try:
                session = self.session()
                for _ in range(ROUNDS):
                    while not self.attempt(session, work, number):
                        conflicts.append(number)
            except Exception as error:  # noqa: BLE001 (told to the test, which fails)
                broken.append(error)

        threads = [threading.Thread(target=life, args=(n,)) for n in range(SESSIONS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(broken, [])
        return len(conflicts)

    def attempt(self, session, work, number):
        try:
            work(session, number)
            return True
        except psycopg2.Error as error:
            if error.pgcode != "40001":
                raise
            assert error.diag.message_primary == OC000, error
            if session.state():
                session.run("ROLLBACK")
            return False

    def tearDown(self):
        self.assertEqual(self.counter("divergences_total"), 0)
        super().tearDown()

    def settled(self, expected, conflicts):
        self.assertEqual(self.postgres.sql("SELECT v FROM t WHERE id = 1"), str(10 + expected))
        told = self.counter("conflicts_total", kind="natural")
        self.assertEqual(told - self.told, conflicts)

    def setUp(self):
        super().setUp()
        self.told = self.counter("conflicts_total", kind="natural")

    def test_read_modify_write(self):
        def work(session, _):
            session.run("BEGIN")
            value = session.run("SELECT v FROM t WHERE id = 1")[0][0]
            session.run(f"UPDATE t SET v = {value + 1} WHERE id = 1")
            session.run("COMMIT")
        self.settled(SESSIONS * ROUNDS, self.hammer(work))

    def test_locked_read_modify_write(self):
        def work(session, _):
            session.run("BEGIN")
            value = session.run("SELECT v FROM t WHERE id = 1 FOR UPDATE")[0][0]
            session.run(f"UPDATE t SET v = {value + 1} WHERE id = 1")
            session.run("COMMIT")
        self.settled(SESSIONS * ROUNDS, self.hammer(work))

    def test_autocommit(self):
        self.settled(SESSIONS * ROUNDS, self.hammer(lambda s, _: s.run("UPDATE t SET v = v + 1 WHERE id = 1")))

    def test_two_rows_in_opposite_order(self):
        def work(session, number):
            first, second = (1, 2) if number % 2 else (2, 1)
            session.run("BEGIN")
            session.run(f"UPDATE t SET v = v + 1 WHERE id = {first}")
            session.run(f"UPDATE t SET v = v + 1 WHERE id = {second}")
            session.run("COMMIT")
        self.settled(SESSIONS * ROUNDS, self.hammer(work))

    def test_a_row_guarded_by_the_lock_of_another(self):
        """Only the lock on u makes these conflict: each writes rows that nobody else writes."""
        self.postgres.sql("INSERT INTO t SELECT 100 + n, 0, NULL FROM generate_series(1, 100) n")

        def work(session, number):
            session.run("BEGIN")
            session.run("SELECT v FROM u WHERE id = 1 FOR UPDATE")
            total = session.run("SELECT sum(v) FROM t WHERE id > 100")[0][0]
            session.run(f"UPDATE t SET v = v + {total + 1} - (SELECT sum(v) FROM t WHERE id > 100) "
                        f"WHERE id = {101 + number}")
            session.run("COMMIT")
        self.hammer(work)
        self.assertEqual(self.postgres.sql("SELECT sum(v) FROM t WHERE id > 100"), str(SESSIONS * ROUNDS))


class Large(Case):
    tables = """
        DROP TABLE IF EXISTS big CASCADE;
        CREATE TABLE big (id int PRIMARY KEY, data text);
        CREATE VIEW seen AS SELECT id, data FROM big"""

    def test_what_is_written_through_a_view_is_stored(self):
        """Its rows have no transaction number, by which the size of what a transaction wrote is found."""
        session = self.session()
        session.run("BEGIN")
        session.run("INSERT INTO seen VALUES (1, repeat('x', 2000))")
        session.run("COMMIT")
        self.assertEqual(self.postgres.sql("SELECT count(*) FROM big"), "1")


class Model:
    """Rows with versions; a transaction takes its snapshot at its first statement and loses at COMMIT if a row
    it wrote or locked for update was written or so locked by one that committed since."""

    def __init__(self, rows):
        self.values, self.changed, self.clock = dict(rows), {row: 0 for row in rows}, 0

    def begin(self):
        return {"snapshot": None, "own": {}, "touched": set()}

    def look(self, tx):
        if tx["snapshot"] is None:
            tx["snapshot"], tx["seen"] = self.clock, dict(self.values)

    def read(self, tx, row):
        self.look(tx)
        return tx["own"].get(row, tx["seen"][row])

    def write(self, tx, row, value):
        self.look(tx)
        tx["own"][row] = value
        tx["touched"].add(row)

    def lock(self, tx, row):
        value = self.read(tx, row)
        tx["touched"].add(row)
        return value

    def commit(self, tx):
        if tx["snapshot"] is not None and any(self.changed[row] > tx["snapshot"] for row in tx["touched"]):
            return False
        self.clock += 1
        for row in tx["touched"]:
            self.changed[row] = self.clock
        self.values.update(tx["own"])
        return True


class Schedules(Case):
    def test_random_schedules(self):
        sessions = [self.session() for _ in range(3)]
        for seed in range(SCHEDULES):
            with self.subTest(seed=seed):
                self.schedule(random.Random(seed), sessions)

    def schedule(self, dice, sessions):
        sessions[0].run("UPDATE t SET v = id * 10")
        model = Model({1: 10, 2: 20, 3: 30})
        open_ = {}
        for step in range(30):
            who = dice.randrange(3)
            session, row = sessions[who], dice.randint(1, 3)
            if who not in open_:
                session.run("BEGIN")
                open_[who] = model.begin()
                continue
            tx = open_[who]
            what = dice.choice(["read", "write", "write", "lock", "commit", "rollback" if step % 3 == 0 else "read"])
            if what == "read":
                self.assertEqual(session.run(f"SELECT v FROM t WHERE id = {row}"), [(model.read(tx, row),)])
            elif what == "lock":
                self.assertEqual(session.run(f"SELECT v FROM t WHERE id = {row} FOR UPDATE"),
                                 [(model.lock(tx, row),)])
            elif what == "write":
                value = model.read(tx, row) + 1000 * (step + 1)
                model.write(tx, row, value)
                self.assertEqual(session.run(f"UPDATE t SET v = v + {1000 * (step + 1)} WHERE id = {row} RETURNING v"),
                                 [(value,)])
            elif what == "rollback":
                session.run("ROLLBACK")
                del open_[who]
            else:
                del open_[who]
                if model.commit(tx):
                    self.assertEqual(session.run("COMMIT"), "COMMIT")
                else:
                    self.lost(session)
        for who in open_:
            sessions[who].run("ROLLBACK")
        self.assertEqual(dict(sessions[0].run("SELECT id, v FROM t")), model.values)


if __name__ == "__main__":
    harness.main()
