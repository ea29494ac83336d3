# rule t drop
# rule u key_share
SELECT * FROM t, u FOR SHARE OF t FOR SHARE OF u
----
SELECT * FROM t, u FOR KEY SHARE OF u
----
weakened for_share: FOR SHARE OF t -> 
change for_share: FOR SHARE OF u -> FOR KEY SHARE OF u
statement write t u (locks)
