-- The last day that was reported of, programme by programme: asked every second while newcomers wait, and an index on the
-- visits' own days would have to be written with every report.
create table last_report (
    programme_id uuid primary key,
    reported_on  date not null
);
insert into last_report
select programme_id, max(reported_on) from visit where reported_on is not null group by programme_id;
