SET TRANSACTION SNAPSHOT 'a'
----
SET TRANSACTION SNAPSHOT 'a'
----
refused 0A000 setting configuration parameter "TRANSACTION SNAPSHOT" not supported
hint Aurora DSQL cannot import a snapshot. Read all that belongs together in one transaction.
statement set
