# rules config/temporal.yaml
# server postgresql
UPDATE cluster_metadata_info SET data = $1, data_encoding = $2, version = $3 WHERE metadata_partition = $4 AND cluster_name = $5
----
UPDATE cluster_metadata_info SET data = $1, data_encoding = $2, version = $3 WHERE metadata_partition = $4 AND cluster_name = $5
----
statement write cluster_metadata_info
writes cluster_metadata_info ($4, $5)
  lock SELECT 1 FROM cluster_metadata_info WHERE metadata_partition = $1 AND cluster_name = $2 FOR UPDATE
  check SELECT 1 / count(*) FROM (SELECT 1 FROM cluster_metadata_info WHERE metadata_partition = $1 AND cluster_name = $2 AND "version" = $3 FOR UPDATE) AS locked
  parse, version $6: UPDATE cluster_metadata_info SET data = $1, data_encoding = $2, version = $3 WHERE ("version" = $6 OR $6 IS NULL) AND metadata_partition = $4 AND cluster_name = $5
  query UPDATE cluster_metadata_info SET data = $1, data_encoding = $2, version = $3 WHERE ("version" = '?') AND metadata_partition = $4 AND cluster_name = $5
