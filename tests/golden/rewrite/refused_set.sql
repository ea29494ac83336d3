SELECT 1; SET my.own = 1
----
SELECT 1; SET my.own = 1
----
refused 0A000 setting configuration parameter "my.own" not supported
hint Aurora DSQL has no such setting. Leave it out, or name it under rewriter.ignored_settings if nothing depends on it.
statement read
statement set (holds session state), sets my.own: SET my.own = 1
