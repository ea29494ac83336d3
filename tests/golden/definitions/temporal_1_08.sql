# Temporal's schema, version 1.8: its definitions as temporal-sql-tool sends them.
DROP TABLE tiered_storage_tasks;
----
as it is
====
ALTER TABLE current_executions ALTER COLUMN create_request_id TYPE VARCHAR(255);
----
step ALTER TABLE current_executions ADD COLUMN create_request_id_of_new_type character varying(255), ADD CONSTRAINT "create_request_id_retyping_<n>_3d42eeb1" CHECK (true) NOT VALID
step UPDATE current_executions SET create_request_id_of_new_type = create_request_id WHERE (<key>) > (<last>) AND (<key>) <= (<1,000 rows on>) AND (create_request_id_of_new_type IS DISTINCT FROM create_request_id)
step ALTER TABLE current_executions ADD CONSTRAINT "create_request_id_equal_<n>_3d42eeb1" CHECK (create_request_id_of_new_type IS NOT DISTINCT FROM create_request_id) NOT VALID
step UPDATE current_executions SET create_request_id_of_new_type = create_request_id WHERE (<key>) > (<last>) AND (<key>) <= (<1,000 rows on>) AND (create_request_id_of_new_type IS DISTINCT FROM create_request_id)
step ALTER TABLE current_executions DROP CONSTRAINT "create_request_id_equal_<n>_3d42eeb1", DROP CONSTRAINT "create_request_id_retyping_<n>_3d42eeb1", DROP COLUMN create_request_id, ADD CONSTRAINT "create_request_id_moved_<n>_3d42eeb1" CHECK (true) NOT VALID, ALTER COLUMN create_request_id_of_new_type DROP DEFAULT
step ALTER TABLE current_executions RENAME COLUMN create_request_id_of_new_type TO create_request_id
step ALTER TABLE current_executions DROP CONSTRAINT "create_request_id_moved_<n>_3d42eeb1"
because column_type
====
ALTER TABLE signals_requested_sets ALTER COLUMN signal_id TYPE VARCHAR(255);
----
step ALTER TABLE signals_requested_sets ADD COLUMN signal_id_of_new_type character varying(255), ADD CONSTRAINT "signal_id_retyping_<n>_0e4485d7" CHECK (true) NOT VALID
step UPDATE signals_requested_sets SET signal_id_of_new_type = signal_id WHERE (<key>) > (<last>) AND (<key>) <= (<1,000 rows on>) AND (signal_id_of_new_type IS DISTINCT FROM signal_id)
step ALTER TABLE signals_requested_sets ADD CONSTRAINT "signal_id_equal_<n>_0e4485d7" CHECK (signal_id_of_new_type IS NOT DISTINCT FROM signal_id) NOT VALID
step UPDATE signals_requested_sets SET signal_id_of_new_type = signal_id WHERE (<key>) > (<last>) AND (<key>) <= (<1,000 rows on>) AND (signal_id_of_new_type IS DISTINCT FROM signal_id)
step ALTER TABLE signals_requested_sets DROP CONSTRAINT "signal_id_equal_<n>_0e4485d7", DROP CONSTRAINT "signal_id_retyping_<n>_0e4485d7", DROP COLUMN signal_id, ADD CONSTRAINT "signal_id_moved_<n>_0e4485d7" CHECK (true) NOT VALID, ALTER COLUMN signal_id_of_new_type DROP DEFAULT
step ALTER TABLE signals_requested_sets RENAME COLUMN signal_id_of_new_type TO signal_id
step ALTER TABLE signals_requested_sets DROP CONSTRAINT "signal_id_moved_<n>_0e4485d7"
because column_type
====
