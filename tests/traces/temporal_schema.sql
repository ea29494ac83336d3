-- Temporal's main schema, as its schema tool creates it (Temporal 1.31.2),
-- dumped from PostgreSQL 15.20 by tests/temporal/record_trace.
CREATE TABLE activity_info_maps (
    shard_id integer NOT NULL,
    namespace_id bytea NOT NULL,
    workflow_id character varying(255) NOT NULL,
    run_id bytea NOT NULL,
    schedule_id bigint NOT NULL,
    data bytea NOT NULL,
    data_encoding character varying(16)
);
CREATE TABLE buffered_events (
    shard_id integer NOT NULL,
    namespace_id bytea NOT NULL,
    workflow_id character varying(255) NOT NULL,
    run_id bytea NOT NULL,
    id bigint NOT NULL,
    data bytea NOT NULL,
    data_encoding character varying(16) NOT NULL
);
CREATE SEQUENCE buffered_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE buffered_events_id_seq OWNED BY buffered_events.id;
CREATE TABLE build_id_to_task_queue (
    namespace_id bytea NOT NULL,
    build_id character varying(255) NOT NULL,
    task_queue_name character varying(255) NOT NULL
);
CREATE TABLE chasm_node_maps (
    shard_id integer NOT NULL,
    namespace_id bytea NOT NULL,
    workflow_id character varying(255) NOT NULL,
    run_id bytea NOT NULL,
    chasm_path bytea NOT NULL,
    metadata bytea NOT NULL,
    metadata_encoding character varying(16),
    data bytea,
    data_encoding character varying(16)
);
CREATE TABLE child_execution_info_maps (
    shard_id integer NOT NULL,
    namespace_id bytea NOT NULL,
    workflow_id character varying(255) NOT NULL,
    run_id bytea NOT NULL,
    initiated_id bigint NOT NULL,
    data bytea NOT NULL,
    data_encoding character varying(16)
);
CREATE TABLE cluster_membership (
    membership_partition integer NOT NULL,
    host_id bytea NOT NULL,
    rpc_address character varying(128) NOT NULL,
    rpc_port smallint NOT NULL,
    role smallint NOT NULL,
    session_start timestamp without time zone DEFAULT '1970-01-01 00:00:01'::timestamp without time zone,
    last_heartbeat timestamp without time zone DEFAULT '1970-01-01 00:00:01'::timestamp without time zone,
    record_expiry timestamp without time zone DEFAULT '1970-01-01 00:00:01'::timestamp without time zone
);
CREATE TABLE cluster_metadata (
    metadata_partition integer NOT NULL,
    data bytea DEFAULT '\x'::bytea NOT NULL,
    data_encoding character varying(16) DEFAULT 'Proto3'::character varying NOT NULL,
    version bigint DEFAULT 1 NOT NULL
);
CREATE TABLE cluster_metadata_info (
    metadata_partition integer NOT NULL,
    cluster_name character varying(255) NOT NULL,
    data bytea NOT NULL,
    data_encoding character varying(16) NOT NULL,
    version bigint NOT NULL
);
CREATE TABLE current_chasm_executions (
    shard_id integer NOT NULL,
    namespace_id bytea NOT NULL,
    business_id character varying(255) NOT NULL,
    archetype_id bigint NOT NULL,
    run_id bytea NOT NULL,
    create_request_id character varying(255) NOT NULL,
    state integer NOT NULL,
    status integer NOT NULL,
    start_version bigint DEFAULT 0 NOT NULL,
    start_time timestamp without time zone,
    last_write_version bigint NOT NULL,
    data bytea,
    data_encoding character varying(16) DEFAULT ''::character varying NOT NULL
);
CREATE TABLE current_executions (
    shard_id integer NOT NULL,
    namespace_id bytea NOT NULL,
    workflow_id character varying(255) NOT NULL,
    run_id bytea NOT NULL,
    create_request_id character varying(255) NOT NULL,
    state integer NOT NULL,
    status integer NOT NULL,
    start_version bigint DEFAULT 0 NOT NULL,
    last_write_version bigint NOT NULL,
    start_time timestamp without time zone,
    data bytea,
    data_encoding character varying(16) DEFAULT ''::character varying NOT NULL
);
CREATE TABLE executions (
    shard_id integer NOT NULL,
    namespace_id bytea NOT NULL,
    workflow_id character varying(255) NOT NULL,
    run_id bytea NOT NULL,
    next_event_id bigint NOT NULL,
    last_write_version bigint NOT NULL,
    data bytea NOT NULL,
    data_encoding character varying(16) NOT NULL,
    state bytea NOT NULL,
    state_encoding character varying(16) NOT NULL,
    db_record_version bigint DEFAULT 0 NOT NULL
);
CREATE TABLE history_immediate_tasks (
    shard_id integer NOT NULL,
    category_id integer NOT NULL,
    task_id bigint NOT NULL,
    data bytea NOT NULL,
    data_encoding character varying(16) NOT NULL
);
CREATE TABLE history_node (
    shard_id integer NOT NULL,
    tree_id bytea NOT NULL,
    branch_id bytea NOT NULL,
    node_id bigint NOT NULL,
    txn_id bigint NOT NULL,
    data bytea NOT NULL,
    data_encoding character varying(16) NOT NULL,
    prev_txn_id bigint DEFAULT 0 NOT NULL
);
CREATE TABLE history_scheduled_tasks (
    shard_id integer NOT NULL,
    category_id integer NOT NULL,
    visibility_timestamp timestamp without time zone NOT NULL,
    task_id bigint NOT NULL,
    data bytea NOT NULL,
    data_encoding character varying(16) NOT NULL
);
CREATE TABLE history_tree (
    shard_id integer NOT NULL,
    tree_id bytea NOT NULL,
    branch_id bytea NOT NULL,
    data bytea NOT NULL,
    data_encoding character varying(16) NOT NULL
);
CREATE TABLE namespace_metadata (
    partition_id integer NOT NULL,
    notification_version bigint NOT NULL
);
CREATE TABLE namespaces (
    partition_id integer NOT NULL,
    id bytea NOT NULL,
    name character varying(255) NOT NULL,
    notification_version bigint NOT NULL,
    data bytea NOT NULL,
    data_encoding character varying(16) NOT NULL,
    is_global boolean NOT NULL
);
CREATE TABLE nexus_endpoints (
    id bytea NOT NULL,
    data bytea NOT NULL,
    data_encoding character varying(16) NOT NULL,
    version bigint NOT NULL
);
CREATE TABLE nexus_endpoints_partition_status (
    id integer DEFAULT 0 NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT only_one_row CHECK ((id = 0))
);
CREATE TABLE queue (
    queue_type integer NOT NULL,
    message_id bigint NOT NULL,
    message_payload bytea NOT NULL,
    message_encoding character varying(16) DEFAULT 'Json'::character varying NOT NULL
);
CREATE TABLE queue_messages (
    queue_type integer NOT NULL,
    queue_name character varying(255) NOT NULL,
    queue_partition bigint NOT NULL,
    message_id bigint NOT NULL,
    message_payload bytea NOT NULL,
    message_encoding character varying(16) NOT NULL
);
CREATE TABLE queue_metadata (
    queue_type integer NOT NULL,
    data bytea NOT NULL,
    data_encoding character varying(16) DEFAULT 'Json'::character varying NOT NULL,
    version bigint DEFAULT 0 NOT NULL
);
CREATE TABLE queues (
    queue_type integer NOT NULL,
    queue_name character varying(255) NOT NULL,
    metadata_payload bytea NOT NULL,
    metadata_encoding character varying(16) NOT NULL
);
CREATE TABLE replication_tasks (
    shard_id integer NOT NULL,
    task_id bigint NOT NULL,
    data bytea NOT NULL,
    data_encoding character varying(16) NOT NULL
);
CREATE TABLE replication_tasks_dlq (
    source_cluster_name character varying(255) NOT NULL,
    shard_id integer NOT NULL,
    task_id bigint NOT NULL,
    data bytea NOT NULL,
    data_encoding character varying(16) NOT NULL
);
CREATE TABLE request_cancel_info_maps (
    shard_id integer NOT NULL,
    namespace_id bytea NOT NULL,
    workflow_id character varying(255) NOT NULL,
    run_id bytea NOT NULL,
    initiated_id bigint NOT NULL,
    data bytea NOT NULL,
    data_encoding character varying(16)
);
CREATE TABLE schema_update_history (
    version_partition integer NOT NULL,
    year integer NOT NULL,
    month integer NOT NULL,
    update_time timestamp without time zone NOT NULL,
    description character varying(255),
    manifest_md5 character varying(64),
    new_version character varying(64),
    old_version character varying(64)
);
CREATE TABLE schema_version (
    version_partition integer NOT NULL,
    db_name character varying(255) NOT NULL,
    creation_time timestamp without time zone,
    curr_version character varying(64),
    min_compatible_version character varying(64)
);
CREATE TABLE shards (
    shard_id integer NOT NULL,
    range_id bigint NOT NULL,
    data bytea NOT NULL,
    data_encoding character varying(16) NOT NULL
);
CREATE TABLE signal_info_maps (
    shard_id integer NOT NULL,
    namespace_id bytea NOT NULL,
    workflow_id character varying(255) NOT NULL,
    run_id bytea NOT NULL,
    initiated_id bigint NOT NULL,
    data bytea NOT NULL,
    data_encoding character varying(16)
);
CREATE TABLE signals_requested_sets (
    shard_id integer NOT NULL,
    namespace_id bytea NOT NULL,
    workflow_id character varying(255) NOT NULL,
    run_id bytea NOT NULL,
    signal_id character varying(255) NOT NULL
);
CREATE TABLE task_queue_user_data (
    namespace_id bytea NOT NULL,
    task_queue_name character varying(255) NOT NULL,
    data bytea NOT NULL,
    data_encoding character varying(16) NOT NULL,
    version bigint NOT NULL
);
CREATE TABLE task_queues (
    range_hash bigint NOT NULL,
    task_queue_id bytea NOT NULL,
    range_id bigint NOT NULL,
    data bytea NOT NULL,
    data_encoding character varying(16) NOT NULL
);
CREATE TABLE task_queues_v2 (
    range_hash bigint NOT NULL,
    task_queue_id bytea NOT NULL,
    range_id bigint NOT NULL,
    data bytea NOT NULL,
    data_encoding character varying(16) NOT NULL
);
CREATE TABLE tasks (
    range_hash bigint NOT NULL,
    task_queue_id bytea NOT NULL,
    task_id bigint NOT NULL,
    data bytea NOT NULL,
    data_encoding character varying(16) NOT NULL
);
CREATE TABLE tasks_v2 (
    range_hash bigint NOT NULL,
    task_queue_id bytea NOT NULL,
    pass bigint NOT NULL,
    task_id bigint NOT NULL,
    data bytea NOT NULL,
    data_encoding character varying(16) NOT NULL
);
CREATE TABLE timer_info_maps (
    shard_id integer NOT NULL,
    namespace_id bytea NOT NULL,
    workflow_id character varying(255) NOT NULL,
    run_id bytea NOT NULL,
    timer_id character varying(255) NOT NULL,
    data bytea NOT NULL,
    data_encoding character varying(16)
);
CREATE TABLE timer_tasks (
    shard_id integer NOT NULL,
    visibility_timestamp timestamp without time zone NOT NULL,
    task_id bigint NOT NULL,
    data bytea NOT NULL,
    data_encoding character varying(16) NOT NULL
);
CREATE TABLE transfer_tasks (
    shard_id integer NOT NULL,
    task_id bigint NOT NULL,
    data bytea NOT NULL,
    data_encoding character varying(16) NOT NULL
);
CREATE TABLE visibility_tasks (
    shard_id integer NOT NULL,
    task_id bigint NOT NULL,
    data bytea NOT NULL,
    data_encoding character varying(16) NOT NULL
);
ALTER TABLE ONLY buffered_events ALTER COLUMN id SET DEFAULT nextval('buffered_events_id_seq'::regclass);
ALTER TABLE ONLY activity_info_maps
    ADD CONSTRAINT activity_info_maps_pkey PRIMARY KEY (shard_id, namespace_id, workflow_id, run_id, schedule_id);
ALTER TABLE ONLY buffered_events
    ADD CONSTRAINT buffered_events_id_key UNIQUE (id);
ALTER TABLE ONLY buffered_events
    ADD CONSTRAINT buffered_events_pkey PRIMARY KEY (shard_id, namespace_id, workflow_id, run_id, id);
ALTER TABLE ONLY build_id_to_task_queue
    ADD CONSTRAINT build_id_to_task_queue_pkey PRIMARY KEY (namespace_id, build_id, task_queue_name);
ALTER TABLE ONLY chasm_node_maps
    ADD CONSTRAINT chasm_node_maps_pkey PRIMARY KEY (shard_id, namespace_id, workflow_id, run_id, chasm_path);
ALTER TABLE ONLY child_execution_info_maps
    ADD CONSTRAINT child_execution_info_maps_pkey PRIMARY KEY (shard_id, namespace_id, workflow_id, run_id, initiated_id);
ALTER TABLE ONLY cluster_membership
    ADD CONSTRAINT cluster_membership_pkey PRIMARY KEY (membership_partition, host_id);
ALTER TABLE ONLY cluster_metadata_info
    ADD CONSTRAINT cluster_metadata_info_pkey PRIMARY KEY (metadata_partition, cluster_name);
ALTER TABLE ONLY cluster_metadata
    ADD CONSTRAINT cluster_metadata_pkey PRIMARY KEY (metadata_partition);
ALTER TABLE ONLY current_chasm_executions
    ADD CONSTRAINT current_chasm_executions_pkey PRIMARY KEY (shard_id, namespace_id, business_id, archetype_id);
ALTER TABLE ONLY current_executions
    ADD CONSTRAINT current_executions_pkey PRIMARY KEY (shard_id, namespace_id, workflow_id);
ALTER TABLE ONLY executions
    ADD CONSTRAINT executions_pkey PRIMARY KEY (shard_id, namespace_id, workflow_id, run_id);
ALTER TABLE ONLY history_immediate_tasks
    ADD CONSTRAINT history_immediate_tasks_pkey PRIMARY KEY (shard_id, category_id, task_id);
ALTER TABLE ONLY history_node
    ADD CONSTRAINT history_node_pkey PRIMARY KEY (shard_id, tree_id, branch_id, node_id, txn_id);
ALTER TABLE ONLY history_scheduled_tasks
    ADD CONSTRAINT history_scheduled_tasks_pkey PRIMARY KEY (shard_id, category_id, visibility_timestamp, task_id);
ALTER TABLE ONLY history_tree
    ADD CONSTRAINT history_tree_pkey PRIMARY KEY (shard_id, tree_id, branch_id);
ALTER TABLE ONLY namespace_metadata
    ADD CONSTRAINT namespace_metadata_pkey PRIMARY KEY (partition_id);
ALTER TABLE ONLY namespaces
    ADD CONSTRAINT namespaces_name_key UNIQUE (name);
ALTER TABLE ONLY namespaces
    ADD CONSTRAINT namespaces_pkey PRIMARY KEY (partition_id, id);
ALTER TABLE ONLY nexus_endpoints_partition_status
    ADD CONSTRAINT nexus_endpoints_partition_status_pkey PRIMARY KEY (id);
ALTER TABLE ONLY nexus_endpoints
    ADD CONSTRAINT nexus_endpoints_pkey PRIMARY KEY (id);
ALTER TABLE ONLY queue_messages
    ADD CONSTRAINT queue_messages_pkey PRIMARY KEY (queue_type, queue_name, queue_partition, message_id);
ALTER TABLE ONLY queue_metadata
    ADD CONSTRAINT queue_metadata_pkey PRIMARY KEY (queue_type);
ALTER TABLE ONLY queue
    ADD CONSTRAINT queue_pkey PRIMARY KEY (queue_type, message_id);
ALTER TABLE ONLY queues
    ADD CONSTRAINT queues_pkey PRIMARY KEY (queue_type, queue_name);
ALTER TABLE ONLY replication_tasks_dlq
    ADD CONSTRAINT replication_tasks_dlq_pkey PRIMARY KEY (source_cluster_name, shard_id, task_id);
ALTER TABLE ONLY replication_tasks
    ADD CONSTRAINT replication_tasks_pkey PRIMARY KEY (shard_id, task_id);
ALTER TABLE ONLY request_cancel_info_maps
    ADD CONSTRAINT request_cancel_info_maps_pkey PRIMARY KEY (shard_id, namespace_id, workflow_id, run_id, initiated_id);
ALTER TABLE ONLY schema_update_history
    ADD CONSTRAINT schema_update_history_pkey PRIMARY KEY (version_partition, year, month, update_time);
ALTER TABLE ONLY schema_version
    ADD CONSTRAINT schema_version_pkey PRIMARY KEY (version_partition, db_name);
ALTER TABLE ONLY shards
    ADD CONSTRAINT shards_pkey PRIMARY KEY (shard_id);
ALTER TABLE ONLY signal_info_maps
    ADD CONSTRAINT signal_info_maps_pkey PRIMARY KEY (shard_id, namespace_id, workflow_id, run_id, initiated_id);
ALTER TABLE ONLY signals_requested_sets
    ADD CONSTRAINT signals_requested_sets_pkey PRIMARY KEY (shard_id, namespace_id, workflow_id, run_id, signal_id);
ALTER TABLE ONLY task_queue_user_data
    ADD CONSTRAINT task_queue_user_data_pkey PRIMARY KEY (namespace_id, task_queue_name);
ALTER TABLE ONLY task_queues
    ADD CONSTRAINT task_queues_pkey PRIMARY KEY (range_hash, task_queue_id);
ALTER TABLE ONLY task_queues_v2
    ADD CONSTRAINT task_queues_v2_pkey PRIMARY KEY (range_hash, task_queue_id);
ALTER TABLE ONLY tasks
    ADD CONSTRAINT tasks_pkey PRIMARY KEY (range_hash, task_queue_id, task_id);
ALTER TABLE ONLY tasks_v2
    ADD CONSTRAINT tasks_v2_pkey PRIMARY KEY (range_hash, task_queue_id, pass, task_id);
ALTER TABLE ONLY timer_info_maps
    ADD CONSTRAINT timer_info_maps_pkey PRIMARY KEY (shard_id, namespace_id, workflow_id, run_id, timer_id);
ALTER TABLE ONLY timer_tasks
    ADD CONSTRAINT timer_tasks_pkey PRIMARY KEY (shard_id, visibility_timestamp, task_id);
ALTER TABLE ONLY transfer_tasks
    ADD CONSTRAINT transfer_tasks_pkey PRIMARY KEY (shard_id, task_id);
ALTER TABLE ONLY visibility_tasks
    ADD CONSTRAINT visibility_tasks_pkey PRIMARY KEY (shard_id, task_id);
CREATE INDEX cm_idx_lasthb ON cluster_membership USING btree (last_heartbeat);
CREATE INDEX cm_idx_recordexpiry ON cluster_membership USING btree (record_expiry);
CREATE UNIQUE INDEX cm_idx_rolehost ON cluster_membership USING btree (role, host_id);
CREATE INDEX cm_idx_rolelasthb ON cluster_membership USING btree (role, last_heartbeat);
CREATE INDEX cm_idx_rpchost ON cluster_membership USING btree (rpc_address, role);
INSERT INTO namespace_metadata VALUES (54321, 1);
INSERT INTO schema_update_history VALUES (0, 2026, 11, '2026-01-01 00:00:00', 'initial version', '', '0.0', '0');
INSERT INTO schema_update_history VALUES (0, 2026, 11, '2026-01-01 00:00:01', 'base version of schema', '55b84ca114ac34d84bdc5f52c198fa33', '1.0', '0.0');
INSERT INTO schema_update_history VALUES (0, 2026, 11, '2026-01-01 00:00:02', 'schema update for cluster metadata', '58f06841bbb187cb210db32a090c21ee', '1.1', '1.0');
INSERT INTO schema_update_history VALUES (0, 2026, 11, '2026-01-01 00:00:03', 'schema update for RPC replication', 'c6bdeea21882e2625038927a84929b16', '1.2', '1.1');
INSERT INTO schema_update_history VALUES (0, 2026, 11, '2026-01-01 00:00:04', 'schema update for kafka deprecation', '3beee7d470421674194475f94b58d89b', '1.3', '1.2');
INSERT INTO schema_update_history VALUES (0, 2026, 11, '2026-01-01 00:00:05', 'schema update for cluster metadata cleanup', 'c53e2e9cea5660c8a1f3b2ac73cdb138', '1.4', '1.3');
INSERT INTO schema_update_history VALUES (0, 2026, 11, '2026-01-01 00:00:06', 'schema update for cluster_membership, executions and history_node tables', 'bfb307ba10ac0fdec83e0065dc5ffee4', '1.5', '1.4');
INSERT INTO schema_update_history VALUES (0, 2026, 11, '2026-01-01 00:00:07', 'schema update for queue_metadata', '978e1a6500d377ba91c6e37e5275a59b', '1.6', '1.5');
INSERT INTO schema_update_history VALUES (0, 2026, 11, '2026-01-01 00:00:08', 'create cluster metadata info table to store cluster information and executions to store tiered storage queue', '366b8b49d6701a6a09778e51ad1682ed', '1.7', '1.6');
INSERT INTO schema_update_history VALUES (0, 2026, 11, '2026-01-01 00:00:09', 'drop unused tasks table; Expand VARCHAR columns governed by maxIDLength to VARCHAR(255)', '229846b5beb0b96f49e7a3c5fde09fa7', '1.8', '1.7');
INSERT INTO schema_update_history VALUES (0, 2026, 11, '2026-01-01 00:00:10', 'add history tasks table', 'b62e4e5826967e152e00b75da42d12ea', '1.9', '1.8');
INSERT INTO schema_update_history VALUES (0, 2026, 11, '2026-01-01 00:00:11', 'add storage for update records and create task_queue_user_data table', '2b0c361b0d4ab7cf09ead5566f0db520', '1.10', '1.9');
INSERT INTO schema_update_history VALUES (0, 2026, 11, '2026-01-01 00:00:12', 'add queues and queue_messages tables', '790ad04897813446f2953f5bd174ad9e', '1.11', '1.10');
INSERT INTO schema_update_history VALUES (0, 2026, 11, '2026-01-01 00:00:13', 'add storage for Nexus incoming service records and create nexus_incoming_services and nexus_incoming_services_partition_status tables', '9b5f3ec29f85d5feb0bdfcf234e1d781', '1.12', '1.11');
INSERT INTO schema_update_history VALUES (0, 2026, 11, '2026-01-01 00:00:14', 'Replace nexus_incoming_services and nexus_incoming_services_partition_status tables with nexus_endpoints and nexus_endpoints_partition_status tables', '98943ae8910b30d83337bdb22c42abc8', '1.13', '1.12');
INSERT INTO schema_update_history VALUES (0, 2026, 11, '2026-01-01 00:00:15', 'Add new start_time column', '73c44a9c2f03f5f55cf02aab0da41ec3', '1.14', '1.13');
INSERT INTO schema_update_history VALUES (0, 2026, 11, '2026-01-01 00:00:16', 'Add new column `data` to current_executions table', '93e0f49ed5dd9cfa4d45b70e7bac6999', '1.15', '1.14');
INSERT INTO schema_update_history VALUES (0, 2026, 11, '2026-01-01 00:00:17', 'Fix data_encoding column in current_executions table', '476336154fc93f6df4e69eb47979c991', '1.16', '1.15');
INSERT INTO schema_update_history VALUES (0, 2026, 11, '2026-01-01 00:00:18', 'Add new chasm_node_maps table', '86b90742573de5574e618fb3bd6ae804', '1.17', '1.16');
INSERT INTO schema_update_history VALUES (0, 2026, 11, '2026-01-01 00:00:19', 'Adds tasks_v2 table for fairness tasks', 'ebe4dee3a157b26d2c4a1af88794586b', '1.18', '1.17');
INSERT INTO schema_update_history VALUES (0, 2026, 11, '2026-01-01 00:00:20', 'Adds current_chasm_executions table for separate archetype ID space', 'd9c60010018eec6041d5cc1941732ca8', '1.19', '1.18');
INSERT INTO schema_version VALUES (0, 'temporal', '2026-01-01 00:00:21', '1.19', '1.0');
SELECT pg_catalog.setval('buffered_events_id_seq', 1, false);
