SET TRANSACTION ISOLATION LEVEL SERIALIZABLE
----
SET TRANSACTION ISOLATION LEVEL SERIALIZABLE
----
refused 0A000 Unsupported isolation level: SERIALIZABLE
hint Aurora DSQL's one level is REPEATABLE READ. Use it, and lock the rows that must not change with SELECT ... FOR UPDATE; a conflict is then found at COMMIT.
statement set
