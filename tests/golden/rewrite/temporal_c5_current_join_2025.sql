# The older dialect refuses locks on joins: both rows are locked by their keys before COMMIT.
# rules config/temporal.yaml
# dialect 2025
SELECT
ce.shard_id, ce.namespace_id, ce.workflow_id, ce.run_id, ce.create_request_id, ce.state, ce.status, ce.start_time, e.last_write_version, ce.data, ce.data_encoding
FROM current_executions ce
INNER JOIN executions e ON e.shard_id = ce.shard_id AND e.namespace_id = ce.namespace_id AND e.workflow_id = ce.workflow_id AND e.run_id = ce.run_id
WHERE ce.shard_id = $1 AND ce.namespace_id = $2 AND ce.workflow_id = $3 FOR UPDATE
----
SELECT
ce.shard_id, decode(ce.namespace_id,'hex') AS namespace_id, ce.workflow_id, decode(ce.run_id,'hex') AS run_id, ce.create_request_id, ce.state, ce.status, ce.start_time, e.last_write_version, ce.data, ce.data_encoding
FROM current_executions ce
INNER JOIN executions e ON e.shard_id = ce.shard_id AND e.namespace_id = ce.namespace_id AND e.workflow_id = ce.workflow_id AND e.run_id = ce.run_id
WHERE ce.shard_id = $1 AND ce.namespace_id = encode($2,'hex') AND ce.workflow_id = $3
----
change locked_by_key: FOR UPDATE -> 
change binary_key_in: $2 -> encode($2,'hex')
change binary_key_out: ce.namespace_id -> decode(ce.namespace_id,'hex') AS namespace_id
change binary_key_out: ce.run_id -> decode(ce.run_id,'hex') AS run_id
statement read current_executions executions
reads current_executions ($1, $2, $3)
  lock SELECT 1 FROM current_executions WHERE shard_id = $1 AND namespace_id = encode($2,'hex') AND workflow_id = $3 FOR UPDATE
reads executions ($1, $2, $3, column 3)
  lock SELECT 1 FROM executions WHERE shard_id = $1 AND namespace_id = encode($2,'hex') AND workflow_id = $3 AND run_id = encode($4,'hex') FOR UPDATE
