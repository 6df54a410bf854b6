-- What reporting keeps: one table for each source aggregate, every row guarded by the aggregate's version, so that facts
-- may come in any order and again. No foreign keys: a visit may be heard of before its enterprise is.
-- fillfactor: rows change a few times each, and find room for it in their own page.

-- Which facts these figures are made of, one row each; the read model reconciles with the log by it, to the row.
create table heard (
    fact_id     uuid primary key,
    type        text collate "C" not null
);

-- The time of the newest fact and how often facts came, in shards by database session so that none waits for another.
create table pulse (
    shard       smallint primary key,
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
    place text collate "C" generated always as (coalesce(province, decided_province)) stored,
    -- a change announced after a closing means that it is open again
    is_closed boolean generated always as (coalesce(closed_version, 0) > coalesce(state_version, 0)) stored,
    is_target boolean generated always as (
        coalesce(is_eligible, false) and coalesce(closed_version, 0) <= coalesce(state_version, 0)
    ) stored,
    -- frequency x severity on the ministry's 3x3 scale: 6 to 9 is high
    is_high_risk boolean generated always as (coalesce(risk >= 6, false)) stored
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

-- What an enterprise's visits come to, and the cell of the country in which that counts; made from `visit` and
-- `enterprise` in the transaction that changes either.
create table attendance (
    enterprise_id   uuid not null,
    programme_id    uuid not null,
    place           text collate "C",
    sector          text collate "C",
    is_target       boolean not null,
    is_high_risk    boolean not null,
    waiting_on      date[] not null,
    missed_on       date[] not null,
    completed_on    date[] not null,
    cancelled       integer not null,
    hazards_found   integer not null,
    hazards_removed integer not null,
    risk_left       smallint,
    primary key (enterprise_id, programme_id)
) with (fillfactor = 60);

-- The counters: sums over `enterprise` and `attendance`, kept by the statements that change these, so that reading the
-- nation's progress costs a few thousand small rows, however many enterprises there are. Each is kept in shards by
-- database session: two consumers never wait for each other's counters.
create table enterprise_count (
    shard      smallint,
    place      text collate "C",
    sector     text collate "C",
    registered bigint not null,
    closed     bigint not null,
    eligible   bigint not null,
    ineligible bigint not null,
    targeted   bigint not null,
    high_risk  bigint not null,
    primary key (shard, place, sector)
) with (fillfactor = 50);

create table attendance_count (
    shard           smallint,
    programme_id    uuid,
    place           text collate "C",
    sector          text collate "C",
    is_target       boolean,
    is_high_risk    boolean,
    completed       integer,   -- visits made to each of these enterprises
    enterprises     bigint not null,
    scheduled       bigint not null,
    waiting         bigint not null,
    missed          bigint not null,
    cancelled       bigint not null,
    hazards_found   bigint not null,
    hazards_removed bigint not null,
    risk_left       bigint not null,
    primary key (shard, programme_id, place, sector, is_target, is_high_risk, completed)
) with (fillfactor = 50);

create table day_count (
    shard        smallint,
    programme_id uuid,
    day          date,
    what         text collate "C" check (what in ('waiting', 'missed', 'completed')),
    nth          integer,      -- of completed visits: which of the enterprise's it is
    amount       bigint not null,
    primary key (shard, programme_id, day, what, nth)
) with (fillfactor = 50);
