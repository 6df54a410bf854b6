-- What the transport keeps in each service's own database. Why it looks so: docs/decisions/0001 to 0003.
create schema transport;

-- Facts waiting to be published. The first columns bear the names that Debezium's event router expects.
create table transport.outbox (
    id            text not null,
    aggregatetype text not null,                             -- the topic
    aggregateid   text not null,                             -- the Kafka key
    type          text not null,                             -- ce_type
    payload       bytea not null,
    lane          smallint not null,                         -- the Kafka partition: murmur2(key) modulo 12
    number        bigint generated always as identity,       -- within a lane, number order is commit order
    epoch         integer not null,                          -- PostgreSQL's timeline when the row was written
    source        text not null,
    subject       text not null,
    sequence      text not null,
    time          text not null,
    correlationid text not null,
    causationid   text,
    traceparent   text,
    created_at    timestamptz not null default clock_timestamp(),
    primary key (lane, number)
);

create table transport.relay_cursor (
    lane   smallint primary key,
    number bigint not null
);
insert into transport.relay_cursor select lane, 0 from generate_series(0, 11) lane;

-- Where a consumer stands in each partition, and the highest outbox position applied from its source.
create table transport.position (
    consumer    text not null,
    topic       text not null,
    partition   integer not null,
    next_offset bigint not null,
    epoch       integer not null default 0,
    number      bigint not null default 0,
    primary key (consumer, topic, partition)
);

-- Records that could not be applied, and those of the same key that came after them, in order.
create table transport.dead_letter (
    consumer   text not null,
    topic      text not null,
    partition  integer not null,
    "offset"   bigint not null,
    key        bytea,
    headers    jsonb not null,
    value      bytea,
    cause      text not null,
    error      text not null,
    created_at timestamptz not null default clock_timestamp(),
    redrive_requested_at timestamptz,
    settled_at timestamptz,
    settled_as text check (settled_as in ('redriven', 'discarded')),
    primary key (consumer, topic, partition, "offset")
);
create index dead_letter_open on transport.dead_letter (consumer, topic, partition, key) where settled_at is null;
