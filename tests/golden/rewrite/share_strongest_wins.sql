# Without OF all tables of the FROM are locked: the strongest rule decides.
# rule t drop
# rule u key_share
SELECT * FROM t JOIN u USING (id) FOR SHARE
----
SELECT * FROM t JOIN u USING (id) FOR KEY SHARE
----
change for_share: FOR SHARE -> FOR KEY SHARE
statement write t u (locks)
