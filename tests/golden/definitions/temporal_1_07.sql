# Temporal's schema, version 1.7: its definitions as temporal-sql-tool sends them.
CREATE TABLE cluster_metadata_info (
  metadata_partition        INTEGER NOT NULL,
  cluster_name              VARCHAR(255) NOT NULL,
  data                      BYTEA NOT NULL,
  data_encoding             VARCHAR(16) NOT NULL,
  version                   BIGINT NOT NULL,
  PRIMARY KEY(metadata_partition, cluster_name)
);
----
as it is
====
ALTER TABLE current_executions ALTER COLUMN start_version SET DEFAULT 0;
----
as it is
====
CREATE TABLE tiered_storage_tasks(
  shard_id INTEGER NOT NULL,
  task_id BIGINT NOT NULL,
  data BYTEA NOT NULL,
  data_encoding VARCHAR(16) NOT NULL,
  PRIMARY KEY (shard_id, task_id)
);
----
as it is
====
