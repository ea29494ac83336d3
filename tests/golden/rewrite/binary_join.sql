# keys runs: shard, ns, run, data; ns, run
SELECT a.run, b.id FROM runs a JOIN runs c ON a.run = c.run JOIN other b ON b.id = a.run AND c.ns = $1
----
SELECT decode(a.run,'hex') AS run, b.id FROM runs a JOIN runs c ON a.run = c.run JOIN other b ON encode(b.id,'hex') = a.run AND c.ns = encode($1,'hex')
----
change binary_key_in: b.id -> encode(b.id,'hex')
change binary_key_in: $1 -> encode($1,'hex')
change binary_key_out: a.run -> decode(a.run,'hex') AS run
statement read runs other
