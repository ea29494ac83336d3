DELETE FROM t USING (SELECT id FROM u FOR SHARE) s WHERE t.id = s.id
----
DELETE FROM t USING (SELECT id FROM u FOR UPDATE) s WHERE t.id = s.id
----
change for_share: FOR SHARE -> FOR UPDATE
statement write t u (locks)
