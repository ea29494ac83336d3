# rules config/temporal.yaml
SELECT metadata_payload, metadata_encoding from queues WHERE queue_type=$1 and queue_name=$2 FOR UPDATE
----
SELECT metadata_payload, metadata_encoding from queues WHERE queue_type=$1 and queue_name=$2 FOR UPDATE
----
statement write queues (locks)
locks queues ($1, $2)
  lock SELECT 1 FROM queues WHERE queue_type = $1 AND queue_name = $2 FOR UPDATE
