# rule t key_share
# dialect 2025
SELECT * FROM t WHERE id = 1 FOR SHARE SKIP LOCKED
----
SELECT * FROM t WHERE id = 1 FOR UPDATE SKIP LOCKED
----
change for_share: FOR SHARE SKIP LOCKED -> FOR UPDATE SKIP LOCKED
statement write t (locks)
