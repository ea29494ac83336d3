# rules config/temporal.yaml
# server postgresql
UPDATE shards 
 SET range_id = $1, data = $2, data_encoding = $3 
 WHERE shard_id = $4
----
UPDATE shards 
 SET range_id = $1, data = $2, data_encoding = $3 
 WHERE shard_id = $4
----
statement write shards
writes shards ($4), locked first
  lock SELECT 1 FROM shards WHERE shard_id = $1 FOR UPDATE
