# rules config/temporal.yaml
SELECT data, data_encoding from queue_metadata WHERE queue_type = $1 FOR UPDATE
----
SELECT data, data_encoding from queue_metadata WHERE queue_type = $1 FOR UPDATE
----
statement write queue_metadata (locks)
locks queue_metadata ($1)
  lock SELECT 1 FROM queue_metadata WHERE queue_type = $1 FOR UPDATE
