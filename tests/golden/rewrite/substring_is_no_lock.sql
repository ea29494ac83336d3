SELECT substring(a for update), substring(b from 1 for share) FROM t
----
SELECT substring(a for update), substring(b from 1 for share) FROM t
----
statement read t
