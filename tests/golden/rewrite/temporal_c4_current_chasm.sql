# rules config/temporal.yaml
SELECT shard_id, namespace_id, business_id AS workflow_id, archetype_id, run_id, state
FROM current_chasm_executions WHERE shard_id = $1 AND namespace_id = $2 AND business_id = $3 AND archetype_id = $4 FOR UPDATE
----
SELECT shard_id, namespace_id, business_id AS workflow_id, archetype_id, run_id, state
FROM current_chasm_executions WHERE shard_id = $1 AND namespace_id = $2 AND business_id = $3 AND archetype_id = $4 FOR UPDATE
----
statement write current_chasm_executions (locks)
