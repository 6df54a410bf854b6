-- A topic that is made anew uses its offsets again, so that a place no longer names one dead letter for ever.
alter table transport.dead_letter
    drop constraint dead_letter_pkey,
    add number bigint generated always as identity primary key;
create index dead_letter_place on transport.dead_letter (consumer, topic, partition, "offset") where settled_at is null;
