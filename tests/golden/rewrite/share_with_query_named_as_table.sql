# FROM t is the WITH query here, not the table that has the rule.
# rule t drop
WITH t AS (SELECT 1 AS id) SELECT * FROM t, u FOR SHARE
----
WITH t AS (SELECT 1 AS id) SELECT * FROM t, u FOR UPDATE
----
change for_share: FOR SHARE -> FOR UPDATE
statement write u (locks)
