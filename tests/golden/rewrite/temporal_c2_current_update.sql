# rules config/temporal.yaml
UPDATE current_executions SET
run_id = $1,
create_request_id = $2,
state = $3
WHERE
shard_id = $4 AND
namespace_id = $5
 AND workflow_id = $6
----
UPDATE current_executions SET
run_id = encode($1,'hex'),
create_request_id = $2,
state = $3
WHERE
shard_id = $4 AND
namespace_id = encode($5,'hex')
 AND workflow_id = $6
----
change binary_key_in: $1 -> encode($1,'hex')
change binary_key_in: $5 -> encode($5,'hex')
statement write current_executions
