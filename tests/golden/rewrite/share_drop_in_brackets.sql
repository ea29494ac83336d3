# rule t drop
SELECT * FROM (SELECT * FROM t FOR SHARE) s
----
SELECT * FROM (SELECT * FROM t) s
----
weakened for_share: FOR SHARE -> 
statement read t
