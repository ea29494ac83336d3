# rule t key_share
SELECT * FROM public.t FOR SHARE
----
SELECT * FROM public.t FOR KEY SHARE
----
change for_share: FOR SHARE -> FOR KEY SHARE
statement write t (locks)
