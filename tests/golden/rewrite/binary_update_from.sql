# keys runs: shard, ns, run, data; ns, run
UPDATE runs SET ns = o.id FROM other o WHERE o.id = run
----
UPDATE runs SET ns = encode(o.id,'hex') FROM other o WHERE encode(o.id,'hex') = run
----
change binary_key_in: o.id -> encode(o.id,'hex')
statement write runs other
