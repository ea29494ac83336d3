SELECT U&'a''b' , U&'d!0061' UESCAPE '!', U&"a""b" FROM t FOR SHARE
----
SELECT U&'a''b' , U&'d!0061' UESCAPE '!', U&"a""b" FROM t FOR UPDATE
----
change for_share: FOR SHARE -> FOR UPDATE
statement write t (locks)
