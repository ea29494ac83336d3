SELECT * FROM t WHERE id = 1 FOR NO KEY UPDATE
----
SELECT * FROM t WHERE id = 1 FOR UPDATE
----
change for_no_key_update: FOR NO KEY UPDATE -> FOR UPDATE
statement write t (locks)
