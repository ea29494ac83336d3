# The words around a cut never join.
# rule t drop
SELECT * FROM "t"FOR SHARE OF "t"LIMIT 1
----
SELECT * FROM "t" LIMIT 1
----
weakened for_share: FOR SHARE OF "t" -> 
statement read t
