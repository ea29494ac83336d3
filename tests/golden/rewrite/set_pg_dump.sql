SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
SET default_tablespace = '';
SET default_table_access_method = heap;
----
SET enable_tidscan TO DEFAULT;
SET enable_tidscan TO DEFAULT;
SET enable_tidscan TO DEFAULT;
SET enable_tidscan TO DEFAULT;
SET client_encoding = 'UTF8';
SET enable_tidscan TO DEFAULT;
SELECT pg_catalog.set_config('search_path', '', false);
SET enable_tidscan TO DEFAULT;
SET enable_tidscan TO DEFAULT;
SET enable_tidscan TO DEFAULT;
SET enable_tidscan TO DEFAULT;
SET enable_tidscan TO DEFAULT;
SET enable_tidscan TO DEFAULT;
----
change ignored_setting: SET statement_timeout = 0 -> SET enable_tidscan TO DEFAULT
change ignored_setting: SET lock_timeout = 0 -> SET enable_tidscan TO DEFAULT
change ignored_setting: SET idle_in_transaction_session_timeout = 0 -> SET enable_tidscan TO DEFAULT
change ignored_setting: SET transaction_timeout = 0 -> SET enable_tidscan TO DEFAULT
change ignored_setting: SET standard_conforming_strings = on -> SET enable_tidscan TO DEFAULT
change ignored_setting: SET check_function_bodies = false -> SET enable_tidscan TO DEFAULT
change ignored_setting: SET xmloption = content -> SET enable_tidscan TO DEFAULT
change ignored_setting: SET client_min_messages = warning -> SET enable_tidscan TO DEFAULT
change ignored_setting: SET row_security = off -> SET enable_tidscan TO DEFAULT
change ignored_setting: SET default_tablespace = '' -> SET enable_tidscan TO DEFAULT
change ignored_setting: SET default_table_access_method = heap -> SET enable_tidscan TO DEFAULT
statement read, resets enable_tidscan
statement read, resets enable_tidscan
statement read, resets enable_tidscan
statement read, resets enable_tidscan
statement set (holds session state), sets client_encoding: SET client_encoding = 'UTF8'
statement read, resets enable_tidscan
statement set (holds session state), sets search_path: SELECT pg_catalog.set_config('search_path', '', false)
statement read, resets enable_tidscan
statement read, resets enable_tidscan
statement read, resets enable_tidscan
statement read, resets enable_tidscan
statement read, resets enable_tidscan
statement read, resets enable_tidscan
