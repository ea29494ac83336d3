# S5 on the dialect that has no KEY SHARE: proven or not, FOR UPDATE.
# rules config/temporal.yaml
# dialect 2025
# key share proven
SELECT range_id FROM shards WHERE shard_id = $1 FOR SHARE
----
SELECT range_id FROM shards WHERE shard_id = $1 FOR UPDATE
----
change for_share: FOR SHARE -> FOR UPDATE
statement write shards (locks)
locks shards ($1)
  lock SELECT 1 FROM shards WHERE shard_id = $1 FOR UPDATE
