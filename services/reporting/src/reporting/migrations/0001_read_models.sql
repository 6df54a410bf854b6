-- What reporting keeps: one table for each source aggregate, every row guarded by the aggregate's version, so that facts
-- may come in any order and again. No foreign keys: a visit may be heard of before its enterprise is.
-- fillfactor: rows change a few times each, and find room for it in their own page.

-- Which facts these figures are made of, one row each; the read model reconciles with the log by it, to the row.
create table heard (
    fact_id     uuid primary key,
    type        text collate "C" not null
);

-- The time of the newest fact and how often facts came, a row for each database session so that none waits for another.
create table pulse (
    session     integer primary key,
    occurred_at timestamptz not null,
    batches     bigint not null
);

create table programme (
    programme_id       uuid primary key,
    version            integer not null,
    year               integer not null,
    window_from        date not null,
    window_until       date not null,
    target_enterprises integer not null,
    minimum_visits     integer not null,
    is_synthetic       boolean not null
);

create table agency (
    agency_id    uuid primary key,
    programme_id uuid not null,
    version      integer not null,
    state        text collate "C" not null check (state in ('applied', 'qualified', 'rejected'))
);

create table manager (
    manager_id   uuid primary key,
    programme_id uuid not null,
    agency_id    uuid not null,
    version      integer not null,
    trained_on   date not null
);

create table plan (
    plan_id      uuid primary key,
    programme_id uuid not null,
    version      integer not null,
    enterprises  integer not null,
    visits       integer not null,
    unscheduled  integer not null,
    published_on date not null
);

-- An enterprise as the registry and eligibility tell of it; each of the three groups has its own version,
-- because they come by different facts, and the decision even by another topic.
create table enterprise (
    enterprise_id    uuid primary key,
    state_version    integer,
    province         text collate "C",
    district         text collate "C",
    risk             smallint,
    is_synthetic     boolean,
    closed_version   integer,
    decision_version integer,
    is_eligible      boolean,
    sector           text collate "C",
    decided_province text collate "C",
    -- a change announced after a closing means that it is open again
    is_closed boolean generated always as (closed_version is not null and closed_version > coalesce(state_version, 0)) stored
) with (fillfactor = 60);

-- A visit; its day in the plan and its outcome come by different facts, and the newer one says its state.
create table visit (
    visit_id        uuid primary key,
    programme_id    uuid not null,
    enterprise_id   uuid not null,
    ordinal         smallint not null,
    agency_id       uuid not null,
    manager_id      uuid not null,
    version         integer not null,
    planned_version integer,
    visit_on        date,
    outcome_version integer,
    outcome         text collate "C" check (outcome in ('completed', 'missed', 'cancelled')),
    outcome_on      date,
    risk_before     smallint,
    risk_after      smallint,
    hazards_found   integer,
    hazards_removed integer,
    state text collate "C" generated always as (
        case when coalesce(outcome_version, 0) > coalesce(planned_version, 0) then outcome else 'scheduled' end
    ) stored
) with (fillfactor = 60);
create index visit_enterprise on visit (enterprise_id);
create index visit_agency on visit (agency_id);

-- What an enterprise's visits come to; made from `visit` in the transaction that changes it.
create table attendance (
    programme_id    uuid not null,
    enterprise_id   uuid not null,
    scheduled       smallint not null,
    missed          smallint not null,
    cancelled       smallint not null,
    completed       smallint not null,
    completed_on    date[] not null,
    hazards_found   integer not null,
    hazards_removed integer not null,
    risk_left       smallint,
    primary key (programme_id, enterprise_id)
) with (fillfactor = 60);
