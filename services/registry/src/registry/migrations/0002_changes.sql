-- What changes in mid-year: suspensions of agencies, managers who leave, programmes with a temporary holiday.

alter table programme
    add column standing jsonb,                      -- the terms as they are now; `terms` stay as they were opened
    add column version  integer not null default 1;
update programme set standing = terms;
alter table programme alter column standing set not null;

create table suspension (
    agency_id       uuid not null references agency,
    suspended_from  date not null,
    suspended_until date,                           -- null: until it is reinstated
    reason          text not null,
    decided_on      date not null,
    reinstated_from date,
    version         integer not null,               -- the agency's, at the newest fact about this
    primary key (agency_id, suspended_from),
    check (suspended_until >= suspended_from),
    check (reinstated_from >= suspended_from)
);

alter table manager add column left_on date;        -- no visits from this day on
