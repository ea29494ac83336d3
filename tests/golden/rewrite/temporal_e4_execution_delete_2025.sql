# rules config/temporal.yaml
# dialect 2025
DELETE FROM executions 
 WHERE shard_id = $1 AND namespace_id = $2 AND workflow_id = $3 AND run_id = $4
----
DELETE FROM executions 
 WHERE shard_id = $1 AND namespace_id = encode($2,'hex') AND workflow_id = $3 AND run_id = encode($4,'hex')
----
change binary_key_in: $2 -> encode($2,'hex')
change binary_key_in: $4 -> encode($4,'hex')
statement write executions
writes executions ($1, $2, $3, $4)
  lock SELECT 1 FROM executions WHERE shard_id = $1 AND namespace_id = encode($2,'hex') AND workflow_id = $3 AND run_id = encode($4,'hex') FOR UPDATE
  parse, version $5: DELETE FROM executions \n WHERE (db_record_version = $5 OR $5 IS NULL) AND shard_id = $1 AND namespace_id = encode($2,'hex') AND workflow_id = $3 AND run_id = encode($4,'hex')
  query DELETE FROM executions \n WHERE (db_record_version = '?') AND shard_id = $1 AND namespace_id = encode($2,'hex') AND workflow_id = $3 AND run_id = encode($4,'hex')
