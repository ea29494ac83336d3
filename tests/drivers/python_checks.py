"""What the clients in Python share: `Checks`, a TestCase whose methods `check_…` are the checks, and `run`, which prints how each
ended as `go test -v` does; tests/drivers/run counts that. Knows no driver. $DSN is where to connect, $UPSTREAM what stands there."""
import contextlib
import itertools
import os
import sys
import threading
import time
import traceback
import unittest

DSN = os.environ["DSN"]
ON_DSQL = os.environ.get("UPSTREAM") == "aurora_dsql"
ZONES = ["Asia/Tokyo", "America/New_York", "Europe/Paris", "UTC"]
SETTINGS = ("SELECT concat_ws('|', current_setting('TimeZone'), current_setting('DateStyle'), current_setting('application_name'), "
            "current_setting('search_path'))")
RUNNING = ("SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() "
           "AND query LIKE '%{}%'")
numbers = itertools.count(1)


class Checks(unittest.TestCase):
    maxDiff = 2000

    def mark(self):
        """A word that nothing else carries: a table's name, a part of a statement's text."""
        return f"{type(self).__name__.lower()}_{os.getpid()}_{next(numbers)}"

    def without_dsql(self, what):
        if ON_DSQL:
            self.skipTest(f"Aurora DSQL has no {what}")

    def await_running(self, mark, count, ask):
        """Returns when so many statements with this mark run. `ask` gives the one value of a text."""
        while ask(RUNNING.format(mark)) != count:
            pass

    def cancel_the_right_one(self, cancelled):
        """One of three that run is cancelled, and no other. `cancelled` is the driver's error."""
        mark, observer = self.mark(), self.connect()
        connections = [self.connect() for _ in range(3)]
        sleeps = [Background(self.value, c, f"SELECT pg_sleep({s})::text || '{mark}'")
                  for c, s in zip(connections, ("0.3", "60", "0.3"))]
        self.await_running(mark, 3, lambda text: self.value(observer, text))
        connections[1].cancel()
        with self.assertRaises(cancelled):
            sleeps[1].outcome()
        self.assertEqual([sleeps[0].outcome(), sleeps[2].outcome()], [mark, mark])
        self.assertEqual(self.value(connections[1], "SELECT 1"), 1)

    def settings_stay(self, count, connect, run, value, begin, end):
        """Each of `count` sessions keeps its own settings, however many of the others are in a transaction meanwhile."""
        sessions, want = [], []
        for number in range(count):
            zone, style = ZONES[number % len(ZONES)], ["ISO, MDY", "ISO, DMY"][number % 2]
            session = connect()
            for text in (f"SET TIME ZONE '{zone}'", f"SET DateStyle = '{style}'", f"SET application_name = 'session {number}'",
                         f"SET search_path TO s{number}"):
                run(session, text)
            sessions.append(session)
            want.append(f"{zone}|{style}|session {number}|s{number}")
        for held in range(5):
            for session in sessions[:held]:
                begin(session)
            self.assertEqual([value(session, SETTINGS) for session in sessions[held:]], want[held:])
            for session in sessions[:held]:
                end(session)
            self.assertEqual([value(session, SETTINGS) for session in sessions], want)


class Background:
    """A call in a thread of its own; `outcome` is what it returned, or raises what it raised."""

    def __init__(self, call, *arguments):
        self.result, self.failure = None, None
        self.thread = threading.Thread(target=self.run, args=(call, arguments), daemon=True)
        self.thread.start()

    def run(self, call, arguments):
        try:
            self.result = call(*arguments)
        except Exception as failure:  # raised again where the outcome is asked for
            self.failure = failure

    def outcome(self):
        self.thread.join()
        if self.failure:
            raise self.failure
        return self.result


def in_parallel(count, call):
    """Calls it so often at once, with a number each; the results in order."""
    return [work.outcome() for work in [Background(call, number) for number in range(count)]]


class Lines(unittest.TestResult):
    def startTest(self, test):
        super().startTest(test)
        self.began = time.monotonic()
        print(f"=== RUN   {test._testMethodName}", flush=True)

    def say(self, word, test, remark=""):
        if remark:
            print("\n".join(f"    {line}" for line in remark.rstrip().splitlines()))
        print(f"--- {word}: {test._testMethodName.removeprefix('check_')} ({time.monotonic() - self.began:.2f}s)", flush=True)

    def addSuccess(self, test):
        self.say("PASS", test)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.say("SKIP", test, reason)

    def addError(self, test, failure):
        super().addError(test, failure)
        self.say("FAIL", test, "".join(traceback.format_exception(*failure)))

    addFailure = addError


def run(case):
    """All checks of the class, or those that the command line names. Ends the program."""
    loader = unittest.TestLoader()
    loader.testMethodPrefix = "check_"
    names = [f"check_{name}" for name in sys.argv[1:]] or loader.getTestCaseNames(case)
    result = Lines()
    with contextlib.suppress(BrokenPipeError):
        unittest.TestSuite(case(name) for name in names).run(result)
    sys.exit(0 if result.wasSuccessful() else 1)
