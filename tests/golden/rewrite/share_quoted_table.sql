# rule Mixed key_share
SELECT * FROM "Mixed" FOR SHARE
----
SELECT * FROM "Mixed" FOR KEY SHARE
----
change for_share: FOR SHARE -> FOR KEY SHARE
statement write Mixed (locks)
