# rule a drop
SELECT * FROM a FOR SHARE OF U&"a"
----
SELECT * FROM a
----
weakened for_share: FOR SHARE OF U&"a" -> 
statement read a
