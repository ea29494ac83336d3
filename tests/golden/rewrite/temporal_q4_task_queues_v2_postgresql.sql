# rules config/temporal.yaml
# server postgresql
SELECT range_id FROM task_queues_v2 WHERE range_hash=$1 AND task_queue_id=$2 FOR UPDATE
----
SELECT range_id FROM task_queues_v2 WHERE range_hash=$1 AND task_queue_id=$2 FOR UPDATE
----
statement write task_queues_v2 (locks)
locks task_queues_v2 ($1, $2)
  lock SELECT 1 FROM task_queues_v2 WHERE range_hash = $1 AND task_queue_id = $2 FOR UPDATE
