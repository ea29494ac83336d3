# rules config/temporal.yaml
SELECT notification_version FROM namespace_metadata WHERE partition_id=$1 FOR UPDATE
----
SELECT notification_version FROM namespace_metadata WHERE partition_id=$1 FOR UPDATE
----
statement write namespace_metadata (locks)
