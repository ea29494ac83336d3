SET DateStyle=ISO; SET client_min_messages=notice; SELECT set_config('bytea_output','hex',false) FROM pg_show_all_settings() WHERE name = 'bytea_output'; SET client_encoding='utf-8';
----
SET DateStyle=ISO; SET enable_tidscan TO DEFAULT; SELECT ('hex'::text) AS set_config FROM pg_show_all_settings() WHERE name = 'bytea_output'; SET client_encoding='utf-8';
----
change ignored_setting: SET client_min_messages=notice -> SET enable_tidscan TO DEFAULT
change ignored_setting: set_config('bytea_output','hex',false) -> ('hex'::text)
statement set (holds session state), sets datestyle: SET DateStyle=ISO
statement read, resets enable_tidscan
statement write
statement set (holds session state), sets client_encoding: SET client_encoding='utf-8'
