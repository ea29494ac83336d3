# What does not parse anyway is not touched.
SELECT * FORM t LOCK IN SHARE MODE
----
SELECT * FORM t LOCK IN SHARE MODE
----
not parsed
