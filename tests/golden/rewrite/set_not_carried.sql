# server postgresql
SET LOCAL jit = off; SET LOCAL datestyle = iso; SET jit FROM CURRENT; SET ROLE r; RESET ROLE; SET SESSION AUTHORIZATION r; SET SESSION AUTHORIZATION DEFAULT;
SET seed = 0.5; SET sort_mem = 64; SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY; SET transaction_read_only = on; RESET TRANSACTION ISOLATION LEVEL;
SET my.own = 'a\b'; SET my.own = E'a\n'; SET my.own = 'ä'; SET "my own" = 1; SET CONSTRAINTS ALL DEFERRED; DISCARD TEMP;
SELECT set_config('jit', 'off', true); SELECT set_config('datestyle', 'iso', true); SELECT set_config('jit', $1, false); SELECT set_config('jit', 'off', false), 1;
SELECT set_config('jit', 'off', false) FROM t; SELECT set_config('role', 'r', false); EXPLAIN ANALYZE SELECT set_config('jit', 'off', false)
----
SET LOCAL jit = off; SET LOCAL datestyle = iso; SET jit FROM CURRENT; SET ROLE r; RESET ROLE; SET SESSION AUTHORIZATION r; SET SESSION AUTHORIZATION DEFAULT;
SET seed = 0.5; SET sort_mem = 64; SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY; SET transaction_read_only = on; RESET TRANSACTION ISOLATION LEVEL;
SET my.own = 'a\b'; SET my.own = E'a\n'; SET my.own = 'ä'; SET "my own" = 1; SET CONSTRAINTS ALL DEFERRED; DISCARD TEMP;
SELECT set_config('jit', 'off', true); SELECT set_config('datestyle', 'iso', true); SELECT set_config('jit', $1, false); SELECT set_config('jit', 'off', false), 1;
SELECT set_config('jit', 'off', false) FROM t; SELECT set_config('role', 'r', false); EXPLAIN ANALYZE SELECT set_config('jit', 'off', false)
----
statement set, sets locally
statement set, sets locally
statement set (holds session state)
statement set (holds session state)
statement set
statement set (holds session state)
statement set
statement set (holds session state)
statement set (holds session state)
statement set (holds session state)
statement set
statement set
statement set (holds session state)
statement set (holds session state)
statement set (holds session state)
statement set (holds session state)
statement set
statement discard
statement set, sets locally
statement set, sets locally
statement set (holds session state)
statement set (holds session state)
statement set t (holds session state)
statement set (holds session state)
statement set (holds session state)
