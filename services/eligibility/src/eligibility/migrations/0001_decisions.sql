create table decision (
    enterprise_id uuid primary key,
    version       integer not null check (version >= 0),  -- of the decision; 0: nobody was told one yet
    heard         bigint not null,                        -- the registry's version of the enterprise it rests on
    is_closed     boolean not null,
    is_eligible   boolean not null,
    outcome       text not null check (outcome in ('eligible', 'ineligible', 'undecided')),
    sector        text,
    province      text not null,
    reasons       jsonb not null,
    rule_set      text not null,
    decided_on    date not null
);
