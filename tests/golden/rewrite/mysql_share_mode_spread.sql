# rule t key_share
select * from t lock /* of MySQL */ in
  share mode ; select 1
----
select * from t FOR KEY SHARE ; select 1
----
change lock_in_share_mode: lock /* of MySQL */ in\n  share mode -> FOR KEY SHARE
statement write t (locks)
statement read
