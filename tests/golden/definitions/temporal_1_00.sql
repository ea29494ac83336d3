# Temporal's schema, version 1.0: its definitions as temporal-sql-tool sends them.
CREATE TABLE namespaces(
  partition_id INTEGER NOT NULL,
  id BYTEA NOT NULL,
  name VARCHAR(255) UNIQUE NOT NULL,
  notification_version BIGINT NOT NULL,
  data BYTEA NOT NULL,
  data_encoding VARCHAR(16) NOT NULL,
  is_global BOOLEAN NOT NULL,
  PRIMARY KEY(partition_id, id)
);
----
refused column "id" of type bytea cannot be part of a key on Aurora DSQL
hint Add id to tables.namespaces.binary_keys in Occam's table rules before the table is created: Occam then stores it as hex text.
====
CREATE TABLE namespace_metadata (
  partition_id INTEGER NOT NULL,
  notification_version BIGINT NOT NULL,
  PRIMARY KEY(partition_id)
);
----
as it is
====
CREATE TABLE shards (
  shard_id INTEGER NOT NULL,
  range_id BIGINT NOT NULL,
  data BYTEA NOT NULL,
  data_encoding VARCHAR(16) NOT NULL,
  PRIMARY KEY (shard_id)
);
----
as it is
====
CREATE TABLE transfer_tasks(
  shard_id INTEGER NOT NULL,
  task_id BIGINT NOT NULL,
  data BYTEA NOT NULL,
  data_encoding VARCHAR(16) NOT NULL,
  PRIMARY KEY (shard_id, task_id)
);
----
as it is
====
CREATE TABLE executions(
  shard_id INTEGER NOT NULL,
  namespace_id BYTEA NOT NULL,
  workflow_id VARCHAR(255) NOT NULL,
  run_id BYTEA NOT NULL,
  next_event_id BIGINT NOT NULL,
  last_write_version BIGINT NOT NULL,
  data BYTEA NOT NULL,
  data_encoding VARCHAR(16) NOT NULL,
  state BYTEA NOT NULL,
  state_encoding VARCHAR(16) NOT NULL,
  PRIMARY KEY (shard_id, namespace_id, workflow_id, run_id)
);
----
refused column "run_id" of type bytea cannot be part of a key on Aurora DSQL
hint Add run_id to tables.executions.binary_keys in Occam's table rules before the table is created: Occam then stores it as hex text.
====
CREATE TABLE current_executions(
  shard_id INTEGER NOT NULL,
  namespace_id BYTEA NOT NULL,
  workflow_id VARCHAR(255) NOT NULL,
  run_id BYTEA NOT NULL,
  create_request_id VARCHAR(64) NOT NULL,
  state INTEGER NOT NULL,
  status INTEGER NOT NULL,
  start_version BIGINT NOT NULL,
  last_write_version BIGINT NOT NULL,
  PRIMARY KEY (shard_id, namespace_id, workflow_id)
);
----
refused column "namespace_id" of type bytea cannot be part of a key on Aurora DSQL
hint Add namespace_id to tables.current_executions.binary_keys in Occam's table rules before the table is created: Occam then stores it as hex text.
====
CREATE TABLE buffered_events (
  shard_id INTEGER NOT NULL,
  namespace_id BYTEA NOT NULL,
  workflow_id VARCHAR(255) NOT NULL,
  run_id BYTEA NOT NULL,
  id BIGSERIAL NOT NULL UNIQUE,
  data BYTEA NOT NULL,
  data_encoding VARCHAR(16) NOT NULL,
  PRIMARY KEY (shard_id, namespace_id, workflow_id, run_id, id)
);
----
refused column "run_id" of type bytea cannot be part of a key on Aurora DSQL
hint Add run_id to tables.buffered_events.binary_keys in Occam's table rules before the table is created: Occam then stores it as hex text.
====
CREATE TABLE tasks (
  range_hash BIGINT NOT NULL,
  task_queue_id BYTEA NOT NULL,
  task_id BIGINT NOT NULL,
  data BYTEA NOT NULL,
  data_encoding VARCHAR(16) NOT NULL,
  PRIMARY KEY (range_hash, task_queue_id, task_id)
);
----
refused column "task_queue_id" of type bytea cannot be part of a key on Aurora DSQL
hint Add task_queue_id to tables.tasks.binary_keys in Occam's table rules before the table is created: Occam then stores it as hex text.
====
CREATE TABLE task_queues (
  range_hash BIGINT NOT NULL,
  task_queue_id BYTEA NOT NULL,
  range_id BIGINT NOT NULL,
  data BYTEA NOT NULL,
  data_encoding VARCHAR(16) NOT NULL,
  PRIMARY KEY (range_hash, task_queue_id)
);
----
refused column "task_queue_id" of type bytea cannot be part of a key on Aurora DSQL
hint Add task_queue_id to tables.task_queues.binary_keys in Occam's table rules before the table is created: Occam then stores it as hex text.
====
CREATE TABLE replication_tasks (
  shard_id INTEGER NOT NULL,
  task_id BIGINT NOT NULL,
  data BYTEA NOT NULL,
  data_encoding VARCHAR(16) NOT NULL,
  PRIMARY KEY (shard_id, task_id)
);
----
as it is
====
CREATE TABLE replication_tasks_dlq (
  source_cluster_name VARCHAR(255) NOT NULL,
  shard_id INTEGER NOT NULL,
  task_id BIGINT NOT NULL,
  data BYTEA NOT NULL,
  data_encoding VARCHAR(16) NOT NULL,
  PRIMARY KEY (source_cluster_name, shard_id, task_id)
);
----
as it is
====
CREATE TABLE timer_tasks (
  shard_id INTEGER NOT NULL,
  visibility_timestamp TIMESTAMP NOT NULL,
  task_id BIGINT NOT NULL,
  data BYTEA NOT NULL,
  data_encoding VARCHAR(16) NOT NULL,
  PRIMARY KEY (shard_id, visibility_timestamp, task_id)
);
----
as it is
====
CREATE TABLE activity_info_maps (
  shard_id INTEGER NOT NULL,
  namespace_id BYTEA NOT NULL,
  workflow_id VARCHAR(255) NOT NULL,
  run_id BYTEA NOT NULL,
  schedule_id BIGINT NOT NULL,
  data BYTEA NOT NULL,
  data_encoding VARCHAR(16),
  PRIMARY KEY (shard_id, namespace_id, workflow_id, run_id, schedule_id)
);
----
refused column "run_id" of type bytea cannot be part of a key on Aurora DSQL
hint Add run_id to tables.activity_info_maps.binary_keys in Occam's table rules before the table is created: Occam then stores it as hex text.
====
CREATE TABLE timer_info_maps (
  shard_id INTEGER NOT NULL,
  namespace_id BYTEA NOT NULL,
  workflow_id VARCHAR(255) NOT NULL,
  run_id BYTEA NOT NULL,
  timer_id VARCHAR(255) NOT NULL,
  data BYTEA NOT NULL,
  data_encoding VARCHAR(16),
  PRIMARY KEY (shard_id, namespace_id, workflow_id, run_id, timer_id)
);
----
refused column "run_id" of type bytea cannot be part of a key on Aurora DSQL
hint Add run_id to tables.timer_info_maps.binary_keys in Occam's table rules before the table is created: Occam then stores it as hex text.
====
CREATE TABLE child_execution_info_maps (
  shard_id INTEGER NOT NULL,
  namespace_id BYTEA NOT NULL,
  workflow_id VARCHAR(255) NOT NULL,
  run_id BYTEA NOT NULL,
  initiated_id BIGINT NOT NULL,
  data BYTEA NOT NULL,
  data_encoding VARCHAR(16),
  PRIMARY KEY (shard_id, namespace_id, workflow_id, run_id, initiated_id)
);
----
refused column "run_id" of type bytea cannot be part of a key on Aurora DSQL
hint Add run_id to tables.child_execution_info_maps.binary_keys in Occam's table rules before the table is created: Occam then stores it as hex text.
====
CREATE TABLE request_cancel_info_maps (
  shard_id INTEGER NOT NULL,
  namespace_id BYTEA NOT NULL,
  workflow_id VARCHAR(255) NOT NULL,
  run_id BYTEA NOT NULL,
  initiated_id BIGINT NOT NULL,
  data BYTEA NOT NULL,
  data_encoding VARCHAR(16),
  PRIMARY KEY (shard_id, namespace_id, workflow_id, run_id, initiated_id)
);
----
refused column "run_id" of type bytea cannot be part of a key on Aurora DSQL
hint Add run_id to tables.request_cancel_info_maps.binary_keys in Occam's table rules before the table is created: Occam then stores it as hex text.
====
CREATE TABLE signal_info_maps (
  shard_id INTEGER NOT NULL,
  namespace_id BYTEA NOT NULL,
  workflow_id VARCHAR(255) NOT NULL,
  run_id BYTEA NOT NULL,
  initiated_id BIGINT NOT NULL,
  data BYTEA NOT NULL,
  data_encoding VARCHAR(16),
  PRIMARY KEY (shard_id, namespace_id, workflow_id, run_id, initiated_id)
);
----
refused column "run_id" of type bytea cannot be part of a key on Aurora DSQL
hint Add run_id to tables.signal_info_maps.binary_keys in Occam's table rules before the table is created: Occam then stores it as hex text.
====
CREATE TABLE signals_requested_sets (
  shard_id INTEGER NOT NULL,
  namespace_id BYTEA NOT NULL,
  workflow_id VARCHAR(255) NOT NULL,
  run_id BYTEA NOT NULL,
  signal_id VARCHAR(64) NOT NULL,
  PRIMARY KEY (shard_id, namespace_id, workflow_id, run_id, signal_id)
);
----
refused column "run_id" of type bytea cannot be part of a key on Aurora DSQL
hint Add run_id to tables.signals_requested_sets.binary_keys in Occam's table rules before the table is created: Occam then stores it as hex text.
====
CREATE TABLE history_node (
  shard_id       INTEGER NOT NULL,
  tree_id        BYTEA NOT NULL,
  branch_id      BYTEA NOT NULL,
  node_id        BIGINT NOT NULL,
  txn_id         BIGINT NOT NULL,
  data           BYTEA NOT NULL,
  data_encoding  VARCHAR(16) NOT NULL,
  PRIMARY KEY (shard_id, tree_id, branch_id, node_id, txn_id)
);
----
refused column "branch_id" of type bytea cannot be part of a key on Aurora DSQL
hint Add branch_id to tables.history_node.binary_keys in Occam's table rules before the table is created: Occam then stores it as hex text.
====
CREATE TABLE history_tree (
  shard_id       INTEGER NOT NULL,
  tree_id        BYTEA NOT NULL,
  branch_id      BYTEA NOT NULL,
  data           BYTEA NOT NULL,
  data_encoding  VARCHAR(16) NOT NULL,
  PRIMARY KEY (shard_id, tree_id, branch_id)
);
----
refused column "branch_id" of type bytea cannot be part of a key on Aurora DSQL
hint Add branch_id to tables.history_tree.binary_keys in Occam's table rules before the table is created: Occam then stores it as hex text.
====
CREATE TABLE queue (
  queue_type INTEGER NOT NULL,
  message_id BIGINT NOT NULL,
  message_payload BYTEA NOT NULL,
  PRIMARY KEY(queue_type, message_id)
);
----
as it is
====
CREATE TABLE queue_metadata (
  queue_type INTEGER NOT NULL,
  data BYTEA NOT NULL,
  PRIMARY KEY(queue_type)
);
----
as it is
====
CREATE TABLE cluster_metadata (
  metadata_partition        INTEGER NOT NULL,
  immutable_data            BYTEA NOT NULL,
  immutable_data_encoding   VARCHAR(16) NOT NULL,
  PRIMARY KEY(metadata_partition)
);
----
as it is
====
CREATE TABLE cluster_membership
(
    membership_partition INTEGER NOT NULL,
    host_id              BYTEA NOT NULL,
    rpc_address          VARCHAR(15) NOT NULL,
    rpc_port             SMALLINT NOT NULL,
    role                 SMALLINT NOT NULL,
    session_start        TIMESTAMP DEFAULT '1970-01-01 00:00:01+00:00',
    last_heartbeat       TIMESTAMP DEFAULT '1970-01-01 00:00:01+00:00',
    record_expiry        TIMESTAMP DEFAULT '1970-01-01 00:00:01+00:00',
    PRIMARY KEY (membership_partition, host_id)
);
----
refused column "host_id" of type bytea cannot be part of a key on Aurora DSQL
hint Add host_id to tables.cluster_membership.binary_keys in Occam's table rules before the table is created: Occam then stores it as hex text.
====
CREATE UNIQUE INDEX cm_idx_rolehost ON cluster_membership (role, host_id);
----
step CREATE UNIQUE INDEX ASYNC cm_idx_rolehost ON cluster_membership (role, host_id)
step CALL sys.wait_for_job('<job_id>')
because index_async
====
CREATE INDEX cm_idx_rolelasthb ON cluster_membership (role, last_heartbeat);
----
step CREATE INDEX ASYNC cm_idx_rolelasthb ON cluster_membership (role, last_heartbeat)
step CALL sys.wait_for_job('<job_id>')
because index_async
====
CREATE INDEX cm_idx_rpchost ON cluster_membership (rpc_address, role);
----
step CREATE INDEX ASYNC cm_idx_rpchost ON cluster_membership (rpc_address, role)
step CALL sys.wait_for_job('<job_id>')
because index_async
====
CREATE INDEX cm_idx_lasthb ON cluster_membership (last_heartbeat);
----
step CREATE INDEX ASYNC cm_idx_lasthb ON cluster_membership (last_heartbeat)
step CALL sys.wait_for_job('<job_id>')
because index_async
====
CREATE INDEX cm_idx_recordexpiry ON cluster_membership (record_expiry);
----
step CREATE INDEX ASYNC cm_idx_recordexpiry ON cluster_membership (record_expiry)
step CALL sys.wait_for_job('<job_id>')
because index_async
====
