# rule t key_share
SELECT * FROM t WHERE id = 1 FOR SHARE SKIP LOCKED
----
SELECT * FROM t WHERE id = 1 FOR KEY SHARE SKIP LOCKED
----
change for_share: FOR SHARE SKIP LOCKED -> FOR KEY SHARE SKIP LOCKED
statement write t (locks)
