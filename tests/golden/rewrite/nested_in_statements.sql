PREPARE p AS SELECT * FROM t FOR SHARE; DECLARE c CURSOR FOR SELECT * FROM t FOR SHARE; EXPLAIN SELECT * FROM t FOR SHARE; COPY (SELECT * FROM t FOR SHARE) TO STDOUT; CREATE TABLE n AS SELECT * FROM t FOR SHARE
----
PREPARE p AS SELECT * FROM t FOR UPDATE; DECLARE c CURSOR FOR SELECT * FROM t FOR UPDATE; EXPLAIN SELECT * FROM t FOR UPDATE; COPY (SELECT * FROM t FOR UPDATE) TO STDOUT; CREATE TABLE n AS SELECT * FROM t FOR UPDATE
----
change for_share: FOR SHARE -> FOR UPDATE
change for_share: FOR SHARE -> FOR UPDATE
change for_share: FOR SHARE -> FOR UPDATE
change for_share: FOR SHARE -> FOR UPDATE
change for_share: FOR SHARE -> FOR UPDATE
statement sql_prepare p t (locks) (holds session state)
statement cursor t (locks)
statement read t (locks)
statement copy t (locks)
statement ddl t n (locks)
