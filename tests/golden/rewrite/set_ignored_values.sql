SET standard_conforming_strings TO yes; SET bytea_output = 'HEX'; SET default_tablespace = ''; SET default_transaction_read_only = false; RESET bytea_output; SET bytea_output TO DEFAULT
----
SET enable_tidscan TO DEFAULT; SET enable_tidscan TO DEFAULT; SET enable_tidscan TO DEFAULT; SET enable_tidscan TO DEFAULT; RESET enable_tidscan; SET enable_tidscan TO DEFAULT
----
change ignored_setting: SET standard_conforming_strings TO yes -> SET enable_tidscan TO DEFAULT
change ignored_setting: SET bytea_output = 'HEX' -> SET enable_tidscan TO DEFAULT
change ignored_setting: SET default_tablespace = '' -> SET enable_tidscan TO DEFAULT
change ignored_setting: SET default_transaction_read_only = false -> SET enable_tidscan TO DEFAULT
change ignored_setting: RESET bytea_output -> RESET enable_tidscan
change ignored_setting: SET bytea_output TO DEFAULT -> SET enable_tidscan TO DEFAULT
statement read, resets enable_tidscan
statement read, resets enable_tidscan
statement read, resets enable_tidscan
statement read, resets enable_tidscan
statement read, resets enable_tidscan
statement read, resets enable_tidscan
