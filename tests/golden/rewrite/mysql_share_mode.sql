SELECT * FROM t WHERE id = 1 LOCK IN SHARE MODE
----
SELECT * FROM t WHERE id = 1 FOR UPDATE
----
change lock_in_share_mode: LOCK IN SHARE MODE -> FOR UPDATE
statement write t (locks)
