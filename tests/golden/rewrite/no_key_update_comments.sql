SELECT * FROM t FOR /* a */ NO /* b */ KEY -- c
 UPDATE OF t /* d */ NOWAIT
----
SELECT * FROM t FOR /* a */ /* b */ -- c
 UPDATE OF t /* d */ NOWAIT
----
change for_no_key_update: FOR /* a */ NO /* b */ KEY -- c\n UPDATE OF t /* d */ NOWAIT -> FOR /* a */ /* b */ -- c\n UPDATE OF t /* d */ NOWAIT
statement write t (locks)
