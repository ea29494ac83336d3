SELECT * FROM t WHERE id = 1 FOR UPDATE OF t SKIP LOCKED
----
SELECT * FROM t WHERE id = 1 FOR UPDATE OF t SKIP LOCKED
----
statement write t (locks)
