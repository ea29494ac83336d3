# rules config/temporal.yaml
INSERT INTO executions(shard_id, namespace_id, workflow_id, run_id, next_event_id, last_write_version, data, data_encoding, state, state_encoding, db_record_version)
 VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
----
INSERT INTO executions(shard_id, namespace_id, workflow_id, run_id, next_event_id, last_write_version, data, data_encoding, state, state_encoding, db_record_version)
 VALUES($1, encode($2,'hex'), $3, encode($4,'hex'), $5, $6, $7, $8, $9, $10, $11)
----
change binary_key_in: $2 -> encode($2,'hex')
change binary_key_in: $4 -> encode($4,'hex')
statement write executions
