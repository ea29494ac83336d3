# rules config/temporal.yaml
INSERT INTO activity_info_maps
(shard_id, namespace_id, workflow_id, run_id, schedule_id, data,data_encoding)
VALUES
($1, $2, $3, $4, $5, $6,$7), ($8, $9, $10, $11, $12, $13,$14)
ON CONFLICT (shard_id, namespace_id, workflow_id, run_id, schedule_id) DO UPDATE
	SET (shard_id, namespace_id, workflow_id, run_id, schedule_id, data,data_encoding)
  	  = (excluded.shard_id, excluded.namespace_id, excluded.workflow_id, excluded.run_id, excluded.schedule_id, excluded.data,excluded.data_encoding)
----
INSERT INTO activity_info_maps
(shard_id, namespace_id, workflow_id, run_id, schedule_id, data,data_encoding)
VALUES
($1, encode($2,'hex'), $3, encode($4,'hex'), $5, $6,$7), ($8, encode($9,'hex'), $10, encode($11,'hex'), $12, $13,$14)
ON CONFLICT (shard_id, namespace_id, workflow_id, run_id, schedule_id) DO UPDATE
	SET (shard_id, namespace_id, workflow_id, run_id, schedule_id, data,data_encoding)
  	  = (excluded.shard_id, excluded.namespace_id, excluded.workflow_id, excluded.run_id, excluded.schedule_id, excluded.data,excluded.data_encoding)
----
change binary_key_in: $2 -> encode($2,'hex')
change binary_key_in: $4 -> encode($4,'hex')
change binary_key_in: $9 -> encode($9,'hex')
change binary_key_in: $11 -> encode($11,'hex')
statement write activity_info_maps
