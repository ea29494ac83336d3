SELECT -1, -2 FROM t WHERE a = -3 FOR SHARE
----
SELECT -1, -2 FROM t WHERE a = -3 FOR UPDATE
----
change for_share: FOR SHARE -> FOR UPDATE
statement write t (locks)
