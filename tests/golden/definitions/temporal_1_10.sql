# Temporal's schema, version 1.10: its definitions as temporal-sql-tool sends them.
CREATE TABLE task_queue_user_data (
  namespace_id    BYTEA NOT NULL,
  task_queue_name VARCHAR(255) NOT NULL,
  data            BYTEA NOT NULL,
  data_encoding   VARCHAR(16) NOT NULL,
  version         BIGINT NOT NULL,
  PRIMARY KEY (namespace_id, task_queue_name)
);
----
CREATE TABLE task_queue_user_data (
  namespace_id    text NOT NULL,
  task_queue_name VARCHAR(255) NOT NULL,
  data            BYTEA NOT NULL,
  data_encoding   VARCHAR(16) NOT NULL,
  version         BIGINT NOT NULL,
  PRIMARY KEY (namespace_id, task_queue_name)
);
because binary_key_type
====
CREATE TABLE build_id_to_task_queue (
  namespace_id    BYTEA NOT NULL,
  build_id        VARCHAR(255) NOT NULL,
  task_queue_name VARCHAR(255) NOT NULL,
  PRIMARY KEY (namespace_id, build_id, task_queue_name)
);
----
CREATE TABLE build_id_to_task_queue (
  namespace_id    text NOT NULL,
  build_id        VARCHAR(255) NOT NULL,
  task_queue_name VARCHAR(255) NOT NULL,
  PRIMARY KEY (namespace_id, build_id, task_queue_name)
);
because binary_key_type
====
