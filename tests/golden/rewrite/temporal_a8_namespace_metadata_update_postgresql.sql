# rules config/temporal.yaml
# server postgresql
UPDATE namespace_metadata SET notification_version = $1 WHERE notification_version = $2 AND partition_id=$3
----
UPDATE namespace_metadata SET notification_version = $1 WHERE notification_version = $2 AND partition_id=$3
----
statement write namespace_metadata
writes namespace_metadata ($3) version $2
  lock SELECT 1 FROM namespace_metadata WHERE partition_id = $1 FOR UPDATE
  check SELECT 1 / count(*) FROM (SELECT 1 FROM namespace_metadata WHERE partition_id = $1 AND notification_version = $2 FOR UPDATE) AS locked
