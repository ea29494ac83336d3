# A sub-select that is compared with a key gives hex; where nobody looks, * stays.
# keys runs: shard, ns, run, data; ns, run
SELECT shard FROM runs r WHERE run IN (SELECT run FROM runs WHERE ns = $1) AND ns = (SELECT o.id FROM other o WHERE o.x = r.run) AND EXISTS (SELECT * FROM runs i WHERE i.run = r.run)
----
SELECT shard FROM runs r WHERE run IN (SELECT run FROM runs WHERE ns = encode($1,'hex')) AND ns = (SELECT encode(o.id,'hex') AS id FROM other o WHERE encode(o.x,'hex') = r.run) AND EXISTS (SELECT * FROM runs i WHERE i.run = r.run)
----
change binary_key_in: $1 -> encode($1,'hex')
change binary_key_in: o.x -> encode(o.x,'hex')
change binary_key_in: o.id -> encode(o.id,'hex')
statement read runs other
