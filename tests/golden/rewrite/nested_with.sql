WITH a AS (SELECT * FROM t FOR SHARE), b AS (SELECT 1 FROM u FOR NO KEY UPDATE OF u) SELECT * FROM a, b FOR UPDATE
----
WITH a AS (SELECT * FROM t FOR UPDATE), b AS (SELECT 1 FROM u FOR UPDATE OF u) SELECT * FROM a, b FOR UPDATE
----
change for_share: FOR SHARE -> FOR UPDATE
change for_no_key_update: FOR NO KEY UPDATE OF u -> FOR UPDATE OF u
statement write t u (locks)
