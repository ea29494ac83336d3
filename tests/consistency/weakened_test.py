#!/usr/bin/python3
"""Every protection is taken away, one by one, and each loss must be found: what a checker cannot fail proves nothing. Each is a
torture of its own with the one workload that rests on it, without faults, so that nothing else can be what is found."""
import argparse
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
import weakenings  # noqa: E402

RUN = Path(__file__).resolve().parent / "run"
WITHIN = 60  # seconds of torture
AT_A_TIME = 2


def weakened(each, upstream, seed):
    """None if the loss was found, else what the torture said."""
    command = [sys.executable, str(RUN), "--weaken", each.name, "--upstream", upstream, "--only", each.workload, "--calm",
               "--round", "3", "--minutes", str(WITHIN / 60), *(["--seed", seed] if seed else [])]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    caught = re.search(r"^caught after .* s$", done.stdout, re.M)
    proof = re.search(rf"VIOLATION: {each.workload.rstrip('s')}\w* ?.*", done.stdout)
    if done.returncode == 1 and caught and proof:
        print(f"{each.name} on {upstream}: {caught[0]}: {proof[0][:150]}", flush=True)
        return None
    return f"{each.name} on {upstream}: exit {done.returncode}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", metavar="NAMES", help="these protections, with commas")
    parser.add_argument("--upstream", choices=weakenings.BOTH, help="this one only")
    parser.add_argument("--seed", help="of each torture; else each has its own")
    options = parser.parse_args()
    names = options.only.split(",") if options.only else list(weakenings.BY_NAME)
    unknown = set(names) - set(weakenings.BY_NAME)
    if unknown:
        parser.error(f"no protection is called {', '.join(sorted(unknown))}; there are: {', '.join(weakenings.BY_NAME)}")
    losses = [(weakenings.BY_NAME[name], upstream) for name in names for upstream in weakenings.BY_NAME[name].upstreams
              if options.upstream in (None, upstream)]
    passed = failed = 0
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        for complaint in pool.map(lambda loss: weakened(*loss, options.seed), losses):
            passed, failed = passed + (not complaint), failed + bool(complaint)
            if complaint:
                print(complaint, flush=True)
    print(f"{passed} passed, {failed} failed", flush=True)
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
