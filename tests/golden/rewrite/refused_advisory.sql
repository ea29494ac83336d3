SELECT pg_advisory_lock(42)
----
SELECT pg_advisory_lock(42)
----
refused 0A000 function pg_advisory_lock is not supported by Aurora DSQL
hint Keep a row that stands for the lock and take it with SELECT ... FOR UPDATE in the transaction that needs it; a conflict is then found at COMMIT.
statement write (holds session state)
