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
