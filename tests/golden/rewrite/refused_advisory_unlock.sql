SELECT pg_advisory_unlock_all()
----
SELECT pg_advisory_unlock_all()
----
refused 0A000 function pg_advisory_unlock_all is not supported by Aurora DSQL
hint Keep a row that stands for the lock and take it with SELECT ... FOR UPDATE in the transaction that needs it; a conflict is then found at COMMIT.
statement write (holds session state)
