-- By the highest timestamp heard, a topic that was made anew and has grown past a position is told from the old one.
alter table transport.position add latest_timestamp bigint not null default 0;  -- milliseconds, as Kafka has it; 0: unknown
