# PostgreSQL reads lock as an alias here.
SELECT * FROM t lock WHERE lock.id IN (1) FOR SHARE
----
SELECT * FROM t lock WHERE lock.id IN (1) FOR UPDATE
----
change for_share: FOR SHARE -> FOR UPDATE
statement write t (locks)
