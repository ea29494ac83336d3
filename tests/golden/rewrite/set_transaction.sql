BEGIN; SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ WRITE; SELECT 1; COMMIT
----
BEGIN; SET LOCAL enable_tidscan TO DEFAULT; SELECT 1; COMMIT
----
change isolation: SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ WRITE -> SET LOCAL enable_tidscan TO DEFAULT
statement begin
statement read, sets locally
statement read
statement commit
