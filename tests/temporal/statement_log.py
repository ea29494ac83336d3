"""What a PostgreSQL was asked, read from its own log: which statement, in which session, with which parameters.
Knows the log's format, nothing of who asked."""
import csv
import re

# For a private PostgreSQL; statements.csv then stands in `log_directory`.
SETTINGS = {"logging_collector": "on", "log_destination": "csvlog", "log_filename": "statements.log", "log_rotation_size": 0,
            "log_rotation_age": 0, "log_min_duration_statement": 0, "log_parameter_max_length": -1,
            "log_parameter_max_length_on_error": -1, "log_file_mode": "0644"}

# Columns of csvlog (PostgreSQL manual, 20.8.4).
DATABASE, SESSION, SEVERITY, MESSAGE, DETAIL, CONTEXT, QUERY, APPLICATION = 2, 5, 11, 13, 14, 18, 19, 22

EXECUTED = re.compile(r"duration: [\d.]+ ms  (?:(statement)|execute [^:]+): (.*)", re.DOTALL)
PARAMETER = re.compile(r"\$\d+ = (NULL|'(?:[^']|'')*')(?:, |$)", re.DOTALL)


def rows(directory):
    with open(directory / "statements.csv", encoding="utf-8", newline="") as log:
        return list(csv.reader(log))


def parameters(text):
    """The values of `parameters: $1 = 'a''b', $2 = NULL`, in order."""
    return [None if p == "NULL" else p[1:-1].replace("''", "'") for p in PARAMETER.findall(text)]


def statements(log, is_wanted):
    """(session, is_simple, sql, parameters) for every statement of the sessions wanted: is_wanted(database, application)."""
    for row in log:
        if not is_wanted(row[DATABASE], row[APPLICATION]):
            continue
        if row[SEVERITY] == "ERROR":
            values = parameters(row[CONTEXT])
            yield row[SESSION], not values, row[QUERY], values
            continue
        executed = EXECUTED.fullmatch(row[MESSAGE])
        if not executed:
            continue
        simple, sql = executed.groups()
        if sql.strip() in (";", "-- ping"):
            continue
        yield row[SESSION], bool(simple), sql, parameters(row[DETAIL])
