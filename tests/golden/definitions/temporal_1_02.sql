# Temporal's schema, version 1.2: its definitions as temporal-sql-tool sends them.
ALTER TABLE queue ADD message_encoding VARCHAR(16) NOT NULL DEFAULT 'Json';
----
step ALTER TABLE queue ADD COLUMN message_encoding VARCHAR(16), ALTER COLUMN message_encoding SET DEFAULT 'Json', ADD CONSTRAINT queue_message_encoding_filling_ffd1f823 CHECK (true) NOT VALID
step UPDATE queue SET message_encoding = ('Json') WHERE (<key>) > (<last>) AND (<key>) <= (<1,000 rows on>) AND (message_encoding IS NULL)
step ALTER TABLE queue ADD CONSTRAINT queue_message_encoding_not_null CHECK (message_encoding IS NOT NULL AND true) NOT VALID
step ALTER TABLE ASYNC queue VALIDATE CONSTRAINT queue_message_encoding_not_null
step CALL sys.wait_for_job('<job_id>')
step ALTER TABLE queue DROP CONSTRAINT queue_message_encoding_filling_ffd1f823
because column_added_in_steps
====
ALTER TABLE queue_metadata ADD data_encoding VARCHAR(16) NOT NULL DEFAULT 'Json';
----
step ALTER TABLE queue_metadata ADD COLUMN data_encoding VARCHAR(16), ALTER COLUMN data_encoding SET DEFAULT 'Json', ADD CONSTRAINT queue_metadata_data_encoding_filling_b5a08d60 CHECK (true) NOT VALID
step UPDATE queue_metadata SET data_encoding = ('Json') WHERE (<key>) > (<last>) AND (<key>) <= (<1,000 rows on>) AND (data_encoding IS NULL)
step ALTER TABLE queue_metadata ADD CONSTRAINT queue_metadata_data_encoding_not_null CHECK (data_encoding IS NOT NULL AND true) NOT VALID
step ALTER TABLE ASYNC queue_metadata VALIDATE CONSTRAINT queue_metadata_data_encoding_not_null
step CALL sys.wait_for_job('<job_id>')
step ALTER TABLE queue_metadata DROP CONSTRAINT queue_metadata_data_encoding_filling_b5a08d60
because column_added_in_steps
====
