select * from t where id = 1 for share of t nowait
----
select * from t where id = 1 for UPDATE of t nowait
----
change for_share: for share of t nowait -> for UPDATE of t nowait
statement write t (locks)
