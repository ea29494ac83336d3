# Temporal's schema, version 1.5: its definitions as temporal-sql-tool sends them.
ALTER TABLE history_node ADD prev_txn_id BIGINT NOT NULL DEFAULT 0;
----
step ALTER TABLE history_node ADD COLUMN prev_txn_id BIGINT, ALTER COLUMN prev_txn_id SET DEFAULT 0, ADD CONSTRAINT history_node_prev_txn_id_filling_5fe71cf4 CHECK (true) NOT VALID
step UPDATE history_node SET prev_txn_id = (0) WHERE (<key>) > (<last>) AND (<key>) <= (<1,000 rows on>) AND (prev_txn_id IS NULL)
step ALTER TABLE history_node ADD CONSTRAINT history_node_prev_txn_id_not_null CHECK (prev_txn_id IS NOT NULL AND true) NOT VALID
step ALTER TABLE ASYNC history_node VALIDATE CONSTRAINT history_node_prev_txn_id_not_null
step CALL sys.wait_for_job('<job_id>')
step ALTER TABLE history_node DROP CONSTRAINT history_node_prev_txn_id_filling_5fe71cf4
because column_added_in_steps
====
ALTER TABLE executions ADD db_record_version BIGINT NOT NULL DEFAULT 0;
----
step ALTER TABLE executions ADD COLUMN db_record_version BIGINT, ALTER COLUMN db_record_version SET DEFAULT 0, ADD CONSTRAINT executions_db_record_version_filling_d16ac08b CHECK (true) NOT VALID
step UPDATE executions SET db_record_version = (0) WHERE (<key>) > (<last>) AND (<key>) <= (<1,000 rows on>) AND (db_record_version IS NULL)
step ALTER TABLE executions ADD CONSTRAINT executions_db_record_version_not_null CHECK (db_record_version IS NOT NULL AND true) NOT VALID
step ALTER TABLE ASYNC executions VALIDATE CONSTRAINT executions_db_record_version_not_null
step CALL sys.wait_for_job('<job_id>')
step ALTER TABLE executions DROP CONSTRAINT executions_db_record_version_filling_d16ac08b
because column_added_in_steps
====
ALTER TABLE cluster_membership ALTER COLUMN rpc_address TYPE VARCHAR(128);
----
step ALTER TABLE cluster_membership ADD COLUMN rpc_address_of_new_type character varying(128), ADD CONSTRAINT "rpc_address_retyping_<n>_1ca92bb8" CHECK (true) NOT VALID
step UPDATE cluster_membership SET rpc_address_of_new_type = rpc_address WHERE (<key>) > (<last>) AND (<key>) <= (<1,000 rows on>) AND (rpc_address_of_new_type IS DISTINCT FROM rpc_address)
step ALTER TABLE cluster_membership ADD CONSTRAINT "rpc_address_equal_<n>_1ca92bb8" CHECK (rpc_address_of_new_type IS NOT DISTINCT FROM rpc_address) NOT VALID
step UPDATE cluster_membership SET rpc_address_of_new_type = rpc_address WHERE (<key>) > (<last>) AND (<key>) <= (<1,000 rows on>) AND (rpc_address_of_new_type IS DISTINCT FROM rpc_address)
step ALTER TABLE cluster_membership DROP CONSTRAINT "rpc_address_equal_<n>_1ca92bb8", DROP CONSTRAINT "rpc_address_retyping_<n>_1ca92bb8", DROP COLUMN rpc_address, ADD CONSTRAINT "rpc_address_moved_<n>_1ca92bb8" CHECK (true) NOT VALID, ALTER COLUMN rpc_address_of_new_type DROP DEFAULT
step ALTER TABLE cluster_membership RENAME COLUMN rpc_address_of_new_type TO rpc_address
step ALTER TABLE cluster_membership DROP CONSTRAINT "rpc_address_moved_<n>_1ca92bb8"
because column_type
====
