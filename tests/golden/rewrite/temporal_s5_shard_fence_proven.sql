# S5 where this upstream was seen to fence with KEY SHARE.
# rules config/temporal.yaml
# key share proven
SELECT range_id FROM shards WHERE shard_id = $1 FOR SHARE
----
SELECT range_id FROM shards WHERE shard_id = $1 FOR KEY SHARE
----
change for_share: FOR SHARE -> FOR KEY SHARE
statement write shards (locks)
