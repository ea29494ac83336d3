# run may be a column of other, or of the outer query's runs.
# keys runs: shard, ns, run, data; ns, run
SELECT shard FROM runs WHERE ns IN (SELECT run FROM other)
----
SELECT shard FROM runs WHERE ns IN (SELECT run FROM other)
----
refused 0A000 Occam cannot translate the column run, which may be of more than one table for Aurora DSQL
hint Binary keys are stored in another form there. Write the table's name or alias before it.
statement read runs other
