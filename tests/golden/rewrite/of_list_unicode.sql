SELECT * FROM t AS "ab", u FOR SHARE OF U&"a!0062" UESCAPE '!', u NOWAIT
----
SELECT * FROM t AS "ab", u FOR UPDATE OF U&"a!0062" UESCAPE '!', u NOWAIT
----
change for_share: FOR SHARE OF U&"a!0062" UESCAPE '!', u NOWAIT -> FOR UPDATE OF U&"a!0062" UESCAPE '!', u NOWAIT
statement write t u (locks)
