# rule t key_share
SELECT * FROM t AS x, u FOR SHARE OF x
----
SELECT * FROM t AS x, u FOR KEY SHARE OF x
----
change for_share: FOR SHARE OF x -> FOR KEY SHARE OF x
statement write t u (locks)
