# A lock on a sub-select is one on the tables in it.
# rule t key_share
SELECT * FROM (SELECT * FROM t) s, u FOR SHARE OF s
----
SELECT * FROM (SELECT * FROM t) s, u FOR KEY SHARE OF s
----
change for_share: FOR SHARE OF s -> FOR KEY SHARE OF s
statement write t u (locks)
