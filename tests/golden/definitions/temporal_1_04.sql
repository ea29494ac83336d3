# Temporal's schema, version 1.4: its definitions as temporal-sql-tool sends them.
ALTER TABLE cluster_metadata DROP immutable_data;
----
as it is
====
ALTER TABLE cluster_metadata DROP immutable_data_encoding;
----
as it is
====
