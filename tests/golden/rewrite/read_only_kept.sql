SELECT * FROM t FOR READ ONLY
----
SELECT * FROM t FOR READ ONLY
----
statement read t
