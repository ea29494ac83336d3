SELECT * FROM t AS "a b", u FOR SHARE OF "a b", u
----
SELECT * FROM t AS "a b", u FOR UPDATE OF "a b", u
----
change for_share: FOR SHARE OF "a b", u -> FOR UPDATE OF "a b", u
statement write t u (locks)
