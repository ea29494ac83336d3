SELECT * FROM t, LATERAL (SELECT * FROM u WHERE u.id = t.id FOR SHARE) s
----
SELECT * FROM t, LATERAL (SELECT * FROM u WHERE u.id = t.id FOR UPDATE) s
----
change for_share: FOR SHARE -> FOR UPDATE
statement write t u (locks)
