-- The picture: what the other services have said, each fact kept by itself because topics arrive in any order.
create table programme (
    programme_id          uuid primary key,
    version               bigint not null,
    window_from           date not null,
    window_until          date not null,
    minimum_visits        smallint not null,
    spacing_days          smallint not null,
    visits_a_day          smallint not null,
    training_days         date[] not null,
    holidays_added        date[] not null,
    workdays_added        date[] not null,
    reserve_share         double precision not null,
    third_visit_from_risk smallint
);

create table agency (
    agency_id     uuid primary key,
    version       bigint not null,
    programme_id  uuid not null,
    sectors       text[] not null,
    provinces     text[] not null,                     -- empty: everywhere
    latitude      double precision not null,
    longitude     double precision not null,
    qualified_on  date not null,
    licence_until date
);

create table manager (
    manager_id   uuid primary key,
    version      bigint not null,
    agency_id    uuid not null,
    programme_id uuid not null,
    latitude     double precision not null,
    longitude    double precision not null,
    visits_a_day smallint not null,
    trained_on   date not null,
    leave_days   date[] not null
);
create index manager_of_agency on manager (agency_id);

create table enterprise (
    enterprise_id      uuid primary key,
    version            bigint not null,
    province           text not null,
    latitude           double precision not null,
    longitude          double precision not null,
    risk               smallint,
    open_from          date,
    open_until         date,
    closed_weekdays    smallint not null,              -- bit 0: Monday
    preferred_weekdays smallint not null
);

create table closure (
    enterprise_id uuid primary key,
    version       bigint not null,                     -- an enterprise with a higher one is open again
    closed_on     date not null
);

create table decision (
    enterprise_id uuid primary key,
    version       bigint not null,
    is_eligible   boolean not null,
    sector        text,
    decided_on    date not null
);

-- What this service decides.
create table plan (
    plan_id      uuid primary key,
    programme_id uuid not null,
    state        text not null check (state in ('requested', 'planning', 'published', 'refused')),
    version      bigint not null default 0,
    requested_at timestamptz not null,
    requested_by text not null,
    not_before   date,
    attempt      integer not null default 0,           -- the fence: a planner publishes only as the attempt that it is
    lease_until  timestamptz,
    published_at timestamptz,
    sweep_after  xid8,                                 -- older transactions may not have seen the publication
    is_swept     boolean not null default false,
    enterprises  integer,
    visits       integer,
    unscheduled  integer,
    seconds      double precision,
    reasons      jsonb not null default '[]'
);
create unique index plan_open on plan (programme_id) where state in ('requested', 'planning');
create index plan_to_sweep on plan (published_at) where state = 'published' and not is_swept;

create table visit (
    visit_id      uuid primary key,
    programme_id  uuid not null,
    enterprise_id uuid not null,
    ordinal       smallint not null,
    agency_id     uuid not null,
    manager_id    uuid not null,
    province      text not null,
    visit_on      date not null,
    state         text not null check (state in ('scheduled', 'completed', 'missed', 'cancelled')),
    version       bigint not null,
    plan_id       uuid not null,
    reported_on   date,                                -- the day that the last report speaks of
    risk_after    smallint,
    wants_day     boolean not null default false       -- waits for another day
) with (fillfactor = 85);                              -- a report's update then touches no index
create index visit_by_day on visit (visit_on, visit_id);
create index visit_of_agency on visit (agency_id, visit_on, visit_id);
create index visit_of_manager on visit (manager_id, visit_on, visit_id);
create index visit_of_enterprise on visit (enterprise_id);
create index visit_to_book on visit (agency_id, visit_id) where wants_day;

create table unscheduled (
    plan_id       uuid not null,
    enterprise_id uuid not null,
    ordinal       smallint not null,
    reason        text not null,
    primary key (plan_id, enterprise_id, ordinal)
);

-- Reports that took effect; a report said again is told by its id and its digest.
create table report (
    visit_id    uuid not null,
    report_id   uuid not null,
    digest      bytea not null,
    received_at timestamptz not null,
    received_from text not null,
    primary key (visit_id, report_id)
);
