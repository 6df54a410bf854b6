-- A visit that was read back out of the log may have been said before its enterprise is heard of again: its province
-- is empty until then.
create index visit_without_province on visit (enterprise_id) where province = '';
