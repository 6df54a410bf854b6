-- Whether a programme is made up, which every page and export of its visits says; null: heard of before this was kept.
alter table programme add is_synthetic boolean;
