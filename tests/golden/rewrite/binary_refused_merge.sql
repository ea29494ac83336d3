# keys runs: shard, ns, run, data; ns, run
MERGE INTO runs USING other ON runs.run = other.id WHEN MATCHED THEN DELETE
----
MERGE INTO runs USING other ON runs.run = other.id WHEN MATCHED THEN DELETE
----
refused 0A000 Occam cannot translate a statement of this kind that names runs for Aurora DSQL
hint Binary keys are stored in another form there. SELECT, INSERT, UPDATE and DELETE are translated.
statement write runs other
