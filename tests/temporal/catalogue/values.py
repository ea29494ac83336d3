"""The rows that the catalogue's statements are played on: one value for each column and row number, chosen so that every
statement meets rows it wants, rows it must leave alone, and none. Text format, as a driver would send it."""

# Rows 1 to 5 share the front of their key; row 6 has another one, row 7 arrives with a batch that fails or updates, row 8
# is what an update writes, row 9 is never there.
FIRST, LAST, OTHER, LATE, CHANGED, MISSING = 1, 5, 6, 7, 8, 9

# The columns that tell a table's rows apart; others have one value in all rows.
VARYING = {
    "shards": ["shard_id"],
    "executions": ["run_id"],
    "current_executions": ["workflow_id", "run_id"],
    "current_chasm_executions": ["business_id", "run_id"],
    "activity_info_maps": ["schedule_id"],
    "timer_info_maps": ["timer_id"],
    "child_execution_info_maps": ["initiated_id"],
    "request_cancel_info_maps": ["initiated_id"],
    "signal_info_maps": ["initiated_id"],
    "signals_requested_sets": ["signal_id"],
    "chasm_node_maps": ["chasm_path"],
    "history_node": ["node_id", "txn_id", "prev_txn_id"],
    "history_tree": ["branch_id"],
    "task_queues": ["task_queue_id"],
    "task_queues_v2": ["task_queue_id"],
    "timer_tasks": ["visibility_timestamp", "task_id"],
    "history_scheduled_tasks": ["visibility_timestamp", "task_id"],
    "task_queue_user_data": ["task_queue_name"],
    "build_id_to_task_queue": ["build_id"],
    "queue": ["message_id"],
    "queue_messages": ["message_id"],
    "queue_metadata": ["queue_type"],
    "queues": ["queue_name"],
    "namespaces": ["id", "name"],
    "cluster_metadata_info": ["cluster_name"],
    "cluster_membership": ["host_id"],
    "nexus_endpoints": ["id"],
    "schema_version": ["db_name"],
    "schema_update_history": ["update_time"],
}
TASK_ROWS = ["task_id"]

# Of several lengths, in the order of their bytes, the empty one first: hex text must keep that order.
BYTES = [b"", b"", b"\x00", b"\x00\x01", b"/", b"/a", b"/a\x00", b"/ab", b"\xfe", b"\xff\xff"]


def bytea(raw):
    return "\\x" + raw.hex()


def identity(number):
    return bytea(bytes([number * 16]) + bytes(range(1, 16)))


def moment(number):
    return f"2026-01-0{number} 03:04:05.123456"


def varying(column, number):
    if column in ("task_queue_id", "chasm_path"):
        return bytea(BYTES[number])
    if column in ("run_id", "branch_id", "host_id", "id"):
        return identity(number)
    if column in ("visibility_timestamp", "update_time"):
        return moment(number)
    if column == "txn_id":
        return str(-number)  # Temporal stores it negated
    if column.endswith("_id") and column not in ("workflow_id", "business_id", "timer_id", "signal_id", "build_id") or column == "queue_type":
        return str(number)
    # As a user may name it: a quote, a letter beyond ASCII, a backslash.
    return ("workflow" if column in ("workflow_id", "business_id") else column) + f" {number} 'ü\\"


CONSTANT = {
    "shard_id": "1", "namespace_id": identity(15), "workflow_id": varying("workflow_id", 1), "run_id": identity(1),
    "tree_id": identity(14), "branch_id": identity(13), "range_hash": "4042322160", "task_queue_id": bytea(b"namespace\x00queue"), "pass": "3",
    "archetype_id": "4294967295", "category_id": "5", "source_cluster_name": "active", "task_queue_name": "queue",
    "partition_id": "54321", "metadata_partition": "0", "membership_partition": "0", "queue_type": "1", "queue_name": "dlq",
    "queue_partition": "0", "rpc_address": "10.0.0.1", "rpc_port": "7233", "role": "1", "data_encoding": "Proto3",
    "state_encoding": "Proto3", "metadata_encoding": "Proto3", "message_encoding": "Proto3", "create_request_id": "request",
    "is_global": "false", "session_start": moment(1), "last_heartbeat": moment(2), "record_expiry": moment(3),
    "start_time": moment(4), "creation_time": moment(5), "curr_version": "1.19", "min_compatible_version": "1.0",
    "old_version": "1.18", "new_version": "1.19", "manifest_md5": "55b84ca114ac34d84bdc5f52c198fa33",
    "description": "schema for queues", "year": "2026", "month": "1", "LIMIT": "10", "OFFSET": "0",
    "range_id": "1", "version": "1", "notification_version": "1", "next_event_id": "3", "last_write_version": "0",
    "db_record_version": "1", "status": "1", "start_version": "0",
}
# What an update writes where the row's own value would not show that it did.
WRITTEN = {"data_encoding": "Json", "state_encoding": "Json", "metadata_encoding": "Json", "is_global": "true", "range_id": "2",
           "version": "2", "notification_version": "2", "next_event_id": "9", "last_write_version": "12", "db_record_version": "2",
           "status": "2", "start_time": None, "create_request_id": "another request"}
# A range that every row lies in.
BOUND = {">": moment(1).replace("2026", "2020"), "<": moment(1).replace("2026", "2030")}
MOMENTS = ("session_start", "last_heartbeat", "record_expiry")
BLOBS = ("data", "metadata", "metadata_payload", "message_payload", "state")


def blob(column, number):
    return bytea(f"{column} of row {number}".encode() + b"\x00\xff")


def nullable(table, column, number):
    """Row 3 shows every NULL that a table allows."""
    if number != 3:
        return False
    return (table.endswith("_maps") and column in ("data_encoding", "metadata_encoding")) or (
        table == "chasm_node_maps" and column == "data") or (table.startswith("current_") and column == "start_time")


def value(table, column, number):
    """What row `number` holds."""
    columns = VARYING.get(table, TASK_ROWS)
    if column in columns:
        return varying(column, number)
    if nullable(table, column, number):
        return None
    if table.startswith("current_") and column == "state":
        return "1" if number != CHANGED else "3"
    if column in BLOBS:
        return blob(column, number)
    if number == CHANGED and column in WRITTEN:
        return WRITTEN[column]
    if column == "shard_id" and number in (OTHER, MISSING):
        return "2" if number == OTHER else "9"
    return CONSTANT[column]


def renewed(table, column):
    """What an INSERT brings for a row that is there already; None for a column that names the row."""
    return value(table, column, CHANGED) if column in BLOBS or column.endswith("_encoding") else None


def argument(table, role, number):
    """What a parameter gets when the statement is about row `number`."""
    part, column, operator, _ = role
    if part == "set":
        return value(table, column, CHANGED)
    if part == "where" and column in MOMENTS and operator[0] in BOUND:
        return BOUND[operator[0]]
    if part == "where" and operator[0] == ">" and number != MISSING:
        return value(table, column, FIRST)
    if part == "where" and operator[0] == "<" and number != MISSING:
        return value(table, column, LAST)
    return value(table, column, number)
