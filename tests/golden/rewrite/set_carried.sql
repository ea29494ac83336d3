# server postgresql
SET search_path TO a, "B";
/* why */ set Session "Work_Mem" = '4MB' -- so
;
SET TIME ZONE INTERVAL '-08:00' HOUR TO MINUTE; SET NAMES 'latin1'; SET my."Own" TO -1, 'x'; SET SCHEMA 'x';
RESET TIME ZONE; SET NAMES; SET jit TO DEFAULT; RESET ALL; DISCARD ALL;
SELECT set_config('search_path', '', false); SELECT pg_catalog.set_config('Jit', NULL, false) AS a
----
SET search_path TO a, "B";
/* why */ set Session "Work_Mem" = '4MB' -- so
;
SET TIME ZONE INTERVAL '-08:00' HOUR TO MINUTE; SET NAMES 'latin1'; SET my."Own" TO -1, 'x'; SET SCHEMA 'x';
RESET TIME ZONE; SET NAMES; SET jit TO DEFAULT; RESET ALL; DISCARD ALL;
SELECT set_config('search_path', '', false); SELECT pg_catalog.set_config('Jit', NULL, false) AS a
----
statement set (holds session state), sets search_path: SET search_path TO a, "B"
statement set (holds session state), sets work_mem: set Session "Work_Mem" = '4MB'
statement set (holds session state), sets timezone: SET TIME ZONE INTERVAL '-08:00' HOUR TO MINUTE
statement set (holds session state), sets client_encoding: SET NAMES 'latin1'
statement set (holds session state), sets my.own: SET my."Own" TO -1, 'x'
statement set (holds session state), sets search_path: SET SCHEMA 'x'
statement set, resets timezone
statement set, resets client_encoding
statement set, resets jit
statement set, resets all settings
statement discard, resets all settings at once
statement set (holds session state), sets search_path: SELECT set_config('search_path', '', false)
statement set (holds session state), resets jit
