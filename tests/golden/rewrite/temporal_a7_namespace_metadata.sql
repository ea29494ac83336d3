# rules config/temporal.yaml
SELECT notification_version FROM namespace_metadata WHERE partition_id=$1 FOR UPDATE
----
SELECT notification_version FROM namespace_metadata WHERE partition_id=$1
----
change version_check: FOR UPDATE -> 
statement read namespace_metadata
reads namespace_metadata ($1) version column 0
  lock SELECT 1 FROM namespace_metadata WHERE partition_id = $1 FOR UPDATE
