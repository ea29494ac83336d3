#!/usr/bin/python3
"""Occam is broken on purpose, and the torture by mass drops must notice: without retries clients see a connection lost that they
should not, and an Occam that sends a COMMIT again after its answer was lost does, or denies, what has happened."""
import os
import shlex
import subprocess
import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / part) for part in ("tests/e2e", "tests/property", "deploy")]
import harness  # noqa: E402
import relay_mutants  # noqa: E402
import stack  # noqa: E402

BUILD = stack.BIN.parent
RESENT = next(mutant for mutant in relay_mutants.MUTANTS if mutant[0] == "commit_resent_after_loss")


def mutated_occam(mutant):
    """A folder of programs, in which Occam is that mutant."""
    thing = relay_mutants.compiled(BUILD, mutant)
    programs = thing.parent / "bin"
    programs.mkdir(exist_ok=True)
    emulator = programs / "dsql-emulator"
    emulator.unlink(missing_ok=True)
    emulator.symlink_to(stack.BIN / emulator.name)
    commands = subprocess.run(["ninja", "-t", "commands", "-s", "bin/occam"], cwd=BUILD, capture_output=True, text=True, check=True)
    # The mutant's object stands before the library that has the sound one.
    link = commands.stdout.strip().replace("main.cpp.o ", f"main.cpp.o {shlex.quote(str(thing))} ", 1)
    link = link.replace("-o bin/occam", f"-o {shlex.quote(str(programs / 'occam'))}", 1)
    subprocess.run(link, shell=True, cwd=BUILD, check=True, capture_output=True)
    return programs


class Broken(unittest.TestCase):
    def torture(self, *flags, programs=stack.BIN):
        done = subprocess.run([sys.executable, ROOT / "tests/consistency/run", "--mass-drop", "3", *flags], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, env={**os.environ, "OCCAM_BIN": str(programs)})
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        return done.stdout

    def test_without_retries(self):
        said = self.torture("--no-retries")
        self.assertRegex(said, r"FAILED: errors that no client should see:(\n .*)* failed 08006 ")
        self.assertIn(" 0 violations", said)

    def test_a_commit_sent_again(self):
        said = self.torture(programs=mutated_occam(RESENT))
        self.assertIn("VIOLATION: ", said)


if __name__ == "__main__":
    harness.main()
