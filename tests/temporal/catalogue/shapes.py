"""Statements as shapes: which table, which number in the catalogue of Temporal's statements, how many rows or list
entries, and what each parameter stands for. Reads only the few forms Temporal writes; knows no values."""
import re

VALUES = re.compile(r"(VALUES\s*)((?:\([^()]*\)(?:,\s*)?)+)", re.I)
GROUP = re.compile(r"\([^()]*\)")
LIST = re.compile(r"IN \( ?\$\d+(?:, \$\d+)* ?\)")
NUMBER = re.compile(r"\$(\d+)")
TABLE = re.compile(r"\b(?:INTO|FROM|UPDATE)\s+([a-z_0-9]+)", re.I)
MAPS = {"activity_info_maps", "timer_info_maps", "child_execution_info_maps", "request_cancel_info_maps",
        "signal_info_maps", "signals_requested_sets", "chasm_node_maps"}
TASKS = {"transfer_tasks", "visibility_tasks", "replication_tasks", "history_immediate_tasks", "timer_tasks",
         "history_scheduled_tasks", "replication_tasks_dlq"}


def flat(sql):
    return re.sub(r"\s+", " ", sql).strip()


def verb(sql):
    return sql.split(None, 1)[0].upper()


def table(sql):
    return TABLE.search(sql)[1].lower()


def where(sql):
    return flat(sql).upper().partition(" WHERE ")[2]


def varying(sql):
    """The part of a text whose length follows the number of rows or keys; None if it has none."""
    if verb(sql) == "INSERT" and "$" in sql:
        return VALUES.search(sql)
    return LIST.search(sql)


def shape(sql):
    """Equal for texts that differ only in that number."""
    part, text = varying(sql), flat(sql)
    if part and verb(sql) == "INSERT":
        text = flat(sql.replace(part[2], GROUP.search(part[2])[0]))
    elif part:
        text = flat(sql.replace(part[0], "IN ( $1 )"))
    return NUMBER.sub("$", text)


def size(sql):
    part = varying(sql)
    if not part:
        return 1
    return len(GROUP.findall(part[2])) if verb(sql) == "INSERT" else len(NUMBER.findall(part[0]))


def sized(sql, wanted):
    """The text as Temporal writes it for so many rows or keys, from one that has at least two."""
    part = varying(sql)
    if verb(sql) == "INSERT":
        groups = GROUP.findall(part[2])
        between = part[2][len(groups[0]):part[2].index("(", 1)]
        kept, old = between.join(groups[:wanted]), part[2].rstrip()
        dropped = len(NUMBER.findall("".join(groups[wanted:])))
        head, tail = sql[:part.start(2)], sql[part.start(2) + len(old):]
        return head + kept + NUMBER.sub(lambda n: f"${int(n[1]) - dropped}", tail)
    first = int(NUMBER.search(part[0])[1])
    keys = ", ".join(f"${first + i}" for i in range(wanted))
    return sql.replace(part[0], re.sub(r"\$\d+(?:, \$\d+)*", lambda _: keys, part[0]))


def roles(sql):
    """For each parameter, in order: (part, column, operator, place). `part` is insert, set or where; `place` counts
    the rows of an INSERT and the keys of a list."""
    found, text = {}, flat(sql)

    def note(number, *role):
        found.setdefault(int(number), role)

    values = VALUES.search(text) if verb(sql) == "INSERT" else None
    rest = text
    if values:
        columns = re.split(r"\s*,\s*", re.search(r"\(([^()]*)\)", text)[1].strip())
        for place, group in enumerate(GROUP.findall(values[2])):
            for column, value in zip(columns, re.split(r"\s*,\s*", group[1:-1].strip())):
                if value.startswith("$"):
                    note(value[1:], "insert", column, "=", place)
        rest = text[values.end():]
    before, _, after = re.sub(r" where ", " WHERE ", rest, flags=re.I).partition(" WHERE ")
    for column, number in re.findall(r"(\w+) ?= ?\$(\d+)", before):
        note(number, "set", column, "=", 0)
    for columns, operator, numbers in re.findall(r"\(([\w, ]+)\) (>=|>|<) \((\$[\d$, ]+)\)", after):
        for column, number in zip(columns.split(", "), NUMBER.findall(numbers)):
            note(number, "where", column, operator, 0)
    for column, numbers in re.findall(r"(\w+) IN \( ?((?:\$\d+(?:, )?)+) ?\)", after):
        for place, number in enumerate(NUMBER.findall(numbers)):
            note(number, "where", column, "=", place)
    for column, operator, number in re.findall(r"(\w+) ?(>=|<=|=|>|<) ?\$(\d+)", after):
        note(number, "where", column, operator, 0)
    for word, number in re.findall(r"(LIMIT|OFFSET) \$(\d+)", rest):
        note(number, "where", word, "=", 0)
    count = max((int(n) for n in NUMBER.findall(text)), default=0)
    return [found[n] for n in range(1, count + 1)]


def is_lock(sql):
    return re.search(r" FOR (UPDATE|SHARE)\s*$", flat(sql).upper())


def number(sql):
    """Its number in the catalogue; shapes that share one are told apart by their tables or a letter."""
    v, t, w, lock = verb(sql), table(sql), where(sql), is_lock(sql)
    one = {
        "shards": {"INSERT": "S1", "SELECT": "S2", "UPDATE": "S3", "FOR UPDATE": "S4", "FOR SHARE": "S5"},
        "executions": {"INSERT": "E1", "UPDATE": "E2", "SELECT": "E3", "DELETE": "E4", "FOR UPDATE": "E5", "FOR SHARE": "E6"},
        "current": {"INSERT": "C1", "UPDATE": "C2", "SELECT": "C3", "FOR UPDATE": "C4", "DELETE": "C6"},
        "maps": {"INSERT": "M1", "DELETE": "M2" if " IN (" in w else "M3", "SELECT": "M4"},
        "buffered_events": {"INSERT": "B1", "DELETE": "B2", "SELECT": "B3"},
        "tasks": {"INSERT": "K1", "SELECT": "K3" if " OR " in w else "K2", "DELETE": "K5" if "<" in w else "K4"},
        "history_node": {"INSERT": "H1", "SELECT": "H3" if " DESC" in w else "H2", "DELETE": "H5" if ">=" in w else "H4"},
        "history_tree": {"INSERT": "T1", "SELECT": "T3" if ">" in w else "T2", "DELETE": "T4"},
        "task_queues": {"INSERT": "Q1", "UPDATE": "Q2", "SELECT": "Q5" if ">" in w else "Q3", "FOR UPDATE": "Q4", "DELETE": "Q6"},
        "matching_tasks": {"INSERT": "Q7", "SELECT": "Q8", "DELETE": "Q9"},
        "task_queue_user_data": {"SELECT": "U4" if ">" in w else "U1", "INSERT": "U2", "UPDATE": "U3"},
        "build_id_to_task_queue": {"INSERT": "U5", "DELETE": "U6", "SELECT": "U8" if "COUNT(" in sql else "U7"},
        "queue": {"FOR UPDATE": "N1", "INSERT": "N2", "SELECT": "N3", "DELETE": "N4"},
        "queue_metadata": dict.fromkeys(("INSERT", "SELECT", "UPDATE", "FOR UPDATE"), "N5"),
        "queue_messages": {"FOR UPDATE": "N6", "INSERT": "N7", "SELECT": "N7", "DELETE": "N7"},
        "queues": dict.fromkeys(("INSERT", "SELECT", "UPDATE", "FOR UPDATE"), "N8"),
        "namespaces": {"INSERT": "A1", "UPDATE": "A2", "SELECT": "A4" if "ORDER BY" in w else "A3", "DELETE": "A5"},
        "namespace_metadata": {"INSERT": "A0", "SELECT": "A6", "FOR UPDATE": "A7", "UPDATE": "A8"},
        "cluster_metadata_info": {"SELECT": "L1", "FOR UPDATE": "L2", "INSERT": "L3", "UPDATE": "L3", "DELETE": "L4"},
        "cluster_membership": {"INSERT": "L5", "SELECT": "L6", "DELETE": "L7"},
        "nexus_endpoints_partition_status": {"INSERT": "X1", "UPDATE": "X2", "SELECT": "X3"},
        "nexus_endpoints": {"INSERT": "X4", "UPDATE": "X5", "DELETE": "X6", "SELECT": "X8" if ">" in w else "X7"},
    }
    group = ("maps" if t in MAPS else "tasks" if t in TASKS else "current" if t.startswith("current_")
             else "matching_tasks" if t in ("tasks", "tasks_v2") else "task_queues" if t.startswith("task_queues") else t)
    if " JOIN " in sql:
        return "C5"
    if group not in one:
        return "V"  # the schema tool's
    return one[group][lock[0].strip() if lock else v]
