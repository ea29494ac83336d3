"""What a workload leaves in Temporal's main store: executions by status, what is pending in them, histories, tasks.
Reads it with psql through whatever stands at a port; knows no workload."""
import datetime
import json
import subprocess
import threading

import servers

NAMESPACES = ("default", "brief")
# What an execution has pending, one table each. Not signals_requested_sets: how many ids of signals are kept there
# depends on the moment at which they meet a workflow task, on plain PostgreSQL too.
PENDING = ("activity_info_maps", "timer_info_maps", "child_execution_info_maps", "request_cancel_info_maps", "signal_info_maps",
           "buffered_events", "chasm_node_maps")
# Bounds that say what a status number means (temporal.api.enums.v1.WorkflowExecutionStatus).
STATUSES = {"1": "running", "2": "completed", "3": "failed", "4": "canceled", "5": "terminated", "6": "continued as new", "7": "timed out"}
PATIENCE = 90  # seconds until deletes and finished tasks are gone
PAUSE = 0.5    # seconds between two looks


def ask(port, sql):
    """Rows as lists of text."""
    done = subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", servers.stack.uri(port), "-c", sql], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{done.stderr.strip()}, asked {sql}")
    return [line.split("|") for line in done.stdout.splitlines()]


def number(port, sql):
    return int(ask(port, sql)[0][0])


def take(port):
    """{what: count}, only of the namespaces that workloads use, and without what is zero."""
    identities = {name: identity for identity, name in ask(port, "SELECT id, name FROM namespaces WHERE partition_id = 54321")}
    seen = {}
    for name in NAMESPACES:
        mine = f"namespace_id = '{identities[name]}'"
        for status, count in ask(port, f"SELECT status, count(*) FROM current_executions WHERE {mine} GROUP BY status"):
            seen[f"{name}: workflows {STATUSES[status]}"] = int(count)
        for table in ("executions", *PENDING):
            seen[f"{name}: rows of {table}"] = number(port, f"SELECT count(*) FROM {table} WHERE {mine}")
    runs = number(port, "SELECT count(*) FROM executions")
    seen["histories without a run"] = number(port, "SELECT count(*) FROM history_tree") - runs
    seen["transfer tasks"] = number(port, "SELECT count(*) FROM transfer_tasks")
    # Timers of the workflows' own day and of their retention; shorter ones are about to fire.
    hence = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None) + datetime.timedelta(hours=12)
    seen["timers of more than half a day"] = number(port, f"SELECT count(*) FROM timer_tasks WHERE visibility_timestamp > '{hence}'")
    return {what: count for what, count in seen.items() if count}


def is_settled(seen):
    """Whether what was to be deleted is deleted and every transfer task done."""
    return not any(what.startswith("brief:") or what in ("histories without a run", "transfer tasks") for what in seen)


def await_remains(port, is_enough):
    """Looks until is_enough(what is there) or patience ends; what was there last."""
    pause = threading.Event()
    for _ in range(int(PATIENCE / PAUSE)):
        seen = take(port)
        if is_enough(seen):
            break
        pause.wait(PAUSE)
    return seen


def differences(here, there):
    return {what: (here.get(what, 0), there.get(what, 0)) for what in sorted(here.keys() | there.keys())
            if here.get(what, 0) != there.get(what, 0)}


def text(seen):
    return json.dumps(seen, indent=4)
