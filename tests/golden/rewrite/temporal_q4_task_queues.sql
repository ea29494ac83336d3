# rules config/temporal.yaml
SELECT range_id FROM task_queues WHERE range_hash=$1 AND task_queue_id=$2 FOR UPDATE
----
SELECT range_id FROM task_queues WHERE range_hash=$1 AND task_queue_id=encode($2,'hex') FOR UPDATE
----
change binary_key_in: $2 -> encode($2,'hex')
statement write task_queues (locks)
locks task_queues ($1, $2)
  lock SELECT 1 FROM task_queues WHERE range_hash = $1 AND task_queue_id = encode($2,'hex') FOR UPDATE
