-- What a database knows of what it has said, so that one restored to an older state is found out before it writes.
-- Why it looks so: docs/decisions/0008.
create table transport.said (
    topic       text not null,
    partition   integer not null,
    next_offset bigint not null,                             -- all that we said before it is known to this database
    primary key (topic, partition)
);

create function transport.timeline() returns integer language sql stable as $$
    select ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer
$$;

-- One row. All but the epoch is the sign by which a copy of this database is told from the one that was left.
create table transport.source (
    epoch             integer not null,                      -- never below one that was said
    written_by        xid8,                                  -- equals the row's own xmin, unless a restore wrote it anew
    database          oid,
    server_started_at timestamptz
);
insert into transport.source (epoch)
select greatest(transport.timeline(), (select max(epoch) from transport.outbox));

-- The epoch of what is said now: PostgreSQL's timeline, or what the epoch was raised to. It is kept when it grows,
-- because a copy may be restored to a server whose timeline is lower.
create function transport.epoch() returns integer language sql volatile as $$
    update transport.source set epoch = transport.timeline(), written_by = pg_current_xact_id()
        where epoch < transport.timeline();
    select epoch from transport.source
$$;
