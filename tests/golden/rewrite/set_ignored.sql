SET statement_timeout = 0
----
SET enable_tidscan TO DEFAULT
----
change ignored_setting: SET statement_timeout = 0 -> SET enable_tidscan TO DEFAULT
statement read, resets enable_tidscan
