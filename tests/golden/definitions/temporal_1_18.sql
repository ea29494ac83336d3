# Temporal's schema, version 1.18: its definitions as temporal-sql-tool sends them.
CREATE TABLE tasks_v2 (
  range_hash BIGINT NOT NULL,
  task_queue_id BYTEA NOT NULL,
  pass BIGINT NOT NULL,
  task_id BIGINT NOT NULL,
  data BYTEA NOT NULL,
  data_encoding VARCHAR(16) NOT NULL,
  PRIMARY KEY (range_hash, task_queue_id, pass, task_id)
);
----
refused column "task_queue_id" of type bytea cannot be part of a key on Aurora DSQL
hint Add task_queue_id to tables.tasks_v2.binary_keys in Occam's table rules before the table is created: Occam then stores it as hex text.
====
CREATE TABLE task_queues_v2 (
  range_hash BIGINT NOT NULL,
  task_queue_id BYTEA NOT NULL,
  range_id BIGINT NOT NULL,
  data BYTEA NOT NULL,
  data_encoding VARCHAR(16) NOT NULL,
  PRIMARY KEY (range_hash, task_queue_id)
);
----
refused column "task_queue_id" of type bytea cannot be part of a key on Aurora DSQL
hint Add task_queue_id to tables.task_queues_v2.binary_keys in Occam's table rules before the table is created: Occam then stores it as hex text.
====
