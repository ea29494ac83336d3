SELECT * FROM t WHERE id = 1 FOR KEY SHARE
----
SELECT * FROM t WHERE id = 1 FOR KEY SHARE
----
statement write t (locks)
