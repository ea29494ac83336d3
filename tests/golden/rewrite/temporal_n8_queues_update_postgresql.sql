# rules config/temporal.yaml
# server postgresql
UPDATE queues SET metadata_payload = $1, metadata_encoding = $2 WHERE queue_type = $3 and queue_name = $4
----
UPDATE queues SET metadata_payload = $1, metadata_encoding = $2 WHERE queue_type = $3 and queue_name = $4
----
statement write queues
writes queues ($3, $4)
  lock SELECT 1 FROM queues WHERE queue_type = $1 AND queue_name = $2 FOR UPDATE
