SELECT * FROM t WHERE id = 1 FOR SHARE
----
SELECT * FROM t WHERE id = 1 FOR UPDATE
----
change for_share: FOR SHARE -> FOR UPDATE
statement write t (locks)
