# rules config/temporal.yaml
SELECT db_record_version, next_event_id FROM executions 
 WHERE shard_id = $1 AND namespace_id = $2 AND workflow_id = $3 AND run_id = $4 FOR UPDATE
----
SELECT db_record_version, next_event_id FROM executions 
 WHERE shard_id = $1 AND namespace_id = encode($2,'hex') AND workflow_id = $3 AND run_id = encode($4,'hex')
----
change version_check: FOR UPDATE -> 
change binary_key_in: $2 -> encode($2,'hex')
change binary_key_in: $4 -> encode($4,'hex')
statement read executions
reads executions ($1, $2, $3, $4) version column 0
  lock SELECT 1 FROM executions WHERE shard_id = $1 AND namespace_id = encode($2,'hex') AND workflow_id = $3 AND run_id = encode($4,'hex') FOR UPDATE
