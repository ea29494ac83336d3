# rules config/temporal.yaml
# dialect 2025
UPDATE task_queues_v2 SET
	range_id = $1,
	data = $2,
	data_encoding = $3
	WHERE
	range_hash = $4 AND
	task_queue_id = $5
----
UPDATE task_queues_v2 SET
	range_id = $1,
	data = $2,
	data_encoding = $3
	WHERE
	range_hash = $4 AND
	task_queue_id = encode($5,'hex')
----
change binary_key_in: $5 -> encode($5,'hex')
statement write task_queues_v2
writes task_queues_v2 ($4, $5)
  lock SELECT 1 FROM task_queues_v2 WHERE range_hash = $1 AND task_queue_id = encode($2,'hex') FOR UPDATE
