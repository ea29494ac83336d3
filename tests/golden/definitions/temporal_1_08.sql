# Temporal's schema, version 1.8: its definitions as temporal-sql-tool sends them.
DROP TABLE tiered_storage_tasks;
----
as it is
====
ALTER TABLE current_executions ALTER COLUMN create_request_id TYPE VARCHAR(255);
----
step ALTER TABLE current_executions ADD COLUMN create_request_id_of_new_type VARCHAR(255)
step UPDATE current_executions SET create_request_id_of_new_type = create_request_id WHERE (<key>) > (<last>) AND (<key>) <= (<1,000 rows on>) AND (create_request_id_of_new_type IS DISTINCT FROM CAST(create_request_id AS VARCHAR(255)))
step ALTER TABLE current_executions RENAME COLUMN create_request_id TO create_request_id_of_old_type
step UPDATE current_executions SET create_request_id_of_new_type = create_request_id_of_old_type WHERE (<key>) > (<last>) AND (<key>) <= (<1,000 rows on>) AND (create_request_id_of_new_type IS DISTINCT FROM CAST(create_request_id_of_old_type AS VARCHAR(255)))
step ALTER TABLE current_executions DROP COLUMN create_request_id_of_old_type
step ALTER TABLE current_executions RENAME COLUMN create_request_id_of_new_type TO create_request_id
because column_type
====
ALTER TABLE signals_requested_sets ALTER COLUMN signal_id TYPE VARCHAR(255);
----
step ALTER TABLE signals_requested_sets ADD COLUMN signal_id_of_new_type VARCHAR(255)
step UPDATE signals_requested_sets SET signal_id_of_new_type = signal_id WHERE (<key>) > (<last>) AND (<key>) <= (<1,000 rows on>) AND (signal_id_of_new_type IS DISTINCT FROM CAST(signal_id AS VARCHAR(255)))
step ALTER TABLE signals_requested_sets RENAME COLUMN signal_id TO signal_id_of_old_type
step UPDATE signals_requested_sets SET signal_id_of_new_type = signal_id_of_old_type WHERE (<key>) > (<last>) AND (<key>) <= (<1,000 rows on>) AND (signal_id_of_new_type IS DISTINCT FROM CAST(signal_id_of_old_type AS VARCHAR(255)))
step ALTER TABLE signals_requested_sets DROP COLUMN signal_id_of_old_type
step ALTER TABLE signals_requested_sets RENAME COLUMN signal_id_of_new_type TO signal_id
because column_type
====
