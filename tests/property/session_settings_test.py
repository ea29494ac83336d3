#!/usr/bin/env python3
"""Settings that are carried from one connection to another: sessions on a real PostgreSQL, each once alone on a connection
of its own and once on whichever of a few shared ones, which is first brought to the session's settings. Answers must be
equal, and so must all of pg_settings before and after each transaction. A session that may not move is replaced.

  tests/property/session_settings_test.py                        about 1,000 transactions
  tests/property/session_settings_test.py --transactions 20000 --seed 7
"""
import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "deploy"), str(ROOT / "tests/property")]
import libpq  # noqa: E402
import setting_texts  # noqa: E402
import stack  # noqa: E402

SESSIONS, SHARED = 4, 2
LONGEST = 12  # groups in a transaction
LEAST_CARRIED = 0.3  # of the transactions, those before which the shared connection had to be changed
# All that a session may set. A setting of its own reads as '' on a connection that has known it once, where it is
# unknown to another (PostgreSQL manual, "Customized Options").
SETTINGS = """SELECT name, setting, reset_val FROM pg_settings WHERE context IN ('user', 'superuser')
  UNION ALL SELECT own, coalesce(current_setting(own, true), ''), '' FROM unnest(ARRAY['my.own', 'my.user']) own
  UNION ALL SELECT 'current_user', current_user, session_user ORDER BY 1"""


class Player:
    """The program that keeps account of sessions and connections."""

    def __init__(self):
        self.process = subprocess.Popen([str(stack.BIN / "settings_lines")], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def __call__(self, **line):
        self.process.stdin.write(json.dumps(line) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def end(self):
        self.process.stdin.close()
        self.process.wait()


class Failed(Exception):
    pass


class Sessions:
    def __init__(self, dsn, player, dice):
        self.dsn, self.player, self.dice = dsn, player, dice
        self.alone = {f"session {i}": libpq.Connection(dsn) for i in range(SESSIONS)}
        self.shared = {f"connection {i}": libpq.Connection(dsn) for i in range(SHARED)}
        self.counts, self.before, self.sent = Counter(), {}, []

    def transaction(self):
        name, connection = self.dice.choice(list(self.alone)), self.dice.choice(list(self.shared))
        pair = self.alone[name], self.shared[connection]
        restore = self.player(session=name, connection=connection)["sql"]
        # What a difference came from that shows only now.
        self.sent = self.before.pop(name, []) + self.before.pop(connection, []) + [f"{name} on {connection}: {restore}"]
        begun = len(self.sent) - 1
        if restore:
            self.counts["brought to the session's settings"] += 1
            failed = [answer.message for answer in pair[1].each(restore) if answer.code]
            self.equal("restored", [], failed)
        self.compare(pair, "before")
        may_move = self.run(name, pair)
        self.before[name] = self.before[connection] = self.sent[begun:]
        self.counts["transactions"] += 1
        if may_move:
            self.player(session=name, connection=connection)  # it has what the session has
            self.compare(pair, "after")
        else:
            self.counts["kept its connection"] += 1
            self.replace(self.alone, name)
            self.replace(self.shared, connection)

    def run(self, name, pair):
        """Groups until the server is idle again."""
        may_move, status, groups = True, None, 0
        while status != "I":
            pipelined, texts = setting_texts.group(self.dice, status or "I")
            groups += 1
            if groups > LONGEST:
                pipelined, texts = False, ["COMMIT"]
            self.sent.append(f"{'pipeline' if pipelined else 'query'}: {texts}")
            answers = [c.pipelined(texts) if pipelined else c.each(texts[0]) for c in pair]
            told = [[(a.code, a.tag, a.rows) for a in each] for each in answers]
            self.equal("answers", *told)
            status = pair[0].status()
            self.equal("status", status, pair[1].status())
            failed = any(a.code for a in answers[0])
            self.counts["failed groups"] += failed
            tags = [a.tag for a in answers[0] if not a.code]
            may_move = self.player(session=name, texts=texts, tags=tags, failed=failed, idle=status == "I")["may_move"]
        return may_move

    def compare(self, pair, when):
        mine, theirs = (set(c.simple(SETTINGS).rows) for c in pair)
        self.equal(f"settings {when} the transaction", sorted(mine - theirs), sorted(theirs - mine))

    def equal(self, what, expected, got):
        if expected != got:
            raise Failed(f"{what} differ\n  alone   {expected}\n  shared  {got}\n  " + "\n  ".join(self.sent))

    def replace(self, connections, name):
        connections[name].close()
        connections[name] = libpq.Connection(self.dsn)
        self.player(new=name)

    def close(self):
        for connection in [*self.alone.values(), *self.shared.values()]:
            connection.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--transactions", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    chosen = parser.parse_args()
    print(f"seed {chosen.seed}", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="occam-settings-"))
    folder.chmod(0o755)
    postgres, player, began, failures = stack.Postgres(folder / "postgres"), Player(), time.monotonic(), []
    counts = Counter()
    try:
        postgres.start().sql("CREATE ROLE plain", "postgres")
        # What the log-in sets is what RESET goes back to.
        dsn = postgres.dsn("postgres") + "?application_name=one&options=-c%20work_mem%3D3MB%20-c%20datestyle%3DSQL,DMY"
        sessions = Sessions(dsn, player, random.Random(chosen.seed))
        try:
            for _ in range(chosen.transactions):
                sessions.transaction()
        except Failed as failed:
            failures.append(str(failed))
        counts = sessions.counts
        sessions.close()
    finally:
        player.end()
        postgres.stop()
        shutil.rmtree(folder, True)
    for name, count in counts.most_common():
        print(f"{count:7} {name}")
    if counts["brought to the session's settings"] < LEAST_CARRIED * chosen.transactions:
        failures.append("too few of the transactions had settings to carry")
    print("\n".join(failures + [f"seed {chosen.seed}, {time.monotonic() - began:.0f} s"]))
    print(f"{counts['transactions']} passed, {len(failures)} failed")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
