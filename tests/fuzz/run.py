"""Runs every libFuzzer program of the preset `fuzz` for SECONDS each, two at a time.

usage: tests/fuzz/run.py SECONDS
New inputs go to build/fuzz/corpus, never into the tree; a crash is left in build/fuzz/crashes.
"""
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SEEDS = ROOT / "tests/fuzz/corpus"
GROWN = ROOT / "build/fuzz/corpus"
CRASHES = ROOT / "build/fuzz/crashes"


def start(program, seconds):
    grown = GROWN / program.name
    grown.mkdir(parents=True, exist_ok=True)
    CRASHES.mkdir(parents=True, exist_ok=True)
    seeds = SEEDS / program.name
    log = open(ROOT / "build/logs" / f"{program.name}.log", "wb")
    command = [str(program), str(grown), *([str(seeds)] if seeds.is_dir() else []),
               f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=4096", "-print_final_stats=1",
               f"-artifact_prefix={CRASHES}/{program.name}-"]
    return subprocess.Popen(command, stdout=log, stderr=log, cwd=ROOT), Path(log.name)


def main():
    if len(sys.argv) != 2 or not sys.argv[1].isdigit():
        print(__doc__.strip())
        sys.exit(2)
    seconds = int(sys.argv[1])
    (ROOT / "build/logs").mkdir(parents=True, exist_ok=True)
    programs = sorted(p for p in (ROOT / "build/fuzz/bin").glob("fuzz_*") if os.access(p, os.X_OK))
    failed = 0
    width = max(1, os.cpu_count() or 1)
    for at in range(0, len(programs), width):
        batch = [(p, *start(p, seconds)) for p in programs[at:at + width]]
        for program, process, log in batch:
            code = process.wait(timeout=seconds + 120)
            lines = log.read_text(errors="replace").splitlines()
            runs = next((l.split()[-1] for l in lines if "number_of_executed_units" in l), "?")
            print(f"{program.name}: {'ok' if code == 0 else 'FAILED'}, {runs} inputs")
            if code:
                failed += 1
                print("\n".join("  " + l for l in lines[-30:]))
    print(f"{len(programs) - failed} passed, {failed} failed")
    sys.exit(1 if failed or not programs else 0)


if __name__ == "__main__":
    main()
