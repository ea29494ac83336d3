"""Checks that are told one by one and counted: what the runners here end with."""
import sys


class Judgement:
    def __init__(self):
        self.passed = self.failed = 0

    def check(self, holds, text):
        self.passed += bool(holds)
        self.failed += not holds
        print(f"  {'pass' if holds else 'FAIL'}  {text}", flush=True)

    def end(self):
        """Ends the program: 0 only if every check held."""
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        sys.exit(1 if self.failed or not self.passed else 0)
