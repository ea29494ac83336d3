# It would be the function's result, of the whole row.
# keys runs: shard, ns, run, data; ns, run
SELECT r.row_to_json FROM runs r
----
SELECT r.row_to_json FROM runs r
----
refused 42703 column r.row_to_json does not exist
hint Occam knows the columns of a table with binary keys from `columns` in its rule.
statement read runs
