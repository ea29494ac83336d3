BEGIN; SET LOCAL idle_in_transaction_session_timeout = 1; UPDATE t SET a = 1; RESET statement_timeout; COMMIT
----
BEGIN; SET LOCAL enable_tidscan TO DEFAULT; UPDATE t SET a = 1; RESET enable_tidscan; COMMIT
----
change ignored_setting: SET LOCAL idle_in_transaction_session_timeout = 1 -> SET LOCAL enable_tidscan TO DEFAULT
change ignored_setting: RESET statement_timeout -> RESET enable_tidscan
statement begin
statement read, sets locally
statement write t
statement read, resets enable_tidscan
statement commit
