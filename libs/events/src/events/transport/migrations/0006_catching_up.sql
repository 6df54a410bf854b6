-- A database that has taken its own facts back is ahead of what it has heard of others': nothing is decided on that.
alter table transport.source add is_catching_up boolean not null default false;
