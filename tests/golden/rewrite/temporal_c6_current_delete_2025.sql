# rules config/temporal.yaml
# dialect 2025
DELETE FROM current_executions WHERE shard_id = $1 AND namespace_id = $2 AND workflow_id = $3 AND run_id = $4
----
DELETE FROM current_executions WHERE shard_id = $1 AND namespace_id = encode($2,'hex') AND workflow_id = $3 AND run_id = encode($4,'hex')
----
change binary_key_in: $2 -> encode($2,'hex')
change binary_key_in: $4 -> encode($4,'hex')
statement write current_executions
