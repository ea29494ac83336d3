# Temporal's schema, version 1.13: its definitions as temporal-sql-tool sends them.
DROP TABLE nexus_incoming_services;
----
as it is
====
DROP TABLE nexus_incoming_services_partition_status;
----
as it is
====
CREATE TABLE nexus_endpoints (
    id            BYTEA NOT NULL,
    data          BYTEA NOT NULL,
    data_encoding VARCHAR(16) NOT NULL,
    version       BIGINT NOT NULL,
    PRIMARY KEY (id)
);
----
CREATE TABLE nexus_endpoints (
    id            text NOT NULL,
    data          BYTEA NOT NULL,
    data_encoding VARCHAR(16) NOT NULL,
    version       BIGINT NOT NULL,
    PRIMARY KEY (id)
);
because binary_key_type
====
CREATE TABLE nexus_endpoints_partition_status (
    id      INT NOT NULL PRIMARY KEY DEFAULT 0,
    version BIGINT NOT NULL,
    CONSTRAINT only_one_row CHECK (id = 0)
);
----
as it is
====
