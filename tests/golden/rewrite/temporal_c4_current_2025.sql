# rules config/temporal.yaml
# dialect 2025
SELECT
shard_id, namespace_id, workflow_id, run_id, create_request_id, state, status, start_time, last_write_version, data, data_encoding
FROM current_executions WHERE shard_id = $1 AND namespace_id = $2 AND workflow_id = $3 FOR UPDATE
----
SELECT
shard_id, decode(namespace_id,'hex') AS namespace_id, workflow_id, decode(run_id,'hex') AS run_id, create_request_id, state, status, start_time, last_write_version, data, data_encoding
FROM current_executions WHERE shard_id = $1 AND namespace_id = encode($2,'hex') AND workflow_id = $3 FOR UPDATE
----
change binary_key_in: $2 -> encode($2,'hex')
change binary_key_out: namespace_id -> decode(namespace_id,'hex') AS namespace_id
change binary_key_out: run_id -> decode(run_id,'hex') AS run_id
statement write current_executions (locks)
locks current_executions ($1, $2, $3)
  lock SELECT 1 FROM current_executions WHERE shard_id = $1 AND namespace_id = encode($2,'hex') AND workflow_id = $3 FOR UPDATE
