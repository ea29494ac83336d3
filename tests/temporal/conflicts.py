"""Conflicts, by three witnesses: the emulator that makes them, Occam that hides most of them, and Temporal, which is to meet no other
errors of the store than those that Occam tells of; and what else Temporal warns of. Reads counters and the log; runs nothing."""
import collections
import json
import re

import connections
import rivalry

# What the store answers in an orderly run: something looked for is not there yet, the caller gave up asking (a long
# poll that ends), or what it asks to be started is there since it asked the first time.
EXPECTED_ERRORS = {"serviceerror.NotFound", "serviceerror.NamespaceNotFound", "context.Canceled",
                   "persistence.CurrentWorkflowConditionFailedError"}
# How its metrics and its log name an error it does not know: a conflict that is not hidden is one, and so is a statement
# that Temporal itself gives up, because its caller did or its time was over.
UNKNOWN, UNKNOWN_LINE = "serviceerror.Unavailable", "Operation failed with internal error."
GIVEN_UP = ["context canceled", "context deadline exceeded"]
# What Temporal tells of a write in doubt, but for the history that it sends first, which it may write again.
IN_DOUBT, HISTORY = "its outcome is unknown", "AppendHistoryNodes"
# It sends such a write once more by itself, and if it had happened, meets its own rows (facts/temporal.md §5.2): {operation: what
# that reads like}. CreateTasks is told by its text, since Temporal does not know the error there.
OWN_TASKS = 'CreateTasks: .*duplicate key value violates unique constraint "tasks_pkey"'
OWN_ROWS = {"UpdateWorkflowExecution": "persistence.WorkflowConditionFailedError", "CreateTaskQueue": "persistence.ConditionFailedError",
            "UpdateShard": "persistence.ShardOwnershipLostError"}
SLOW = "Slow gRPC call"


def store_errors(counters):
    kinds = counters.by("persistence_error_with_type_total", "error_type")
    return {kind: n for kind, n in kinds.items() if kind not in EXPECTED_ERRORS}


def unhidden(counters, directory, options):
    """Errors of the store that reached Temporal and that nothing but the store explains, by kind."""
    log = (directory / "server.log").read_text(errors="replace").splitlines()
    log = [json.loads(line) for line in log if UNKNOWN_LINE in line and line.endswith("}")]
    if rivalry.contended(options):  # who lost a shard or a queue meets others
        return {UNKNOWN: sum(rivalry.is_conflict(line["error"]) for line in log)}
    left, own = without_own_rows([line for line in log if not any(text in line["error"] for text in GIVEN_UP)], counters)
    errors = collections.Counter(store_errors(counters))
    errors.subtract(own)
    errors.subtract(line["error-type"] for line in log)
    errors.update(line["error-type"] for line in left)
    for line in left:
        print(f"  {line['error'][:200]}")
    return dict(+errors)


def without_own_rows(log, counters):
    """The lines without those of a write that met what its own first attempt had written, and how many more such errors the
    counters have, by kind. One write in doubt explains one, of its own operation, and later. A write that happens twice with no
    doubt before it is never among them."""
    doubts, left, own = collections.Counter(), [], collections.Counter()
    for line in log:
        operation = line["operation"]
        if re.match(OWN_TASKS, line["error"]) and doubts[operation]:
            doubts[operation] -= 1
            continue
        left.append(line)
        doubts[operation] += IN_DOUBT in line["error"] and not line["error"].startswith(HISTORY)
    for operation, kind in OWN_ROWS.items():
        own[kind] += min(doubts[operation], counters.sum("persistence_error_with_type_total", operation=operation, error_type=kind))
    return left, own


def compare(judge, occam, emulator, errors, options):
    """Every conflict the emulator made arrived at Occam, was counted once, and was hidden; what was not
    hidden arrived at Temporal."""
    made = emulator.by("dsql_emulator_conflicts_total", "kind")
    seen = occam.by("occam_conflicts_total", "kind")
    verdicts = occam.by("occam_verdicts_total", "verdict")
    if any(rule.startswith("conflict") for rule in options.inject):
        judge.check(made.get("injected"), f"conflicts were injected: {made}")
    probed = occam.by("occam_probe_conflicts_total", "kind")  # by Occam's own question at its start
    judge.check(is_all(sum(made.values()) - probed.get("conflict", 0), sum(seen.get(kind, 0) for kind in ("data", "schema", "other")), options),
                f"conflicts made by the emulator {made} are those Occam saw {seen}")
    unavailable = emulator.sum("dsql_emulator_unavailable_total") - probed.get("unavailable", 0)
    judge.check(unavailable == seen.get("unavailable", 0), f"so are its {unavailable} moments of unavailability")
    told = occam.sum("occam_verdict_conflicts_total")
    judge.check(told == sum(seen.values()), f"each of the {sum(seen.values())} belongs to a verdict: {told} do")
    shown = {verdict: n for verdict, n in verdicts.items() if n and verdict not in ("replayed", "restarted")}
    given_up = occam.by("occam_not_replayable_total", "reason").get("client_cancelled", 0)
    judge.check(set(shown) <= may_be_shown(options, given_up >= shown.get("not_replayable", 0)),
                f"series of conflicts by verdict: {verdicts}")
    # Occam is read later: at its end Temporal may meet one more.
    judge.check(sum(errors.values()) <= sum(shown.values()),
                    f"Temporal met {sum(errors.values())} errors of the store, Occam told of {sum(shown.values())}: {errors}")


def is_all(made, seen, options):
    """Who loses a shard closes connections in the middle of a commit, and so does a DSQL that cuts; then nobody hears how it ended."""
    return made == seen or ((rivalry.contended(options) or connections.is_cut(options)) and made >= seen)


def may_be_shown(options, were_given_up):
    """Verdicts of which the client hears. A rival moves what a transaction has already read, and who loses a shard gives up
    what is under way on it; a connection lost, or a server gone, while an autocommit write was under way: nobody can know."""
    shown = {"results_changed", *(["not_replayable"] if were_given_up else [])} if rivalry.contended(options) else set()
    doubtful = connections.is_cut(options) or not all(rule.startswith(("conflict", "oc001", "latency")) for rule in options.inject)
    return shown | {"in_doubt"} if doubtful else shown


def complaints(directory, since):
    """What Temporal has warned of from that place of its log on, with how often: {message: times}, and how often it only found that
    something took too long, which a busy machine does."""
    with open(directory / "server.log", encoding="utf-8", errors="replace") as log:
        log.seek(since)
        lines = [json.loads(line) for line in log if line.startswith("{") and line.endswith("\n")]
    warned = [line for line in lines if line.get("level") in ("warn", "error", "fatal")]
    slow = [line for line in warned if line["msg"] == SLOW or any(text in line.get("error", "") for text in GIVEN_UP)]
    return dict(collections.Counter(line["msg"] for line in warned if line not in slow)), len(slow)
