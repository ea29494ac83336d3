"""The conformance table as data: reads tests/conformance/*.txt (its README explains the format) and holds an
answer against what is written there. Knows no server and no driver.

usage: conformance_table.py      prints the number of cases of each file
"""
import re
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "conformance"
LIMITS = {"rows", "bytes", "age_ms", "column_bytes", "row_bytes", "key_bytes", "indexes"}
STEP = re.compile(r"  ([abcxyz])(?: (connect|parameter|pipeline|padded|copy))?:(?: (.*))?$")
STATE = re.compile(r"\((idle|in transaction|failed)\)$")
PATTERNS = {"{job}": "[a-z2-7]{26}", "{n}": "[0-9]+", "{any}": ".*"}
WORD = re.compile(r"\{(?:job|n|any)\}")


class Malformed(Exception):
    """The text is not of the format; says where."""


@dataclass
class Step:
    line: int
    session: str
    verb: str
    text: list
    answer: list = field(default_factory=list)
    state: str = ""


@dataclass
class Case:
    file: str
    line: int
    name: str
    setup: list
    source: str = ""
    evidence: str = ""
    unmodelled: str = ""
    dialects: list = field(default_factory=lambda: ["current"])
    limits: list = field(default_factory=list)
    steps: list = field(default_factory=list)

    def flags(self, dialect):
        """What the emulator is started with for this case."""
        flags = [] if dialect == "current" else ["--dialect", dialect]
        for limit in sorted(self.limits):
            flags += ["--limit", limit]
        return tuple(flags)


def read(path):
    """The cases of one file."""
    reader = Reader(path.stem)
    for number, line in enumerate(path.read_text().splitlines(), 1):
        try:
            reader.take(number, line)
        except (Malformed, IndexError, AttributeError) as error:  # a line without what it belongs to
            raise Malformed(f"{path.name}:{number}: {error}: {line}") from error
    return reader.cases


def read_all():
    return [case for path in sorted(FOLDER.glob("*.txt")) for case in read(path)]


class Reader:
    def __init__(self, file):
        self.file, self.common, self.cases, self.lines = file, [], [], None

    def take(self, number, line):
        if not line.strip() or line.lstrip().startswith("#"):
            return
        indent = len(line) - len(line.lstrip())
        text = line.strip()
        if indent >= 7:
            self.lines.append(text)  # of the SQL above
        elif indent == 5:
            self.answer(text)
        elif indent == 2:
            self.inside(number, line, text)
        elif indent == 0:
            self.outside(number, text)
        else:
            raise Malformed("indented by neither 0, 2, 5 nor 7")

    def outside(self, number, text):
        word, _, rest = text.partition(" ")
        if word == "setup" and rest and not self.cases:
            self.lines = [rest]
            self.common.append(self.lines)
        elif word == "case" and rest:
            self.cases.append(Case(self.file, number, rest, list(self.common)))
            self.lines = None
        else:
            raise Malformed("expected case, or setup before the first case")

    def inside(self, number, line, text):
        case, found = self.cases[-1], STEP.match(line)
        if found:
            self.lines = [found[3]] if found[3] else []
            case.steps.append(Step(number, found[1], found[2] or "", self.lines))
            return
        word, _, rest = text.partition(" ")
        if not rest:
            raise Malformed("nothing follows the word")
        self.lines = None
        if word == "setup":
            self.lines = [rest]
            case.setup.append(self.lines)
        elif word == "dialect":
            case.dialects = rest.split()
        elif word == "limits":
            case.limits = rest.split()
            if not {limit.partition("=")[0] for limit in case.limits} <= LIMITS:
                raise Malformed("no such limit")
        elif word in ("source", "evidence", "unmodelled"):
            setattr(case, word, rest)
        else:
            raise Malformed("no such word")

    def answer(self, text):
        step, self.lines = self.cases[-1].steps[-1], None
        found = STATE.match(text)
        if found:
            step.state = found[1]
        else:
            step.answer.append(text)


def matches(expected, got, words):
    """Is the line `got` the one expected? `words` keeps what {job} stood for."""
    pattern, at = "", 0
    for found in WORD.finditer(expected):
        pattern += re.escape(expected[at:found.start()])
        pattern += words.get(found[0]) or f"({PATTERNS[found[0]]})"
        at = found.end()
    hit = re.fullmatch(pattern + re.escape(expected[at:]), got, re.S)
    if hit and hit.groups() and "{job}" in expected and "{job}" not in words:
        words["{job}"] = hit[1]
    return bool(hit)


def error_matches(expected, got, words):
    """`ERROR`, `ERROR 0A000`, `ERROR 0A000 text` or `ERROR - text`: what is not written is not held."""
    want, have = expected.split(" ", 2), got.split(" ", 2)
    return (want[0] == have[0] and (len(want) < 2 or want[1] in ("-", have[1]))
            and (len(want) < 3 or matches(want[2], have[2], words)))


def agree(expected, got, words):
    """Whole answers, line by line; columns, DETAIL and HINT count only where they are expected."""
    asked = {line.split(" ")[0] for line in expected}
    got = [line for line in got
           if line.split(" ")[0] not in {"columns", "DETAIL", "HINT"} - asked]
    return len(expected) == len(got) and all(
        (error_matches if re.match(r"(ERROR|FATAL)\b", want) else matches)(want, have, words)
        for want, have in zip(expected, got))


def filled(lines, words):
    """The SQL: {job} is what an earlier answer said, {3 columns} is c1 int, c2 int, c3 int."""
    text = "\n".join(lines)
    for word, value in words.items():
        text = text.replace(word, value)
    return re.sub(r"\{(\d+) columns\}",
                  lambda found: ", ".join(f"c{i + 1} int" for i in range(int(found[1]))), text)


def main():
    cases = read_all()
    for file in sorted({case.file for case in cases}):
        mine = [case for case in cases if case.file == file]
        print(f"{sum(not case.unmodelled for case in mine):4} {file}")
    print(f"{sum(not case.unmodelled for case in cases):4} cases, "
          f"{sum(bool(case.unmodelled) for case in cases)} unmodelled")


if __name__ == "__main__":
    main()
