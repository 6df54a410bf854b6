-- Who takes part: programmes, agencies, managers, enterprises; and what every import came to.
-- In every table `version` counts the facts said about a row: it is the `ce_sequence` of the newest one, 0 when none was said.

create table programme (
    programme_id uuid primary key,
    terms        jsonb not null,                    -- as it was opened: nothing of it changes afterwards
    opened_at    timestamptz not null
);

create table agency (
    agency_id       uuid primary key,
    programme_id    uuid not null references programme,
    name            text not null,
    business_number text not null,
    sectors         text[] not null,
    provinces       text[] not null,                -- where it works; empty: everywhere
    province        text,                           -- where it sits
    address         text,
    latitude        double precision not null,
    longitude       double precision not null,
    applied_on      date not null,
    licence_until   date,
    is_synthetic    boolean not null,
    status          text not null check (status in ('applied', 'qualified', 'rejected')),
    version         integer not null,
    unique (programme_id, business_number)
);

create table inspection (
    agency_id    uuid not null references agency,
    inspected_on date not null,
    points       jsonb not null,                    -- by criterion
    score        double precision not null,
    is_passed    boolean not null,
    primary key (agency_id, inspected_on)
);

create table manager (                              -- the only table with personal data: nothing of it is announced
    manager_id   uuid primary key,
    agency_id    uuid not null references agency,
    name         text not null,
    phone        text,
    mail         text,
    latitude     double precision not null,
    longitude    double precision not null,
    visits_a_day integer not null,
    leave_days   date[] not null,
    is_synthetic boolean not null,
    trained_on   date,
    version      integer not null
);
create index manager_of_agency on manager (agency_id, manager_id);

create table attendance (
    manager_id  uuid not null references manager,
    day         date not null,
    is_attended boolean not null,
    primary key (manager_id, day)
);

create table enterprise (
    enterprise_id        uuid primary key,
    name                 text not null,
    business_number      text not null,             -- ten digits, or the six that the pension service publishes
    address              text not null,
    industry_code        text not null,
    industry_code_system text not null,
    headcount            integer,
    contract_value_won   bigint,
    province             text not null,
    district             text not null,
    latitude             double precision not null,
    longitude            double precision not null,
    is_placed            boolean not null,          -- the coordinates were not given, but spread over the district
    risk                 smallint,
    open_from            date,
    open_until           date,
    closed_weekdays      text not null,             -- mon|tue
    preferred_weekdays   text not null,
    is_synthetic         boolean not null,
    version              integer not null,
    is_closed            boolean not null,
    template_digest      bytea,                     -- of the row as each source last gave it: what is the same again
    pension_digest       bytea                      -- needs no second look
);
create index enterprise_of_province on enterprise (province, enterprise_id);

create table import (
    import_id       uuid primary key,
    kind            text not null,
    form            text not null,                  -- which header it had
    encoding        text not null,
    header          text[] not null,
    ignored_columns text[] not null,
    is_dry_run      boolean not null,
    started_by      text not null,
    started_at      timestamptz not null,
    moved_at        timestamptz not null,
    finished_at     timestamptz,
    is_interrupted  boolean not null default false,
    bytes_expected  bigint,
    bytes_read      bigint not null default 0,
    rows_read       bigint not null default 0,
    rows_refused    bigint not null default 0,
    outcomes        jsonb not null default '{}'     -- registered, changed, closed, unchanged, ...
);
create index import_by_start on import (started_at desc);

create table refused_row (
    import_id  uuid not null references import on delete cascade,
    row_number bigint not null,
    columns    text not null,                       -- the cells that are wrong, name|name
    reason_ko  text not null,
    reason_en  text not null,
    raw        text not null,
    primary key (import_id, row_number)
);
