# Temporal's schema, version 1.12: its definitions as temporal-sql-tool sends them.
CREATE TABLE nexus_incoming_services (
    service_id      BYTEA NOT NULL,
    data            BYTEA NOT NULL,
    data_encoding   VARCHAR(16) NOT NULL,
    version         BIGINT NOT NULL,
    PRIMARY KEY (service_id)
);
----
CREATE TABLE nexus_incoming_services (
    service_id      text NOT NULL,
    data            BYTEA NOT NULL,
    data_encoding   VARCHAR(16) NOT NULL,
    version         BIGINT NOT NULL,
    PRIMARY KEY (service_id)
);
because binary_key_type
====
CREATE TABLE nexus_incoming_services_partition_status (
    id      INT NOT NULL PRIMARY KEY DEFAULT 0,
    version BIGINT NOT NULL,
    CONSTRAINT only_one_row CHECK (id = 0)
);
----
as it is
====
