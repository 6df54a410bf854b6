-- Whose an import is besides its sender's name, which of its runs counts, and what body it came to its end with.
alter table import
    add column agency_id text,                      -- the sender's, for an agency's people
    add column provinces text[] not null default '{}',  -- to which the sender was bound, in order
    add column run       integer not null default 1,    -- one more each time it is sent again: an older one writes nothing
    add column digest    bytea;                     -- null where it did not come to its end, or before there were digests
