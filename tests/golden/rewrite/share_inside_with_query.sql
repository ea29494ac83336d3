# Inside the WITH query itself t is still the table.
# rule t key_share
WITH t AS (SELECT * FROM t FOR SHARE) SELECT * FROM t
----
WITH t AS (SELECT * FROM t FOR KEY SHARE) SELECT * FROM t
----
change for_share: FOR SHARE -> FOR KEY SHARE
statement write t (locks)
