# rule t drop
SELECT * FROM t WHERE id = 1 FOR SHARE OF t NOWAIT; SELECT 2
----
SELECT * FROM t WHERE id = 1; SELECT 2
----
weakened for_share: FOR SHARE OF t NOWAIT -> 
statement read t
statement read
