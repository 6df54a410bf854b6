-- A redrive that fails is tried again, ever more rarely, and says how often and why.
alter table transport.dead_letter
    add redrive_attempts integer not null default 0,
    add redrive_error text,
    add redrive_after timestamptz;
