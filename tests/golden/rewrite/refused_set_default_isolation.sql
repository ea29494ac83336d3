SET default_transaction_isolation TO 'serializable'
----
SET default_transaction_isolation TO 'serializable'
----
refused 0A000 setting configuration parameter "default_transaction_isolation" not supported
hint Aurora DSQL does not let a session set it. These values make no difference and may be asked for: 'read committed', 'read uncommitted', 'repeatable read' (rewriter.ignored_settings).
statement set (holds session state), sets default_transaction_isolation: SET default_transaction_isolation TO 'serializable'
