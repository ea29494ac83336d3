set /* a */ session Lock_Timeout to '5s' -- b
----
SET enable_tidscan TO DEFAULT -- b
----
change ignored_setting: set /* a */ session Lock_Timeout to '5s' -> SET enable_tidscan TO DEFAULT
statement read, resets enable_tidscan
