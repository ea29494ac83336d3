SELECT share.share AS "for share", 'FOR SHARE' FROM share /* FOR SHARE */ FOR SHARE -- FOR SHARE
----
SELECT share.share AS "for share", 'FOR SHARE' FROM share /* FOR SHARE */ FOR UPDATE -- FOR SHARE
----
change for_share: FOR SHARE -> FOR UPDATE
statement write share (locks)
