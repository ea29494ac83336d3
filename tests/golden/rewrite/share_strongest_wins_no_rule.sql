# A table without a rule demands FOR UPDATE.
# rule t drop
SELECT * FROM t, other FOR SHARE
----
SELECT * FROM t, other FOR UPDATE
----
change for_share: FOR SHARE -> FOR UPDATE
statement write t other (locks)
