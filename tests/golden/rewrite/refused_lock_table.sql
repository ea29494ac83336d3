LOCK TABLE t, public.u IN SHARE MODE
----
LOCK TABLE t, public.u IN SHARE MODE
----
refused 0A000 LOCK TABLE is not supported by Aurora DSQL
hint Lock the rows that must not change with SELECT ... FOR UPDATE; a conflict is then found at COMMIT.
statement write t u
