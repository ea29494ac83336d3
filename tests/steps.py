"""The steps of tests/run: each is a program with a log of its own under build/logs, a time and a
count. The last line is the sum: `N passed, N failed`. Knows what to run, never how a test works."""
import argparse
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT / "build/logs"
COUNT = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$", re.M)
CTEST = re.compile(r"\d+% tests passed, (\d+) tests failed out of (\d+)")
TAIL = 40  # lines of a failed step's log that are shown
EXAMPLES = """examples:
  tests/run                      every test that needs no network
  tests/run --only e2e           only the steps whose name begins so (and the build)
  tests/run --sanitize           adds unit and short end-to-end tests under ASan+UBSan and TSan
  tests/run --fuzz 20            adds every fuzz target for 20 seconds
  tests/run --only consistency --consistency 30   the tortures at full length
  tests/run --drivers            adds PostgreSQL's drivers as clients (pgjdbc, node-pg, psycopg …)
  tests/run --temporal           adds a real Temporal server and the Go drivers (needs Go)
"""


class Step:
    def __init__(self, name, command, env=None, seconds=1800, counts=False):
        self.name, self.command, self.env, self.seconds = name, command, env or {}, seconds
        self.counts = counts  # its output says how many tests it ran; none at all is a failure


class Outcome:
    def __init__(self, passed=0, failed=0, skipped=0):
        self.passed, self.failed, self.skipped = passed, failed, skipped

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    def __str__(self):
        tail = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{tail}"


def counted(step, code, text):
    found = COUNT.findall(text)
    ctest = CTEST.search(text)
    if step.counts and found:
        passed, failed, skipped = found[-1]
        outcome = Outcome(int(passed), int(failed), int(skipped or 0))
    elif step.counts and ctest:
        outcome = Outcome(int(ctest[2]) - int(ctest[1]), int(ctest[1]))
    else:
        outcome = Outcome(0 if code or step.counts else 1, 0)
    ran = outcome.passed + outcome.failed + outcome.skipped
    if (code or not ran) and not outcome.failed:
        outcome.failed = 1
    return outcome


def run(step, number, total):
    label = f"[{number:2}/{total}] {step.name}"
    print(label, flush=True)
    log_path = LOGS / (re.sub(r"\W+", "_", step.name) + ".log")
    began = time.monotonic()
    with open(log_path, "wb") as log:
        process = subprocess.Popen(step.command, cwd=ROOT, env={**os.environ, **step.env},
                                   stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                                   start_new_session=True)
        try:
            code = await_end(process, step, log_path, began)
        except KeyboardInterrupt:
            end(process)
            sys.exit(130)
    text = log_path.read_text(errors="replace")
    outcome = counted(step, code, text)
    print(f"        {outcome} in {time.monotonic() - began:.1f} s", flush=True)
    if outcome.failed:
        print("\n".join("    | " + line for line in text.splitlines()[-TAIL:]))
        print(f"    | exit {code}; whole log: {log_path.relative_to(ROOT)}", flush=True)
    return outcome


def await_end(process, step, log_path, began):
    while True:
        try:
            return process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            spent = time.monotonic() - began
            if spent > step.seconds:
                print(f"        ended: over its {step.seconds} s", flush=True)
                end(process)
                return 124
            lines = log_path.read_text(errors="replace").splitlines()
            print(f"        {spent:.0f} s: {lines[-1][:90] if lines else '(quiet)'}", flush=True)


def end(process):
    """The step's whole process group, and nothing else."""
    try:
        os.killpg(process.pid, 15)
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        process.wait()
    except ProcessLookupError:
        pass


def build(preset, *targets):
    cores = str(os.cpu_count() or 2)
    command = ["cmake", "--build", "--preset", preset, "-j", cores]
    return [Step(f"configure {preset}", ["cmake", "--preset", preset]),
            Step(f"build {preset}", command + (["--target", *targets] if targets else []),
                 seconds=3600)]


def ctest(preset):
    cores = str(os.cpu_count() or 2)
    return Step(f"unit {preset}", ["ctest", "--test-dir", f"build/{preset}", "--output-on-failure",
                                   "-j", cores], counts=True)


def end_to_end(preset, short=False):
    env = {"OCCAM_BIN": str(ROOT / "build" / preset / "bin"), "OCCAM_SHORT": "1" if short else ""}
    suites = sorted((ROOT / "tests/e2e").glob("*_test.py"))
    return [Step(f"e2e {preset} {path.stem.removesuffix('_test')}", [sys.executable, str(path)],
                 env, counts=True) for path in suites]


def properties(preset, keys=(), settings=()):
    """Those that ask a real PostgreSQL."""
    env = {"OCCAM_BIN": str(ROOT / "build" / preset / "bin")}
    return [Step(f"property {preset} binary keys",
                 [sys.executable, "tests/property/binary_keys_test.py", *keys], env, counts=True),
            Step(f"property {preset} session settings",
                 [sys.executable, "tests/property/session_settings_test.py", *settings], env, counts=True)]


def consistency(preset, minutes):
    """Every dialect and plain PostgreSQL, tortured so long; and every protection taken away, which must be noticed."""
    env = {"OCCAM_BIN": str(ROOT / "build" / preset / "bin")}
    torture = ["tests/consistency/run", "--minutes", str(minutes)]
    kinds = {"current": [], "2025": ["--dialect", "2025"], "postgresql": ["--upstream", "postgresql"]}
    steps = [Step(f"consistency {preset} checkers", [sys.executable, "tests/consistency/checkers_test.py"], counts=True),
             Step(f"consistency {preset} weakened", [sys.executable, "tests/consistency/weakened_test.py"], env, counts=True)]
    steps += [Step(f"consistency {preset} mass drop {' '.join(more[1::2])}".rstrip(), ["tests/consistency/run", "--mass-drop", "3", *more], env,
                   counts=True, seconds=300)
              for more in ([], ["--pool-mode", "session"], ["--drop", "emulator"])]
    steps.append(Step(f"consistency {preset} mass drop unnoticed", [sys.executable, "tests/consistency/mass_drop_test.py"], env, counts=True))
    return steps + [Step(f"consistency {preset} {kind}", torture + flags, env, seconds=minutes * 90 + 600, counts=True)
                    for kind, flags in kinds.items()]


def base(minutes):
    steps = [Step("layers", ["tests/check_layers"]), Step("house", ["tests/check_house"]),
             Step("checks", [sys.executable, "tests/checks_test.py"], counts=True),
             Step("format", ["tests/check_format"])]
    steps += build("release")
    steps.append(Step("headers release", ["cmake", "--build", "--preset", "release", "--target",
                                  "all_verify_interface_header_sets"]))
    steps.append(ctest("release"))
    steps += properties("release")
    steps += end_to_end("release")
    steps += consistency("release", minutes)
    if (ROOT / "tests/traces/temporal.trace").exists():
        steps.append(Step("quickstart release", ["deploy/quickstart"]))
    return steps


def tidy():
    return [Step("tidy", ["tests/check_tidy"])]


def sanitize():
    return [step for preset in ("asan", "tsan")
            for step in build(preset) + [ctest(preset)] + properties(preset, ["--statements", "500"], ["--transactions", "200"])
            + end_to_end(preset, short=True)]


def fuzz(seconds):
    return build("fuzz") + [Step("fuzz", [sys.executable, "tests/fuzz/run.py", str(seconds)],
                                 counts=True)]


def drivers(kind, *names):
    """These drivers as Occam's clients, in both modes of its pool."""
    return [Step(f"drivers {kind}{mode}", ["tests/drivers/run", "--only", *names, "--pool-mode", mode], counts=True, seconds=600)
            for mode in ("session", "transaction")]


def temporal():
    runner = str(ROOT / "tests/temporal/run")
    rival = [runner, "--rival", "2", "--workflows", "280", "--inject", "none", "--plugin", "postgres12_pgx", "--seconds", "300"]
    return [Step(path.parent.name, [str(path)], counts=True, seconds=3600)
            for path in (ROOT / "tests/temporal/schema/run", ROOT / "tests/temporal/suites/run",
                         ROOT / "tests/temporal/run")] + [
        Step("rival", rival, counts=True, seconds=900),
        Step("connections", [runner, "--connections", "--seconds", "60"], counts=True, seconds=900), *drivers("go ", "pgx", "pq")]


def main():
    parser = argparse.ArgumentParser(prog="tests/run", epilog=EXAMPLES, description=(
        "Builds and runs every test that needs no network; flags add to that."),
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--temporal", action="store_true", help="a real Temporal (needs Go)")
    parser.add_argument("--drivers", action="store_true",
                        help="libpq, psql, psycopg, pgjdbc and node-pg as clients (installs Java, and Node.js)")
    parser.add_argument("--sanitize", action="store_true", help="the presets asan and tsan")
    parser.add_argument("--fuzz", type=int, metavar="SECONDS", help="every fuzz target so long")
    parser.add_argument("--consistency", type=float, default=2, metavar="MINUTES",
                        help="how long each torture of tests/consistency lasts (default 2; the full length is 30)")
    parser.add_argument("--tidy", action="store_true", help="clang-tidy over every source")
    parser.add_argument("--bench", action="store_true", help="the benchmark")
    parser.add_argument("--only", metavar="NAME", help="steps whose name begins with NAME or has it as a word, and the build")
    chosen = parser.parse_args()
    if chosen.bench and not (ROOT / "tests/bench").exists():
        print("tests/run: no benchmark in this tree (tests/bench)", file=sys.stderr)
        sys.exit(2)
    steps = base(chosen.consistency)
    steps += tidy() if chosen.tidy else []
    steps += sanitize() if chosen.sanitize else []
    steps += fuzz(chosen.fuzz) if chosen.fuzz else []
    steps += drivers("", "libpq", "psql", "psycopg2", "psycopg", "pgjdbc", "node-pg") if chosen.drivers else []
    steps += temporal() if chosen.temporal else []
    steps += [Step("bench", ["tests/bench/run"], counts=True), Step("bench clients", ["tests/bench/clients"], counts=True)] if chosen.bench else []
    if chosen.only:
        wanted = [s for s in steps if s.name.startswith(chosen.only) or chosen.only in s.name.split()]
        if not wanted:
            print(f"tests/run: no step is called '{chosen.only}'; there are: "
                  + ", ".join(sorted({s.name for s in steps})), file=sys.stderr)
            sys.exit(2)
        steps = [s for s in steps if s in wanted or s.name in ("configure release", "build release")]

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends the running step as Ctrl-C does
    LOGS.mkdir(parents=True, exist_ok=True)
    began, total, broken = time.monotonic(), Outcome(), set()
    for number, step in enumerate(steps, 1):
        if broken & set(step.name.split()):
            print(f"[{number:2}/{len(steps)}] {step.name}: left out, its build failed", flush=True)
            continue
        outcome = run(step, number, len(steps))
        total.add(outcome)
        if outcome.failed and step.name.startswith(("configure ", "build ")):
            broken.add(step.name.split()[1])
    print(f"{len(steps)} steps in {time.monotonic() - began:.0f} s")
    print(total)
    sys.exit(1 if total.failed or not total.passed else 0)


if __name__ == "__main__":
    main()
