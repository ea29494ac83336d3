SET search_path TO a, b; SET TIME ZONE 'UTC'; SET NAMES 'utf8'; SET enable_seqscan = off; RESET ALL; SET ROLE x; SET LOCAL datestyle TO DEFAULT; RESET extra_float_digits
----
SET search_path TO a, b; SET TIME ZONE 'UTC'; SET NAMES 'utf8'; SET enable_seqscan = off; RESET ALL; SET ROLE x; SET LOCAL datestyle TO DEFAULT; RESET extra_float_digits
----
statement set (holds session state), sets search_path: SET search_path TO a, b
statement set (holds session state), sets timezone: SET TIME ZONE 'UTC'
statement set (holds session state), sets client_encoding: SET NAMES 'utf8'
statement set (holds session state), sets enable_seqscan: SET enable_seqscan = off
statement set, resets all settings
statement set (holds session state)
statement set, sets locally
statement set, resets extra_float_digits
