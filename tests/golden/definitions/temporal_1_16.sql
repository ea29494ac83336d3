# Temporal's schema, version 1.16: its definitions as temporal-sql-tool sends them.
ALTER TABLE current_executions DROP COLUMN data_encoding;
----
as it is
====
ALTER TABLE current_executions ADD COLUMN data_encoding VARCHAR(16) NOT NULL DEFAULT '';
----
step ALTER TABLE current_executions ADD COLUMN data_encoding VARCHAR(16), ALTER COLUMN data_encoding SET DEFAULT '', ADD CONSTRAINT current_executions_data_encoding_filling_aad2781c CHECK (true) NOT VALID
step UPDATE current_executions SET data_encoding = ('') WHERE (<key>) > (<last>) AND (<key>) <= (<1,000 rows on>) AND (data_encoding IS NULL)
step ALTER TABLE current_executions ADD CONSTRAINT current_executions_data_encoding_not_null CHECK (data_encoding IS NOT NULL AND true) NOT VALID
step ALTER TABLE ASYNC current_executions VALIDATE CONSTRAINT current_executions_data_encoding_not_null
step CALL sys.wait_for_job('<job_id>')
step ALTER TABLE current_executions DROP CONSTRAINT current_executions_data_encoding_filling_aad2781c
because column_added_in_steps
====
