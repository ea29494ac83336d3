# rules config/temporal.yaml
# server postgresql
UPDATE executions SET
 db_record_version = $1, next_event_id = $2, last_write_version = $3, data = $4, data_encoding = $5, state = $6, state_encoding = $7
 WHERE shard_id = $8 AND namespace_id = $9 AND workflow_id = $10 AND run_id = $11
----
UPDATE executions SET
 db_record_version = $1, next_event_id = $2, last_write_version = $3, data = $4, data_encoding = $5, state = $6, state_encoding = $7
 WHERE shard_id = $8 AND namespace_id = $9 AND workflow_id = $10 AND run_id = $11
----
statement write executions
writes executions ($8, $9, $10, $11)
  lock SELECT 1 FROM executions WHERE shard_id = $1 AND namespace_id = $2 AND workflow_id = $3 AND run_id = $4 FOR UPDATE
  check SELECT 1 / count(*) FROM (SELECT 1 FROM executions WHERE shard_id = $1 AND namespace_id = $2 AND workflow_id = $3 AND run_id = $4 AND db_record_version = $5 FOR UPDATE) AS locked
  parse, version $12: UPDATE executions SET\n db_record_version = $1, next_event_id = $2, last_write_version = $3, data = $4, data_encoding = $5, state = $6, state_encoding = $7\n WHERE (db_record_version = $12 OR $12 IS NULL) AND shard_id = $8 AND namespace_id = $9 AND workflow_id = $10 AND run_id = $11
  query UPDATE executions SET\n db_record_version = $1, next_event_id = $2, last_write_version = $3, data = $4, data_encoding = $5, state = $6, state_encoding = $7\n WHERE (db_record_version = '?') AND shard_id = $8 AND namespace_id = $9 AND workflow_id = $10 AND run_id = $11
