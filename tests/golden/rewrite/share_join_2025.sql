# dialect 2025
SELECT * FROM t JOIN u USING (id) FOR SHARE
----
SELECT * FROM t JOIN u USING (id) FOR SHARE
----
statement write t u (locks)
