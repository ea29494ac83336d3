# rules config/temporal.yaml
# dialect 2025
SELECT data, data_encoding, version FROM cluster_metadata_info WHERE metadata_partition = $1 AND cluster_name = $2 FOR UPDATE
----
SELECT data, data_encoding, version FROM cluster_metadata_info WHERE metadata_partition = $1 AND cluster_name = $2
----
change version_check: FOR UPDATE -> 
statement read cluster_metadata_info
reads cluster_metadata_info ($1, $2) version column 2
  lock SELECT 1 FROM cluster_metadata_info WHERE metadata_partition = $1 AND cluster_name = $2 FOR UPDATE
