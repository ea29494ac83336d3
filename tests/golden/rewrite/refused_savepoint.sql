BEGIN; SAVEPOINT a; UPDATE t SET x = 1; COMMIT
----
BEGIN; SAVEPOINT a; UPDATE t SET x = 1; COMMIT
----
refused 0A000 SAVEPOINT is not supported by Aurora DSQL
hint Use one transaction without savepoints: on an error ROLLBACK and run the whole transaction again, or split it into several transactions.
statement begin
statement savepoint
statement write t
statement commit
