CREATE POLICY p ON t FOR UPDATE USING (true)
----
CREATE POLICY p ON t FOR UPDATE USING (true)
----
statement ddl t
