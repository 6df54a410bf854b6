-- Changes in mid-year: each fact is kept by itself, because it may arrive before what it changes.
create table suspension (
    agency_id       uuid primary key,
    version         bigint not null,
    suspended_from  date not null,
    suspended_until date                               -- null: until it is reinstated
);

create table reinstatement (
    agency_id       uuid primary key,
    version         bigint not null,                   -- ends the suspension with a lower one
    reinstated_from date not null
);

create table departure (
    manager_id uuid primary key,
    version    bigint not null,                        -- a manager with a higher one is back
    left_on    date not null
);

create view agency_now as
    select a.*, s.suspended_from, least(s.suspended_until, r.reinstated_from - 1) as suspended_until
    from agency a
    left join suspension s on s.agency_id = a.agency_id
    left join reinstatement r on r.agency_id = a.agency_id and r.version > s.version;

create view manager_now as
    select m.*, d.left_on
    from manager m left join departure d on d.manager_id = m.manager_id and d.version > m.version;

-- A request waits beside the plan that is being computed, for that one's picture may be older. Asked for in the
-- same terms it is the same request.
alter table plan
    add is_preview   boolean not null default false,
    add most_moved   integer,
    add most_dropped integer,
    add difference   jsonb,
    drop constraint plan_state_check,
    add constraint plan_state_check check (state in ('requested', 'planning', 'published', 'previewed', 'refused'));
drop index plan_open;
create unique index plan_requested on plan (programme_id, is_preview, not_before, most_moved, most_dropped)
    nulls not distinct where state = 'requested';
create unique index plan_in_work on plan (programme_id) where state = 'planning';

alter table visit add is_pinned boolean not null default false;

-- What agencies and sites ask for: carried out by the next plan.
create table wish (
    wish_id       uuid primary key,
    programme_id  uuid not null,
    kind          text not null check (kind in ('hand_back', 'another_day')),
    enterprise_id uuid not null,
    visit_id      uuid,                                -- another day: of which visit
    agency_id     uuid not null,                       -- whose visits they were when it was asked
    manager_id    uuid,                                -- another day: whose visit it was
    province      text not null,
    days          date[] not null default '{}',        -- another day: the days that would do
    said          text not null default '',            -- the reason in the asker's words
    digest        bytea not null,                      -- tells whether the same id asks for the same
    asked_at      timestamptz not null,
    asked_by      text not null,
    state         text not null default 'waiting' check (state in ('waiting', 'done', 'refused')),
    plan_id       uuid,
    answered_at   timestamptz,
    visits        jsonb not null default '[]',
    reason        jsonb
);
create index wish_waiting on wish (programme_id, asked_at, wish_id) where state = 'waiting';

create table handed_back (
    programme_id  uuid not null,
    enterprise_id uuid not null,
    agency_id     uuid not null,
    primary key (programme_id, enterprise_id, agency_id)
);
