SELECT 1 FOR SHARE
----
SELECT 1 FOR UPDATE
----
change for_share: FOR SHARE -> FOR UPDATE
statement write (locks)
