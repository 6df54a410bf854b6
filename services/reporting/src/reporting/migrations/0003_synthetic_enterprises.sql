-- How many of the enterprises are made up: a rehearsal may play on a real list of them.
alter table enterprise_count add column synthetic bigint not null default 0;
insert into enterprise_count (shard, place, sector, registered, closed, eligible, ineligible, targeted, high_risk, synthetic)
select 0, coalesce(place, ''), coalesce(sector, ''), 0, 0, 0, 0, 0, 0, count(*)
from enterprise where is_synthetic group by 2, 3
on conflict (shard, place, sector) do update set synthetic = excluded.synthetic;
