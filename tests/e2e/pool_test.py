"""Upstream connections on loan: many clients share few, what a client has prepared and set goes with it, one that
holds more keeps its connection, and no client notices that a connection ends."""
import socket
import struct
import time
import unittest

import psycopg2

import harness
import stack
import wire

PID = "SELECT pg_backend_pid()"
EXECUTE = wire.bind("s") + wire.execute() + wire.sync()
SCHEMA = "CREATE TABLE kept (k int PRIMARY KEY, v int); INSERT INTO kept SELECT k, 0 FROM generate_series(1, 20) k"


class Case(harness.Case):
    schema = SCHEMA
    pool = {}

    @classmethod
    def setUpClass(cls):
        cls.settings = {"threads": 1, "pool": {"reserve": 0, "connect_burst": 1000, "connects_per_second": 1000, **cls.pool}}
        super().setUpClass()

    def value(self, client, text):
        return wire.rows(client.ask(wire.query(text)))[0][0]

    def pids(self):
        """Of the connections that Occam has."""
        return set(self.postgres.sql("SELECT pid FROM pg_stat_activity WHERE usename = 'temporal' AND "
                                     "pid <> pg_backend_pid()").split())

    def cancel(self, client):
        with socket.create_connection(("127.0.0.1", self.port)) as request:
            request.sendall(struct.pack("!ii", 16, 80877102) + client.key)
            self.assertEqual(request.recv(1), b"")

    def await_true(self, what, holds):
        end = time.monotonic() + 30
        while not holds():
            self.assertLess(time.monotonic(), end, f"not within 30 s: {what}")


@unittest.skipIf(harness.DIRECT, "no Occam")
class Transactions(Case):
    pool = {"connections": 2, "wait": "30s"}

    def test_many_share_few(self):
        clients = [self.client() for _ in range(20)]
        for turn in range(3):
            for number, client in enumerate(clients, 1):
                answer = client.ask(wire.query(f"BEGIN; UPDATE kept SET v = v + 1 WHERE k = {number}; COMMIT"))
                self.assertEqual(wire.tags(answer), ["BEGIN", "UPDATE 1", "COMMIT"])
        self.assertEqual(self.postgres.sql("SELECT min(v), max(v) FROM kept WHERE k <= 20"), "3|3")
        self.assertLessEqual(len(self.pids()), 2)
        self.postgres.sql("UPDATE kept SET v = 0")

    def test_a_transaction_keeps_its_connection(self):
        one, two = self.client(), self.client()
        one.ask(wire.query("BEGIN"))
        pid = self.value(one, PID)
        for _ in range(3):
            self.assertNotEqual(self.value(two, PID), pid)
            self.assertEqual(self.value(one, PID), pid)
        one.ask(wire.query("COMMIT"))

    def test_one_who_waits_is_served_when_another_ends(self):
        holders = [self.client(), self.client()]
        for holder in holders:
            holder.ask(wire.query("BEGIN; SELECT 1"))
        waiting = self.client()
        waiting.send(wire.query("SELECT 7"))
        holders[0].ask(wire.query("COMMIT"))
        self.assertEqual(wire.rows(waiting.until_ready()), [["7"]])
        holders[1].ask(wire.query("COMMIT"))

    def test_names_of_statements_are_each_clients_own(self):
        clients = [self.client() for _ in range(6)]
        for number, client in enumerate(clients):
            self.assertEqual(wire.errors(client.ask(wire.parse("s", f"SELECT {number}::text"), wire.sync())), [])
        for _ in range(3):
            for number, client in enumerate(clients):
                self.assertEqual(wire.rows(client.ask(EXECUTE)), [[str(number)]])
        stranger = self.client()
        self.assertEqual(wire.errors(stranger.ask(EXECUTE)), ["26000"])

    def test_settings_go_with_their_client(self):
        zones = ["Europe/Paris", "Asia/Tokyo", "UTC", "America/Lima"]
        clients = [self.client() for _ in zones]
        for client, zone in zip(clients, zones):
            client.ask(wire.query(f"SET TimeZone = '{zone}'"))
        for _ in range(3):
            for client, zone in zip(clients, zones):
                self.assertEqual(self.value(client, "SHOW TimeZone"), zone)
        fresh = self.client()
        self.assertNotIn(self.value(fresh, "SHOW TimeZone"), zones[:2])

    def test_a_setting_that_was_rolled_back_is_not_carried(self):
        client, other = self.client(), self.client()
        before = self.value(client, "SHOW search_path")
        client.ask(wire.query("BEGIN; SET search_path = nowhere"))
        client.ask(wire.query("ROLLBACK"))
        other.ask(wire.query("SET search_path = elsewhere"))
        self.assertEqual(self.value(client, "SHOW search_path"), before)

    def test_one_that_holds_more_is_bound(self):
        before = self.metric("occam_pinned_sessions_total")
        client, other = self.client(), self.client()
        client.ask(wire.query("CREATE TEMPORARY TABLE own (x int); INSERT INTO own VALUES (5)"))
        pid = self.value(client, PID)
        for _ in range(3):
            self.assertNotEqual(self.value(other, PID), pid)
            self.assertEqual(self.value(client, "SELECT x FROM own"), "5")
        self.assertEqual(self.metric("occam_pinned_sessions_total"), before + 1)
        client.close()
        self.await_true("its connection is closed", lambda: pid not in self.pids())

    def test_one_that_leaves_in_a_transaction(self):
        client = self.client()
        client.ask(wire.query("BEGIN; UPDATE kept SET v = 99 WHERE k = 1"))
        pid = self.value(client, PID)
        client.close()
        other = self.client()
        self.assertEqual(wire.tags(other.ask(wire.query("UPDATE kept SET v = 0 WHERE k = 1"))), ["UPDATE 1"])
        self.assertIn(pid, self.pids())  # rolled back, not closed

    def test_nobody_notices_that_all_connections_end(self):
        clients = [self.client() for _ in range(4)]
        for turn in range(3):
            for client in clients:
                self.assertEqual(self.value(client, "SELECT 1"), "1")
            self.postgres.sql("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'temporal' "
                              "AND pid <> pg_backend_pid()")

    def test_cancelling_meets_its_own_statement_only(self):
        sleeping, busy, idle = self.client(), self.client(), self.client()
        self.assertEqual(self.value(idle, "SELECT 1"), "1")
        busy.send(wire.query("SELECT 'busy', pg_sleep(1.5)"))
        sleeping.send(wire.query("SELECT pg_sleep(600)"))
        self.await_true("both run", lambda: self.postgres.sql(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") == "2")
        self.cancel(idle)
        self.cancel(sleeping)
        self.assertEqual(wire.errors(sleeping.until_ready()), ["57014"])
        self.assertEqual(wire.rows(busy.until_ready())[0][0], "busy")


@unittest.skipIf(harness.DIRECT, "no Occam")
class Sessions(Case):
    pool = {"mode": "session", "connections": 3, "wait": "300ms"}

    def test_a_client_keeps_its_connection_and_leaves_it_to_the_next(self):
        client, other = self.client(), self.client()
        pid = self.value(client, PID)
        self.assertNotEqual(self.value(other, PID), pid)
        self.assertEqual(self.value(client, PID), pid)
        client.close()
        self.await_true("the next has it", lambda: self.value(self.client(), PID) == pid)

    def test_who_waits_too_long_is_told_and_keeps_its_session(self):
        holders = [self.client() for _ in range(3)]
        for holder in holders:
            self.value(holder, "SELECT 1")
        late = self.client()
        answer = late.ask(wire.query("SELECT 1"))
        self.assertEqual(wire.errors(answer), ["53300"])
        severity = next(wire.fields(body)["V"] for kind, body in answer if kind == "E")
        self.assertEqual(severity, "ERROR")
        holders[0].close()
        self.await_true("it is served", lambda: wire.errors(late.ask(wire.query("SELECT 1"))) == [])


@unittest.skipIf(harness.DIRECT, "no Occam")
class Lifetimes(Case):
    pool = {"connections": 2, "lifetime": "1s", "lifetime_jitter": "100ms"}

    def test_connections_are_replaced_between_transactions(self):
        client, seen = self.client(), set()
        open_one = self.client()
        open_one.ask(wire.query("BEGIN"))
        kept = self.value(open_one, PID)

        def replaced():
            seen.add(self.value(client, PID))
            self.assertEqual(self.value(open_one, PID), kept)  # never in the midst of one
            return len(seen) >= 4

        self.await_true("four connections were used in turn", replaced)
        open_one.ask(wire.query("COMMIT"))


@unittest.skipIf(harness.DIRECT, "no Occam")
class Waking(Case):
    """A cluster that wakes up, or has no room: clients wait, and are served."""
    emulator_flags = ["--inject", "waking:first=6"]  # two of them meet the inquiry about locks
    pool = {"connections": 4, "wait": "20s"}

    def test_the_first_clients_wait(self):
        connection = psycopg2.connect(stack.uri(self.port, "postgres"))
        self.addCleanup(connection.close)
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            self.assertEqual(cursor.fetchone(), (1,))
        self.assertGreaterEqual(self.metric("occam_upstream_connects_total", result="refused"), 1)


if __name__ == "__main__":
    harness.main()
