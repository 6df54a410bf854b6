-- Whoever was found eligible after the last plan and before newcomers were remembered waits too. When they came is not
-- known; those of whom the last plan said why it gave them no day are settled by that.
insert into newcomer (enterprise_id, arrived_at)
select d.enterprise_id, '-infinity' from decision d
where d.is_eligible
  and not exists (select from visit v where v.enterprise_id = d.enterprise_id and v.state <> 'cancelled')
on conflict do nothing;
