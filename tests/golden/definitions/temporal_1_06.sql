# Temporal's schema, version 1.6: its definitions as temporal-sql-tool sends them.
ALTER TABLE queue_metadata ADD version BIGINT NOT NULL DEFAULT 0;
----
step ALTER TABLE queue_metadata ADD COLUMN "version" BIGINT, ALTER COLUMN "version" SET DEFAULT 0, ADD CONSTRAINT queue_metadata_version_filling_e61c6528 CHECK (true) NOT VALID
step UPDATE queue_metadata SET "version" = (0) WHERE (<key>) > (<last>) AND (<key>) <= (<1,000 rows on>) AND ("version" IS NULL)
step ALTER TABLE queue_metadata ADD CONSTRAINT queue_metadata_version_not_null CHECK ("version" IS NOT NULL AND true) NOT VALID
step ALTER TABLE ASYNC queue_metadata VALIDATE CONSTRAINT queue_metadata_version_not_null
step CALL sys.wait_for_job('<job_id>')
step ALTER TABLE queue_metadata DROP CONSTRAINT queue_metadata_version_filling_e61c6528
because column_added_in_steps
====
