#!/usr/bin/env python3
"""Breaks the relay on purpose, one rule at a time, and asks the simulation to notice.

    relay_mutants.py BUILD_DIR [NAME ...]

Each mutant is one replacement in one file of proxy/relay. It is compiled with the flags of BUILD_DIR, linked before the
untouched library, and run over the same seeds as the real relay. A mutant that survives, or one whose text is no longer
found, is a failure: the simulation has lost an eye, or this list has.
"""
import concurrent.futures
import json
import pathlib
import shlex
import subprocess
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[2]
SEEDS = 10000

# name, file, what stands there, what is put in its place, what it breaks
MUTANTS = [
    ("no_digest_comparison", "repetition.cpp", "exchange_.digest() != journal_[replayed_].digest", "false",
     "a client goes on with what it read before the conflict: lost updates"),
    ("parse_complete_digested", "exchange.cpp", "forward(frame, false, sink);", "forward(frame, true, sink);",
     "a statement that is not parsed again looks like a changed answer"),
    ("close_sent_again", "exchange_plan.cpp", "if (request.done) {\n        steps_", "if (false) {\n        steps_",
     "a statement defined later in the group is closed"),
    ("invented_answer_missing", "exchange.cpp", "if (sink != nullptr) {\n      wire::backend::append_empty",
     "if (false) {\n      wire::backend::append_empty", "the client waits for a ParseComplete"),
    ("lost_transaction_left_open", "loss.cpp", "return open ? Status::failed : Status::idle;",
     "return Status::idle;", "what was sent behind a lost BEGIN runs outside a transaction"),
    ("commit_resent_after_loss", "loss.cpp", "} else if (!answered && (group_.durable || exchange_.committed())) {",
     "} else if (false) {", "a commit that was applied is applied again"),
    ("commit_resent_after_unavailable", "answers.cpp",
     "} else if (*conflict == ConflictKind::unavailable && group_.durable) {", "} else if (false) {",
     "an outcome that is unknown is treated as a conflict"),
    ("first_of_two_commits_forgotten", "repetition.cpp",
     "if (exchange_.committed()) return NotReplayable::committed_inside;", "",
     "a transaction of the group that had committed is run again"),
    ("only_the_last_group_repeated", "repetition.cpp", "  replayed_ = 0;\n", "  replayed_ = journal_.size();\n",
     "a part of the transaction is run again, not all of it"),
    ("no_rollback_before_replay", "repetition.cpp", "} else if (server_status_ != Status::idle) {", "} else if (false) {",
     "the replay runs in a failed transaction"),
    ("journal_survives_commit", "answers.cpp", "  } else {\n    journal_.clear();", "  } else {",
     "a finished transaction is replayed with the next one"),
    ("held_not_cleared_before_run", "requests.cpp", "  held_.clear();\n  streamed_ = false;\n  const bool digested",
     "  const bool digested", "what was held or streamed before colours the next group"),
    ("repeated_though_streamed", "answers.cpp", "} else if (streamed_) {", "} else if (false) {",
     "an answer is delivered twice"),
    ("failed_client_let_through", "repetition.cpp", "lost_alone || unfinished ? Phase::failed : Phase::idle",
     "unfinished ? Phase::failed : Phase::idle", "statements run outside the transaction the client believes in"),
    ("failed_transaction_begun_anew", "loss.cpp", "group_.began == Status::failed && !group_.durable;", "false;",
     "after a loss, a statement of a failed transaction runs alone"),
    ("statements_not_made_sure", "exchange_plan.cpp", "if (!definition || upstream_->holds(definition)) return;", "return;",
     "a new connection does not know the client's statements"),
    ("unnamed_survives_query", "exchange_rows.cpp", "  upstream_->simple_query();\n", "",
     "the unnamed statement is believed to exist"),
    ("skipped_parse_believed", "exchange.cpp", "  forget_unanswered();\n", "",
     "a Parse that the server skipped is believed to have happened"),
    ("another_text_believed", "upstream_statements.cpp",
     "if (held != definition && held->parse != definition->parse) return false;", "",
     "another client's statement of the same name is executed"),
    ("rests_in_a_transaction", "relay.cpp", "return quiescent() && server_ == nullptr", "return server_ == nullptr",
     "what a client has begun is forgotten, or another goes on with it"),
    ("parts_in_a_transaction", "relay.cpp", "server_status_ == Status::idle &&\n", "true &&\n",
     "another client goes on in a transaction that is not its own"),
    ("settings_not_restored", "repetition.cpp", "if (server_->settings != client_->settings.settled()) {", "if (false) {",
     "a client meets the settings of another"),
    ("settings_survive_a_rollback", "repetition.cpp", "  client_->settings.transaction_ended(false);\n", "",
     "what was set in a transaction that was rolled back is set again"),
    ("verdict_swallowed", "repetition.cpp", "void Relay::decide(Verdict verdict, TimePoint now, Output& out) {\n",
     "void Relay::decide(Verdict verdict, TimePoint now, Output& out) {\n  if (chain_.conflicts > 3) return;\n",
     "conflicts are not accounted for"),
    ("original_error_lost", "repetition.cpp", "out.to_client.append(chain_.original);", "",
     "the client is never answered"),
    ("lost_while_idle_ignored", "loss.cpp", "  server_ = nullptr;\n", "",
     "the loss of an idle connection is forgotten"),
    ("journal_leaks", "journal.cpp", "budget_.give_back(bytes_);", "", "the process runs out of journal"),
]


def compile_command(build, file):
    for entry in json.loads((build / "compile_commands.json").read_text()):
        if entry["file"].endswith("proxy/relay/" + file):
            return shlex.split(entry["command"])
    raise SystemExit(f"{file} is not in {build}/compile_commands.json")


def without_dependency_files(command):
    kept, skip = [], False
    for word in command:
        if skip or word == "-MD":
            skip = False
        elif word in ("-MT", "-MF"):
            skip = True
        else:
            kept.append(word)
    return kept


def link_command(build, objects, output):
    libraries = ["tests/property/libsimulation.a", "proxy/relay/librelay.a", "proxy/trace/libtrace.a",
                 "proxy/wire/libwire.a", "rewriter/librewriter.a"]
    compiler = compile_command(build, "relay.cpp")
    compiler = [word for word in compiler if "ccache" not in word][0]
    main = build / "tests/property/CMakeFiles/relay_simulation.dir/relay_simulation.cpp.o"
    static = "/usr/lib/x86_64-linux-gnu/libpg_query.a"
    return [compiler, "-o", str(output), str(main), *map(str, objects), *[str(build / l) for l in libraries], static,
            "-lcrypto", "-lpthread"]


class DoesNotBuild(Exception):
    pass


def compiled(build, mutant):
    """The mutant's object file, in a folder of its own."""
    name, file, old, new, _ = mutant
    text = (SOURCE / "proxy/relay" / file).read_text()
    if old not in text:
        raise DoesNotBuild(f"'{old}' no longer stands in {file}")
    folder = build / "mutants" / name
    folder.mkdir(parents=True, exist_ok=True)
    source, thing = folder / file, folder / (file + ".o")
    source.write_text(text.replace(old, new))
    command = without_dependency_files(compile_command(build, file))
    command[command.index("-c") + 1] = str(source)
    command[command.index("-o") + 1] = str(thing)
    command.append("-Wno-error")
    built = subprocess.run(command, cwd=build, capture_output=True, text=True)
    if built.returncode:
        raise DoesNotBuild("does not compile: " + built.stderr[-600:])
    return thing


def survives(build, mutant):
    """None if it was caught, else why not."""
    name = mutant[0]
    try:
        thing = compiled(build, mutant)
    except DoesNotBuild as why:
        return str(why)
    program = thing.parent / "simulation"
    built = subprocess.run(link_command(build, [thing], program), capture_output=True, text=True)
    if built.returncode:
        return "does not link: " + built.stderr[-600:]
    ran = subprocess.run([str(program), "--seeds", str(SEEDS)], capture_output=True, text=True, timeout=300)
    if ran.returncode == 0:
        return f"survived {SEEDS} seeds"
    if ran.returncode < 0:
        return f"is no mutant that can be judged: the simulation died of signal {-ran.returncode}"
    print(f"  caught    {name}: {ran.stdout.splitlines()[0] if ran.stdout else ran.stderr.strip()}", flush=True)
    return None


def main():
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    build, names = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:]
    chosen = [m for m in MUTANTS if not names or m[0] in names]
    alive = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        verdicts = list(pool.map(lambda mutant: survives(build, mutant), chosen))
    for mutant, why in zip(chosen, verdicts):
        if why:
            alive += 1
            print(f"  SURVIVED  {mutant[0]} ({mutant[4]}): {why}", flush=True)
    print(f"{len(chosen) - alive} of {len(chosen)} mutants caught")
    sys.exit(1 if alive else 0)


if __name__ == "__main__":
    main()
