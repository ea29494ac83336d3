# rules config/temporal.yaml
UPDATE current_executions SET
run_id = $1,
create_request_id = $2,
state = $3,
status = $4,
start_time = $5,
last_write_version = $6,
data = $7,
data_encoding = $8
WHERE
shard_id = $9 AND
namespace_id = $10
 AND workflow_id = $11
----
UPDATE current_executions SET
run_id = encode($1,'hex'),
create_request_id = $2,
state = $3,
status = $4,
start_time = $5,
last_write_version = $6,
data = $7,
data_encoding = $8
WHERE
shard_id = $9 AND
namespace_id = encode($10,'hex')
 AND workflow_id = $11
----
change binary_key_in: $1 -> encode($1,'hex')
change binary_key_in: $10 -> encode($10,'hex')
statement write current_executions
writes current_executions ($9, $10, $11)
  lock SELECT 1 FROM current_executions WHERE shard_id = $1 AND namespace_id = encode($2,'hex') AND workflow_id = $3 FOR UPDATE
