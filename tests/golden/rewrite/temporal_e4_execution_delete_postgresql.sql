# rules config/temporal.yaml
# server postgresql
DELETE FROM executions 
 WHERE shard_id = $1 AND namespace_id = $2 AND workflow_id = $3 AND run_id = $4
----
DELETE FROM executions 
 WHERE shard_id = $1 AND namespace_id = $2 AND workflow_id = $3 AND run_id = $4
----
statement write executions
writes executions ($1, $2, $3, $4)
  lock SELECT 1 FROM executions WHERE shard_id = $1 AND namespace_id = $2 AND workflow_id = $3 AND run_id = $4 FOR UPDATE
  check SELECT 1 / count(*) FROM (SELECT 1 FROM executions WHERE shard_id = $1 AND namespace_id = $2 AND workflow_id = $3 AND run_id = $4 AND db_record_version = $5 FOR UPDATE) AS locked
  parse, version $5: DELETE FROM executions \n WHERE (db_record_version = $5 OR $5 IS NULL) AND shard_id = $1 AND namespace_id = $2 AND workflow_id = $3 AND run_id = $4
  query DELETE FROM executions \n WHERE (db_record_version = '?') AND shard_id = $1 AND namespace_id = $2 AND workflow_id = $3 AND run_id = $4
