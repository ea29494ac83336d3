# rules config/temporal.yaml
SELECT id, data, data_encoding, version FROM nexus_endpoints WHERE id > '\x' ORDER BY id LIMIT 100
----
SELECT decode(id,'hex') AS id, data, data_encoding, version FROM nexus_endpoints WHERE id > encode('\x','hex') ORDER BY nexus_endpoints.id LIMIT 100
----
change binary_key_in: '\x' -> encode('\x','hex')
change binary_key_out: id -> decode(id,'hex') AS id
change binary_key_order: id -> nexus_endpoints.id
statement read nexus_endpoints
