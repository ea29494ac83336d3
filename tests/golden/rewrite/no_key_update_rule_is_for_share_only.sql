# rule t drop
SELECT * FROM t FOR NO KEY UPDATE
----
SELECT * FROM t FOR UPDATE
----
change for_no_key_update: FOR NO KEY UPDATE -> FOR UPDATE
statement write t (locks)
