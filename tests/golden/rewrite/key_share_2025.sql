# dialect 2025
SELECT * FROM t WHERE id = 1 FOR KEY SHARE NOWAIT
----
SELECT * FROM t WHERE id = 1 FOR UPDATE NOWAIT
----
change for_key_share: FOR KEY SHARE NOWAIT -> FOR UPDATE NOWAIT
statement write t (locks)
