SELECT mine.pg_advisory_lock(42)
----
SELECT mine.pg_advisory_lock(42)
----
statement write
