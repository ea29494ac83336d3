BEGIN; START TRANSACTION READ ONLY; COMMIT; END; COMMIT AND CHAIN; ROLLBACK; ABORT; PREPARE TRANSACTION 'x'; COMMIT PREPARED 'x'; ROLLBACK PREPARED 'x'
----
BEGIN; START TRANSACTION READ ONLY; COMMIT; END; COMMIT AND CHAIN; ROLLBACK; ABORT; PREPARE TRANSACTION 'x'; COMMIT PREPARED 'x'; ROLLBACK PREPARED 'x'
----
statement begin
statement begin
statement commit
statement commit
statement commit
statement rollback
statement rollback
statement prepared_transaction
statement prepared_transaction
statement prepared_transaction
