# rules config/temporal.yaml
SELECT data, data_encoding, version FROM cluster_metadata_info WHERE metadata_partition = $1 AND cluster_name = $2 FOR UPDATE
----
SELECT data, data_encoding, version FROM cluster_metadata_info WHERE metadata_partition = $1 AND cluster_name = $2 FOR UPDATE
----
statement write cluster_metadata_info (locks)
