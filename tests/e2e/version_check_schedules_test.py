"""Schedules in which a FOR UPDATE that was left out under `update: version_check` might be missed: by a second read, in
an implicit transaction, behind another table of the same name, by a holder of FOR KEY SHARE; and those in which the
client's own writes must not be taken for another's. On plain PostgreSQL and on the emulator."""
import struct

import harness
import locking_probe_test as probe
import wire
from version_check_test import READ, UPDATE, Case, Extended, OnEmulator, Simple

KEYED_READ = wire.run(READ.format("$1", "$2"), "north", "7")
KEYED_UPDATE = wire.run(UPDATE.format("$3", "$4", "$1", "$2"), "north", "7", "bob", "43")
KEYED_DELETE = wire.run("DELETE FROM accounts WHERE bank = $1 AND id = $2", "north", "7")
ROW = "accounts WHERE bank = 'north' AND id = 7"
INSERT = "INSERT INTO written VALUES (1)"
FLUSH = wire.message("H")
SCHEMA = Case.schema + """;
    CREATE SCHEMA other;
    CREATE TABLE other.accounts (LIKE accounts INCLUDING ALL);
    INSERT INTO other.accounts VALUES ('north', 7, 'zed', 41);
    CREATE FUNCTION bump() RETURNS bigint LANGUAGE sql AS
        'UPDATE public.accounts SET version = version + 1 RETURNING version'"""


def read(case, client):
    return case.read(client)


def update(case, client):
    return case.update(client, "bob", "43")


def delete(_, client):
    return client.ask(wire.query(f"DELETE FROM {ROW}"))


def change(case, _):
    """By another client, committed."""
    case.change()
    return []


class Schedule(Case):
    schema = SCHEMA

    def play(self, *steps, client=None):
        """The answers to each step: a simple Query, the messages of a group, or one of the functions above."""
        client = client or self.client()
        return [step(self, client) if callable(step) else
                client.ask(wire.query(step)) if isinstance(step, str) else client.ask(step, wire.sync()) for step in steps]

    def assert_undisturbed(self, answers):
        self.assertEqual([wire.errors(answer) for answer in answers], [[]] * len(answers))

    def written(self):
        return self.postgres.sql("SELECT count(*) FROM written")

    def afresh(self, **what):
        self.doCleanups()
        self.setUp()
        return self.subTest(**what)


class ScheduleOnEmulator(OnEmulator, Schedule):
    pass


class Changed:
    def test_read_again_after_the_change(self):
        for name, step in {"the row is written": update, "another row is": INSERT}.items():
            with self.afresh(name=name):
                self.assert_conflict(self.play("BEGIN", read, change, read, step, "COMMIT"))
                self.assertEqual((self.account(), self.written()), ("eve|42", "0"))

    def test_locked_without_its_version_after_the_change(self):
        self.assert_conflict(self.play("BEGIN", read, INSERT, change, f"SELECT owner FROM {ROW} FOR UPDATE", "COMMIT"))
        self.assertEqual((self.account(), self.written()), ("eve|42", "0"))

    def test_a_table_of_the_same_name_is_written(self):
        other = "UPDATE other.accounts SET owner = 'bob', version = 41 WHERE bank = 'north' AND id = 7"
        self.assert_conflict(self.play("BEGIN", read, change, other, "COMMIT"))

    def test_a_table_of_the_same_name_comes_to_stand_before(self):
        self.assert_conflict(self.play("BEGIN", read, INSERT, change, "SET LOCAL search_path = other", "COMMIT"))
        self.assertEqual(self.written(), "0")


class Undisturbed:
    """Each with the row as it must be found after COMMIT."""
    alone = {
        "a range, then its row": (["UPDATE accounts SET version = version + 1 WHERE bank = 'north'", update], "bob|43"),
        "an upsert, then its row": (["INSERT INTO accounts VALUES ('north', 7, 'ivy', 42) "
                                     "ON CONFLICT (bank, id) DO UPDATE SET version = 42", update], "bob|43"),
        "a range is deleted, then its row": (["DELETE FROM accounts WHERE bank = 'north'", delete], ""),
        "read under two spellings": ([f"SELECT version FROM public.{ROW} FOR UPDATE", update, f"UPDATE public.{ROW[:8]} "
                                      "SET version = 44 WHERE bank = 'north' AND id = 7"], "bob|44"),
        "by a text of several statements": ([f"UPDATE {ROW[:8]} SET version = 42 WHERE id = 7; {INSERT}", update], "bob|43"),
        "before a text that is not parsed": ([f"INSERT INTO written {'/**/' * 80} VALUES (2)", update], "bob|43"),
        "twice in one group": ([KEYED_UPDATE + KEYED_UPDATE], "bob|43"),
        "updated and deleted in one group": ([KEYED_UPDATE + KEYED_DELETE], ""),
    }

    def test_alone(self):
        for name, (steps, account) in self.alone.items():
            with self.afresh(name=name):
                answers = self.play("BEGIN", read, *steps, "COMMIT")
                self.assert_undisturbed(answers)
                self.assertEqual(wire.tags(answers[-1]), ["COMMIT"])
                self.assertEqual(self.account(), account)

    def test_read_only(self):
        """25006 makes Temporal rebuild its whole pool."""
        codes = [code for answer in self.play("BEGIN READ ONLY", read, "COMMIT") for code in wire.errors(answer)]
        self.assertNotIn("25006", codes)

    def test_columns_under_other_names(self):
        client = self.client()
        text = "SELECT version FROM accounts AS a(owner, id, bank, version) WHERE bank = 'ann' AND id = 7 FOR UPDATE"
        self.assertEqual(wire.rows(self.play("BEGIN", text, client=client)[1]), [["41"]])
        self.assertGreater(self.tap.asked("FOR UPDATE"), 0)
        self.assert_undisturbed(self.play("COMMIT", client=client))


class CommitAndMore:
    def test_more_behind_commit(self):
        client = self.client()
        answers = self.play("BEGIN", read, "COMMIT; INSERT INTO written VALUES (2)", client=client)
        self.assertEqual(wire.errors(answers[2]), ["0A000"])
        self.assert_undisturbed(self.play("ROLLBACK", client=client))
        self.assertEqual(self.written(), "0")


class Others:
    """Under rules that promise FOR KEY SHARE to others."""
    def test_an_unread_text_is_refused(self):
        text = f"UPDATE leases {'/**/ ' * 80} SET owner = 6 WHERE id IN (1)"
        self.assertEqual([wire.errors(answer) for answer in self.play(text, wire.run(text))], [["42601"]] * 2)
        self.assertEqual(self.postgres.sql("SELECT owner FROM leases"), "5")

    def test_key_share_meets_a_lock_that_was_left_out(self):
        holder, writer = self.client(), self.client()
        answers = self.play("BEGIN", f"SELECT version FROM {ROW} FOR KEY SHARE", client=holder)
        answers += self.play("BEGIN", *self.patience, read, update, "COMMIT", client=writer)
        answers += self.play(INSERT, "COMMIT", client=holder)
        codes = {code for answer in answers for code in wire.errors(answer)}
        self.assertTrue(codes & {"40001", "55P03"}, answers)
        self.assertEqual(self.account() == "bob|43", self.written() == "0")


class Messages:
    def first(self):
        """The client of an implicit transaction that has been answered its read."""
        client, seen = self.client(), []
        client.send(KEYED_READ, FLUSH)
        while not seen or seen[-1][0] not in "CE":
            seen.append(client.receive())
        self.assertEqual(wire.rows(seen), [["41", "ann"]])
        return client

    def test_read_and_written_in_one_group(self):
        answers = self.play(KEYED_READ + wire.run(INSERT))
        self.assertEqual(wire.tags(answers[0]), ["SELECT 1", "INSERT 0 1"])
        self.assertGreater(self.tap.own(), 0)

    def test_one_format_too_many(self):
        values = b"".join(struct.pack("!i", len(value)) + value for value in (b"north", b"7"))
        formats = struct.pack("!4h", 3, 0, 0, 0)
        group = (wire.parse("", "UPDATE accounts SET owner = 'eve' WHERE bank = $1 AND id = $2") +
                 wire.message("B", b"\0\0" + formats + struct.pack("!h", 2) + values + b"\0\0") + wire.execute())
        for name, before in {"alone": [], "behind its read": ["BEGIN", read]}.items():
            with self.afresh(name=name):
                answers = self.play(*before, group)
                self.assertEqual(wire.errors(answers[-1]), ["08P01"])
                self.assertEqual(self.account(), "ann|41")

    def test_a_range_in_portions(self):
        self.postgres.sql("INSERT INTO accounts VALUES ('north', 8, 'amy', 1), ('north', 9, 'abe', 1)")
        client = self.client()
        text = "SELECT id, version FROM accounts WHERE bank = $1 ORDER BY id FOR UPDATE"
        first = wire.parse("", text) + wire.bind("", "north", portal="range") + wire.execute("range", 2)
        answers = self.play("BEGIN", first, wire.execute("range", 2), client=client)
        self.assertEqual([wire.rows(answer) for answer in answers[1:]], [[["7", "41"], ["8", "1"]], [["9", "1"]]])
        self.assertGreater(self.tap.asked("FOR UPDATE"), 0)
        self.assert_undisturbed(self.play("COMMIT", client=client))


class PostgresqlChanged(Changed, Extended, Schedule):
    pass


class PostgresqlChangedSimple(Changed, Simple, Schedule):
    pass


class PostgresqlUndisturbed(Undisturbed, CommitAndMore, Simple, Schedule):
    alone = {
        **Undisturbed.alone,
        "prepared in SQL": (["PREPARE w AS UPDATE accounts SET version = version + 1 WHERE bank = 'north' AND id = 7",
                             "EXECUTE w", update], "bob|43"),
        "by a function": (["SELECT bump()"], "ann|42"),
        "by a function in an insert, then read again": (["INSERT INTO written SELECT bump()", read], "ann|42"),
    }


class PostgresqlMessages(Undisturbed, Others, Messages, Extended, Schedule):
    patience = ["SET LOCAL lock_timeout = 100"]

    def test_the_row_is_locked_in_an_implicit_transaction(self):
        client, other = self.first(), wire.Client(self.postgres.port)
        self.addCleanup(other.close)
        self.assertEqual(wire.errors(other.ask(wire.query(f"SELECT 1 FROM {ROW} FOR UPDATE NOWAIT"))), ["55P03"])
        self.assert_undisturbed(self.play(wire.run(INSERT), client=client))

    def test_commit_as_a_query_behind_a_read_without_sync(self):
        client = self.client()
        self.play("BEGIN", client=client)
        self.assert_undisturbed([client.ask(KEYED_READ, wire.query("COMMIT"))])
        self.assertEqual(self.tap.asked("FOR UPDATE"), 1)


class EmulatorChanged(Changed, Extended, ScheduleOnEmulator):
    pass


class EmulatorUndisturbed(Undisturbed, CommitAndMore, Simple, ScheduleOnEmulator):
    pass


class EmulatorMessages(Undisturbed, Others, Messages, Extended, ScheduleOnEmulator):
    patience = []

    def test_a_change_in_an_implicit_transaction(self):
        client = self.first()
        self.change()
        self.assert_conflict(self.play(wire.run(INSERT), client=client))
        self.assertEqual((self.account(), self.written()), ("eve|42", "0"))


class EmulatorThatConflicts(CommitAndMore, Extended, ScheduleOnEmulator):
    emulator_flags = ["--inject", "oc001:nth=1,class=lock"]


class SessionBeforeTheProof(probe.Case):
    def test_it_locks_first(self):
        self.rules.write_text("tables: {fenced: {share: auto, key: [k]}}\n")
        self.postgres.sql("CREATE TABLE public.occam_probe (id text PRIMARY KEY, v bigint)", "postgres")
        holder = wire.Client(self.postgres.port, database="postgres")  # no probe gets past it
        self.addCleanup(holder.close)
        holder.ask(wire.query("BEGIN; LOCK TABLE public.occam_probe"))
        tap = self.tapped(self.postgres.port)
        occam = self.occam(tap.port, server="postgresql", connect_timeout="500ms")
        client = wire.Client(occam.port, database="postgres")
        self.addCleanup(client.close)
        self.assertEqual(self.found(occam), ("unknown", False))
        holder.ask(wire.query("COMMIT"))
        self.told(occam, probe.PROVEN)
        tap.clear()
        answer = client.ask(wire.query("UPDATE fenced SET v = 'b' WHERE k = 1"))
        self.assertEqual(wire.tags(answer), ["UPDATE 1"])
        self.assertGreater(tap.asked("FROM fenced WHERE k = $1 FOR UPDATE"), 0)


if __name__ == "__main__":
    harness.main()
