SELECT a, pg_catalog.set_config('jit', 'off', true) AS b, set_config('jit', $1, true), set_config('my.own', 'x', true), upper(set_config('Work_Mem', E'\\x41', false)) FROM t
----
SELECT a, ('off'::text) AS b, set_config('jit', $1, true), set_config('my.own', 'x', true), upper((E'\\x41'::text)) FROM t
----
change ignored_setting: pg_catalog.set_config('jit', 'off', true) -> ('off'::text)
change ignored_setting: set_config('Work_Mem', E'\\x41', false) -> (E'\\x41'::text)
statement set t, sets locally
