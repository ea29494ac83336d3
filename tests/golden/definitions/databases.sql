# The client's databases are schemas of Aurora DSQL's one database.
CREATE DATABASE temporal
----
step CREATE SCHEMA temporal
because database
====
CREATE DATABASE "Mixed ""Case"
----
step CREATE SCHEMA "Mixed ""Case"
because database
====
create database if_not /* here */ ;
----
step CREATE SCHEMA if_not
because database
====
CREATE DATABASE x WITH OWNER = y TEMPLATE = template0 ENCODING = 'UTF8' LOCALE_PROVIDER = libc LC_COLLATE = 'C' LC_CTYPE = 'C.UTF-8' TABLESPACE = pg_default CONNECTION LIMIT = -1 IS_TEMPLATE = False
----
step CREATE SCHEMA x
because database
====
CREATE DATABASE x ENCODING 6 STRATEGY = wal_log ALLOW_CONNECTIONS true
----
step CREATE SCHEMA x
because database
====
CREATE DATABASE x ENCODING 'LATIN1'
----
refused CREATE DATABASE with encoding is not supported by Aurora DSQL
hint A database is a schema there, in UTF8 and the C collation. Leave the option out.
====
CREATE DATABASE x CONNECTION LIMIT 0
----
refused CREATE DATABASE with connection_limit is not supported by Aurora DSQL
hint A database is a schema there, in UTF8 and the C collation. Leave the option out.
====
CREATE DATABASE x TEMPLATE y
----
refused CREATE DATABASE with template is not supported by Aurora DSQL
hint A database is a schema there, in UTF8 and the C collation. Leave the option out.
====
CREATE DATABASE x LOCALE 'de_DE.UTF-8'
----
refused CREATE DATABASE with locale is not supported by Aurora DSQL
hint A database is a schema there, in UTF8 and the C collation. Leave the option out.
====
CREATE DATABASE "$user"
----
refused a database cannot be called $user on Aurora DSQL
hint Take another name.
====
CREATE DATABASE postgres
----
refused database "postgres" already exists
hint It is Aurora DSQL's own. Take another name, or connect to database postgres.
====
CREATE DATABASE x; SELECT 1
----
refused this definition takes several steps on Aurora DSQL and must stand alone
hint Send it as a statement of its own, outside a transaction.
====
DROP DATABASE temporal
----
step SELECT 1 FROM pg_catalog.pg_settings WHERE name = 'search_path' AND reset_val = '"temporal"'
step DROP SCHEMA temporal CASCADE
because database
====
DROP DATABASE IF EXISTS "Mixed ""Case" WITH (FORCE)
----
step SELECT 1 FROM pg_catalog.pg_settings WHERE name = 'search_path' AND reset_val = '"Mixed ""Case"'
step DROP SCHEMA IF EXISTS "Mixed ""Case" CASCADE
because database
====
DROP DATABASE postgres
----
refused database "postgres" is Aurora DSQL's own
hint Drop the tables in it instead.
====
DROP DATABASE pg_catalog
----
refused database "pg_catalog" is Aurora DSQL's own
hint Drop the tables in it instead.
====
ALTER DATABASE x SET statement_timeout = 1
----
refused ALTER DATABASE is not supported by Aurora DSQL
hint Set it for the session, or for a role.
====
ALTER DATABASE x OWNER TO y
----
refused changing database "x" is not supported by Aurora DSQL
hint A database is a schema there. Leave the statement out; rights are granted by GRANT ... ON SCHEMA x.
====
ALTER DATABASE x RENAME TO y
----
refused changing database "x" is not supported by Aurora DSQL
hint A database is a schema there. Leave the statement out; rights are granted by GRANT ... ON SCHEMA x.
====
GRANT ALL ON DATABASE x TO y
----
refused changing database "x" is not supported by Aurora DSQL
hint A database is a schema there. Leave the statement out; rights are granted by GRANT ... ON SCHEMA x.
====
COMMENT ON DATABASE x IS 'y'
----
refused changing database "x" is not supported by Aurora DSQL
hint A database is a schema there. Leave the statement out; rights are granted by GRANT ... ON SCHEMA x.
====
GRANT ALL ON DATABASE postgres TO y
----
as it is
====
select table_name from information_schema.tables where table_schema='public'
----
select table_name from information_schema.tables where table_schema=current_schema()
because current_schema
====
SELECT 1 FROM information_schema.columns c WHERE c.table_schema = 'public' AND table_name = 'public'
----
SELECT 1 FROM information_schema.columns c WHERE c.table_schema = current_schema() AND table_name = 'public'
because current_schema
====
SELECT tablename FROM pg_tables WHERE 'public' = schemaname
----
SELECT tablename FROM pg_tables WHERE current_schema() = schemaname
because current_schema
====
SELECT 1 FROM pg_catalog.pg_indexes WHERE schemaname IN ('x', 'public')
----
SELECT 1 FROM pg_catalog.pg_indexes WHERE schemaname IN ('x', current_schema())
because current_schema
====
SELECT 1 FROM pg_tables WHERE schemaname NOT IN ('public'::name) AND schemaname <> 'public'::text
----
SELECT 1 FROM pg_tables WHERE schemaname NOT IN (current_schema()::name) AND schemaname <> current_schema()::text
because current_schema
because current_schema
====
SELECT 1 FROM information_schema.tables WHERE table_schema = $1
----
as it is
====
SELECT 1 FROM mine WHERE schemaname = 'public'
----
as it is
====
SELECT 1 FROM pg_tables WHERE tablename = 'public' OR schemaname < 'public'
----
as it is
====
SELECT 'public' FROM pg_tables WHERE schemaname = 'x'
----
as it is
====
