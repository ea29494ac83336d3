INSERT INTO t SELECT 1 WHERE (SELECT pg_catalog.pg_try_advisory_xact_lock_shared($1, $2))
----
INSERT INTO t SELECT 1 WHERE (SELECT pg_catalog.pg_try_advisory_xact_lock_shared($1, $2))
----
refused 0A000 function pg_try_advisory_xact_lock_shared is not supported by Aurora DSQL
hint Keep a row that stands for the lock and take it with SELECT ... FOR UPDATE in the transaction that needs it; a conflict is then found at COMMIT.
statement write t (holds session state)
