SET standard_conforming_strings = off
----
SET standard_conforming_strings = off
----
refused 0A000 setting configuration parameter "standard_conforming_strings" not supported
hint Aurora DSQL does not let a session set it. These values make no difference and may be asked for: 'on' (rewriter.ignored_settings).
statement set (holds session state), sets standard_conforming_strings: SET standard_conforming_strings = off
