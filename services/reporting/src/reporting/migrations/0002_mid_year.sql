-- What changes in mid-year. Each row, and in `suspension` each of its two halves, is guarded by the aggregate's version,
-- and stands beside the tables of agencies and managers, because facts may come in any order.

create table suspension (
    agency_id          uuid primary key,
    programme_id       uuid not null,
    suspended_version  integer,
    suspended_from     date,
    suspended_until    date,
    reinstated_version integer,
    reinstated_from    date
);

create table departure (
    manager_id   uuid primary key,
    programme_id uuid not null,
    version      integer not null,
    left_on      date not null
);
