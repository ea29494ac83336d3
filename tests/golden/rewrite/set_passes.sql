SET search_path TO a, b; SET TIME ZONE 'UTC'; SET NAMES 'utf8'; SET enable_seqscan = off; RESET ALL; SET ROLE x; SET LOCAL datestyle TO DEFAULT; RESET extra_float_digits
----
SET search_path TO a, b; SET TIME ZONE 'UTC'; SET NAMES 'utf8'; SET enable_seqscan = off; RESET ALL; SET ROLE x; SET LOCAL datestyle TO DEFAULT; RESET extra_float_digits
----
statement set (holds session state)
statement set (holds session state)
statement set (holds session state)
statement set (holds session state)
statement set
statement set (holds session state)
statement set
statement set
