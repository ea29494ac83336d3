UPDATE t SET a = s.a FROM (SELECT a FROM u FOR SHARE) s WHERE t.id = $1 RETURNING t.*
----
UPDATE t SET a = s.a FROM (SELECT a FROM u FOR UPDATE) s WHERE t.id = $1 RETURNING t.*
----
change for_share: FOR SHARE -> FOR UPDATE
statement write t u (locks)
