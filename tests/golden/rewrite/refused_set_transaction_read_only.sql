BEGIN; SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY
----
BEGIN; SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY
----
refused 0A000 setting configuration parameter "TRANSACTION" not supported
hint On Aurora DSQL a transaction is read-only from its start or not at all: write BEGIN READ ONLY.
statement begin
statement set
