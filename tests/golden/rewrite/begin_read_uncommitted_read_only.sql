begin transaction /* a */ read only, /* b */ isolation level read uncommitted not deferrable /* c */; SELECT 1
----
begin transaction /* a */ READ ONLY, NOT DEFERRABLE /* c */; SELECT 1
----
change isolation: READ ONLY, ISOLATION LEVEL READ UNCOMMITTED, NOT DEFERRABLE -> READ ONLY, NOT DEFERRABLE
statement begin
statement read
