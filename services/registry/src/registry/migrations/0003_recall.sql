-- What the registry said before its database was restored to an older state, of agencies and managers whom that state
-- does not know: their names and numbers are in no fact, so they wait to be handed in again.
create table forgotten (
    kind    text not null check (kind in ('agency', 'manager')),
    id      uuid not null,
    version integer not null,                       -- of the newest fact: what is said next goes on from it
    said    text not null,                          -- its type
    fact    jsonb not null,
    primary key (kind, id)
);

alter table programme add column is_read_back boolean not null default false;  -- how it inspects is in no fact
