RELEASE a
----
RELEASE a
----
refused 0A000 RELEASE SAVEPOINT is not supported by Aurora DSQL
hint Use one transaction without savepoints: on an error ROLLBACK and run the whole transaction again, or split it into several transactions.
statement savepoint
