# keys runs: shard, ns, run, data; ns, run
CREATE VIEW seen AS SELECT run FROM runs
----
CREATE VIEW seen AS SELECT decode(run,'hex') AS run FROM runs
----
change binary_key_out: run -> decode(run,'hex') AS run
statement ddl seen runs
