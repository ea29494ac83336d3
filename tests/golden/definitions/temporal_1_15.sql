# Temporal's schema, version 1.15: its definitions as temporal-sql-tool sends them.
ALTER TABLE current_executions
  ADD COLUMN data BYTEA NULL,
  ADD COLUMN data_encoding VARCHAR(16) NULL;
----
as it is
====
