  select	1 ;;
 -- end
;
----
  select	1 ;;
 -- end
;
----
statement read
