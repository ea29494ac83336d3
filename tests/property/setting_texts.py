"""Random texts that set, reset and roll back settings of PostgreSQL, spelled in every way that it has. Knows what may be
written, not what comes of it."""

VALUES = {
    "work_mem": ["'4MB'", "4096", "'64kB'", "'nonsense'"],
    "search_path": ["a", 'a, "B"', "'a', 'B', public", '"$user", public', "''"],
    "datestyle": ["ISO", "'SQL, DMY'", "SQL, MDY", "German", "DMY"],
    "TimeZone": ["'UTC'", "-8", "2.5", '"Europe/Berlin"', "'nowhere'"],
    "extra_float_digits": ["-5", "+ 2", "0", "99"],
    "enable_seqscan": ["on", "off", "true", "'no'", "1", "perhaps"],
    "statement_timeout": ["'50s'", "60000", "0"],
    "application_name": ["'it''s'", "app", "'a -- b'", "'; RESET ALL'", "$$x$$"],
    "client_encoding": ["'latin1'", "utf8", "'sjis'"],
    "intervalstyle": ["iso_8601", "'postgres_verbose'"],
    "standard_conforming_strings": ["on", "off"],
    "default_transaction_isolation": ["'repeatable read'", "serializable"],
    "log_statement_stats": ["on", "off"],  # on only where the next is off
    "log_parser_stats": ["on", "off"],
    "my.own": ["1", "'x'", "a, b"],
    'my."user"': ["1", "''"],
    "no_such_setting": ["1"],
}
SPECIAL = ["SET TIME ZONE 'UTC'", "SET TIME ZONE -3", "SET TIME ZONE LOCAL", "SET TIME ZONE DEFAULT",
           "SET TIME ZONE INTERVAL '-08:00' HOUR TO MINUTE", "SET NAMES 'latin1'", "SET NAMES", "SET SCHEMA 'a,b'",
           "SET XML OPTION DOCUMENT", "RESET TIME ZONE", "SET transaction_isolation = 'serializable'",
           "SET TRANSACTION READ ONLY", "SET CONSTRAINTS ALL DEFERRED"]
CALLED = ["SELECT set_config('search_path', 'a, \"B\"', false)", "SELECT pg_catalog.set_config('Work_Mem', '8MB', false) AS x",
          "SELECT set_config('work_mem', '1MB', true)", "SELECT set_config('timezone', NULL, false)",
          "SELECT set_config('my.own', '', false)"]
STAYING = ["SET ROLE plain", "SET SESSION AUTHORIZATION plain", "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
           "SET work_mem FROM CURRENT", "SET seed = 0.5", "SELECT set_config('work_mem', 2 || 'MB', false)",
           "SET my.own = E'a\\tb'", "SELECT set_config('work_mem', '5MB', false) FROM generate_series(1, 0)"]
OTHERS = ["SELECT 1", "SELECT 1/0", "SHOW work_mem", "SELECT 1 FROM no_such_table"]


def one(dice):
    """A statement that begins and ends no transaction."""
    kinds = [assignment, lambda d: f"RESET {name(d)}", lambda _: "RESET ALL", lambda d: d.choice(SPECIAL),
             lambda d: d.choice(CALLED), lambda d: d.choice(STAYING), lambda _: "DISCARD ALL", lambda d: d.choice(OTHERS)]
    return dice.choices(kinds, [50, 10, 4, 11, 8, 2, 2, 13])[0](dice)


def assignment(dice):
    key = dice.choice(list(VALUES))
    value = dice.choice(VALUES[key] + ["DEFAULT"])
    scope = dice.choices(["", "SESSION ", "LOCAL "], [4, 1, 2])[0]
    text = f"SET {scope}{spelled(dice, key)}{dice.choice([' TO ', ' = ', '=', ' /* b */ to '])}{value}"
    return dice.choice(["", "", "-- why\n", "/* a; */"]) + text + dice.choice(["", "", " -- c", " /* RESET ALL */"])


def name(dice):
    return spelled(dice, dice.choice(list(VALUES)))


def spelled(dice, key):
    if '"' in key or "." in key:
        return key
    return dice.choice([key, key, key.upper(), f'"{key.title()}"'])


def group(dice, status):
    """What is sent at once: (whether in a pipeline, its texts)."""
    if status == "E":
        return False, [dice.choice(["ROLLBACK", "COMMIT", "ROLLBACK TO s", "ROLLBACK TO s", one(dice)])]
    bounds = ["COMMIT", "ROLLBACK", "COMMIT AND CHAIN", "SAVEPOINT s", "ROLLBACK TO s", "RELEASE s", "BEGIN"]
    weights = [6, 4, 1, 4, 4, 1, 1] if status == "T" else [1, 1, 0, 0, 0, 0, 12]
    parts = [dice.choices(bounds, weights)[0] if dice.random() < 0.25 else one(dice)
             for _ in range(dice.choice([1, 1, 1, 2, 3, 4]))]
    if dice.random() < 0.4:
        return True, parts
    return False, [";".join(parts)]
