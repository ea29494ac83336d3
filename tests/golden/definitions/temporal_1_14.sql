# Temporal's schema, version 1.14: its definitions as temporal-sql-tool sends them.
ALTER TABLE current_executions ADD COLUMN start_time TIMESTAMP NULL;
----
as it is
====
