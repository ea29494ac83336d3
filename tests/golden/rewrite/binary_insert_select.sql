# A stored column is copied as it is.
# keys runs: shard, ns, run, data; ns, run
INSERT INTO runs (shard, ns, run) SELECT 1, r.ns, o.id || '\x00' FROM runs r, other o WHERE o.id = r.run
----
INSERT INTO runs (shard, ns, run) SELECT 1, r.ns, encode(o.id || '\x00','hex') FROM runs r, other o WHERE encode(o.id,'hex') = r.run
----
change binary_key_in: o.id -> encode(o.id,'hex')
change binary_key_in: o.id || '\x00' -> encode(o.id || '\x00','hex')
statement write runs other
