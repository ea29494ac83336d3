# A cut never pulls words into a line comment.
# rule t drop
SELECT * FROM t -- all of them
FOR SHARE
LIMIT 1
----
SELECT * FROM t -- all of them

LIMIT 1
----
weakened for_share: FOR SHARE -> 
statement read t
