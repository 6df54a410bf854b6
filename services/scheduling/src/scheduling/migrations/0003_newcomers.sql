-- Enterprises that were found eligible, or opened again, and have no visits yet. Whoever gives them days and whoever
-- hears that they fell away both delete the row, and so wait for one another.
create table newcomer (
    enterprise_id uuid primary key,
    arrived_at    timestamptz not null default clock_timestamp(),
    left_at       timestamptz                          -- when it was left to a plan, or one was last asked for
);

-- What one visit more takes from everybody else, of each manager, in kilometres.
create table price (
    programme_id uuid not null,
    manager_id   uuid not null,
    km           double precision not null,
    found_at     timestamptz not null,
    primary key (programme_id, manager_id)
);

alter table programme add target_enterprises integer not null default 0;  -- 0: not told yet
