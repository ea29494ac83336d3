# Temporal's schema, version 1.12: its definitions as temporal-sql-tool sends them.
CREATE TABLE nexus_incoming_services (
    service_id      BYTEA NOT NULL,
    data            BYTEA NOT NULL,
    data_encoding   VARCHAR(16) NOT NULL,
    version         BIGINT NOT NULL,
    PRIMARY KEY (service_id)
);
----
refused column "service_id" of type bytea cannot be part of a key on Aurora DSQL
hint Add service_id to tables.nexus_incoming_services.binary_keys in Occam's table rules before the table is created: Occam then stores it as hex text.
====
CREATE TABLE nexus_incoming_services_partition_status (
    id      INT NOT NULL PRIMARY KEY DEFAULT 0,
    version BIGINT NOT NULL,
    CONSTRAINT only_one_row CHECK (id = 0)
);
----
as it is
====
