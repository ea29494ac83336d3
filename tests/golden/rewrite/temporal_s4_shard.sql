# rules config/temporal.yaml
SELECT range_id FROM shards WHERE shard_id = $1 FOR UPDATE
----
SELECT range_id FROM shards WHERE shard_id = $1 FOR UPDATE
----
statement write shards (locks)
locks shards ($1)
  lock SELECT 1 FROM shards WHERE shard_id = $1 FOR UPDATE
