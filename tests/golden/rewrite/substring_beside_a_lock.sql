SELECT substring(share for share) FROM t WHERE a = substring(b for share) FOR SHARE
----
SELECT substring(share for share) FROM t WHERE a = substring(b for share) FOR UPDATE
----
change for_share: FOR SHARE -> FOR UPDATE
statement write t (locks)
