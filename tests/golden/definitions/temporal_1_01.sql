# Temporal's schema, version 1.1: its definitions as temporal-sql-tool sends them.
ALTER TABLE cluster_metadata ADD data BYTEA NOT NULL DEFAULT '';
----
step ALTER TABLE cluster_metadata ADD COLUMN "data" BYTEA, ALTER COLUMN "data" SET DEFAULT '', ADD CONSTRAINT cluster_metadata_data_filling_a0bee47c CHECK (true) NOT VALID
step UPDATE cluster_metadata SET "data" = ('') WHERE (<key>) > (<last>) AND (<key>) <= (<1,000 rows on>) AND ("data" IS NULL)
step ALTER TABLE cluster_metadata ADD CONSTRAINT cluster_metadata_data_not_null CHECK ("data" IS NOT NULL AND true) NOT VALID
step ALTER TABLE ASYNC cluster_metadata VALIDATE CONSTRAINT cluster_metadata_data_not_null
step CALL sys.wait_for_job('<job_id>')
step ALTER TABLE cluster_metadata DROP CONSTRAINT cluster_metadata_data_filling_a0bee47c
because column_added_in_steps
====
ALTER TABLE cluster_metadata ADD data_encoding VARCHAR(16) NOT NULL DEFAULT 'Proto3';
----
step ALTER TABLE cluster_metadata ADD COLUMN data_encoding VARCHAR(16), ALTER COLUMN data_encoding SET DEFAULT 'Proto3', ADD CONSTRAINT cluster_metadata_data_encoding_filling_8f98936a CHECK (true) NOT VALID
step UPDATE cluster_metadata SET data_encoding = ('Proto3') WHERE (<key>) > (<last>) AND (<key>) <= (<1,000 rows on>) AND (data_encoding IS NULL)
step ALTER TABLE cluster_metadata ADD CONSTRAINT cluster_metadata_data_encoding_not_null CHECK (data_encoding IS NOT NULL AND true) NOT VALID
step ALTER TABLE ASYNC cluster_metadata VALIDATE CONSTRAINT cluster_metadata_data_encoding_not_null
step CALL sys.wait_for_job('<job_id>')
step ALTER TABLE cluster_metadata DROP CONSTRAINT cluster_metadata_data_encoding_filling_8f98936a
because column_added_in_steps
====
ALTER TABLE cluster_metadata ADD version BIGINT NOT NULL DEFAULT 1;
----
step ALTER TABLE cluster_metadata ADD COLUMN "version" BIGINT, ALTER COLUMN "version" SET DEFAULT 1, ADD CONSTRAINT cluster_metadata_version_filling_d79767d0 CHECK (true) NOT VALID
step UPDATE cluster_metadata SET "version" = (1) WHERE (<key>) > (<last>) AND (<key>) <= (<1,000 rows on>) AND ("version" IS NULL)
step ALTER TABLE cluster_metadata ADD CONSTRAINT cluster_metadata_version_not_null CHECK ("version" IS NOT NULL AND true) NOT VALID
step ALTER TABLE ASYNC cluster_metadata VALIDATE CONSTRAINT cluster_metadata_version_not_null
step CALL sys.wait_for_job('<job_id>')
step ALTER TABLE cluster_metadata DROP CONSTRAINT cluster_metadata_version_filling_d79767d0
because column_added_in_steps
====
