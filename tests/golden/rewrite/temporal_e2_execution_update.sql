# rules config/temporal.yaml
UPDATE executions SET
 db_record_version = $1, next_event_id = $2, last_write_version = $3, data = $4, data_encoding = $5, state = $6, state_encoding = $7
 WHERE shard_id = $8 AND namespace_id = $9 AND workflow_id = $10 AND run_id = $11
----
UPDATE executions SET
 db_record_version = $1, next_event_id = $2, last_write_version = $3, data = $4, data_encoding = $5, state = $6, state_encoding = $7
 WHERE shard_id = $8 AND namespace_id = encode($9,'hex') AND workflow_id = $10 AND run_id = encode($11,'hex')
----
change binary_key_in: $9 -> encode($9,'hex')
change binary_key_in: $11 -> encode($11,'hex')
statement write executions
writes executions ($8, $9, $10, $11)
  lock SELECT 1 FROM executions WHERE shard_id = $1 AND namespace_id = encode($2,'hex') AND workflow_id = $3 AND run_id = encode($4,'hex') FOR UPDATE
  parse, version $12: UPDATE executions SET\n db_record_version = $1, next_event_id = $2, last_write_version = $3, data = $4, data_encoding = $5, state = $6, state_encoding = $7\n WHERE (db_record_version = $12 OR $12 IS NULL) AND shard_id = $8 AND namespace_id = encode($9,'hex') AND workflow_id = $10 AND run_id = encode($11,'hex')
  query UPDATE executions SET\n db_record_version = $1, next_event_id = $2, last_write_version = $3, data = $4, data_encoding = $5, state = $6, state_encoding = $7\n WHERE (db_record_version = '?') AND shard_id = $8 AND namespace_id = encode($9,'hex') AND workflow_id = $10 AND run_id = encode($11,'hex')
