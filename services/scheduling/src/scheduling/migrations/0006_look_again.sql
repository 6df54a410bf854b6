-- Managers and enterprises of whom something was heard that may forbid visits. Visits that are being given their days at
-- that moment cannot be seen yet: they are looked at once nobody gives out days. Rows are only added and taken out, so
-- that whoever hears a fact waits for nobody.
create table look_again (id uuid not null);
