# rules config/temporal.yaml
SELECT shard_id, namespace_id, business_id AS workflow_id, archetype_id, run_id, state
FROM current_chasm_executions WHERE shard_id = $1 AND namespace_id = $2 AND business_id = $3 AND archetype_id = $4 FOR UPDATE
----
SELECT shard_id, decode(namespace_id,'hex') AS namespace_id, business_id AS workflow_id, archetype_id, decode(run_id,'hex') AS run_id, state
FROM current_chasm_executions WHERE shard_id = $1 AND namespace_id = encode($2,'hex') AND business_id = $3 AND archetype_id = $4 FOR UPDATE
----
change binary_key_in: $2 -> encode($2,'hex')
change binary_key_out: namespace_id -> decode(namespace_id,'hex') AS namespace_id
change binary_key_out: run_id -> decode(run_id,'hex') AS run_id
statement write current_chasm_executions (locks)
locks current_chasm_executions ($1, $2, $3, $4)
  lock SELECT 1 FROM current_chasm_executions WHERE shard_id = $1 AND namespace_id = encode($2,'hex') AND business_id = $3 AND archetype_id = $4 FOR UPDATE
