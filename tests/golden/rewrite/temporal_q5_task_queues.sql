# rules config/temporal.yaml
SELECT range_hash, task_queue_id, range_id, data, data_encoding FROM task_queues WHERE range_hash BETWEEN $1 AND $2 AND task_queue_id > $3 ORDER BY task_queue_id ASC LIMIT $4
----
SELECT range_hash, decode(task_queue_id,'hex') AS task_queue_id, range_id, data, data_encoding FROM task_queues WHERE range_hash BETWEEN $1 AND $2 AND task_queue_id > encode($3,'hex') ORDER BY task_queues.task_queue_id ASC LIMIT $4
----
change binary_key_in: $3 -> encode($3,'hex')
change binary_key_out: task_queue_id -> decode(task_queue_id,'hex') AS task_queue_id
change binary_key_order: task_queue_id -> task_queues.task_queue_id
statement read task_queues
