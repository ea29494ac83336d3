# rule t drop
SELECT * FROM t WHERE id = 1 LOCK IN SHARE MODE
----
SELECT * FROM t WHERE id = 1
----
weakened lock_in_share_mode: LOCK IN SHARE MODE -> 
statement read t
