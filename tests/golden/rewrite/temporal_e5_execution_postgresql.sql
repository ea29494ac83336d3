# rules config/temporal.yaml
# server postgresql
SELECT db_record_version, next_event_id FROM executions 
 WHERE shard_id = $1 AND namespace_id = $2 AND workflow_id = $3 AND run_id = $4 FOR UPDATE
----
SELECT db_record_version, next_event_id FROM executions 
 WHERE shard_id = $1 AND namespace_id = $2 AND workflow_id = $3 AND run_id = $4
----
change version_check: FOR UPDATE -> 
statement read executions
reads executions ($1, $2, $3, $4) version column 0
  lock SELECT 1 FROM executions WHERE shard_id = $1 AND namespace_id = $2 AND workflow_id = $3 AND run_id = $4 FOR UPDATE
  check SELECT 1 / count(*) FROM (SELECT 1 FROM executions WHERE shard_id = $1 AND namespace_id = $2 AND workflow_id = $3 AND run_id = $4 AND db_record_version = $5 FOR UPDATE) AS locked
