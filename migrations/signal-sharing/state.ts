/** The state of a signal over the lists on which it stands; the same rule as `standingOf` in src/domain, which a test holds equal to it. */
const STATE_OF = (subject: string): string => `coalesce((
  select (array['active', 'provisional', 'disputed'])[min(l.place)] from (
    select case
      when exists (select 1 from signal_dispute d where d.signal_id = ${subject} and d.state = 'open' and c.list_id = any(d.list_ids)) then 3
      -- Whoever stands behind it there has spoken by that: his own confirmation is no second voice.
      when bool_or(c.reviewed) or exists (select 1 from signal_opinion o where o.signal_id = ${subject} and o.superseded_at is null
        and o.opinion = 'confirm' and c.list_id = any(o.list_ids) and not exists (select 1 from signal_contribution own
          where own.signal_id = ${subject} and own.list_id = c.list_id and own.organisation_id = o.organisation_id and own.state = 'standing')) then 1
      else 2 end as place
    from signal_contribution c where c.signal_id = ${subject} and c.state = 'standing' group by c.list_id) l), 'withdrawn')`;

export const STATE = `
drop trigger signal_follows_contributions on signal_contribution;
drop function private.signal_follows_contributions;

-- Of each list: an open dispute that names it, disputed; a person has looked, or another body confirms, active; otherwise provisional. The
-- best of all lists, and withdrawn where it stands on none. As an organisation: over what its policies let it see.
create function signal_state(subject uuid) returns text
language sql stable set search_path = public, pg_catalog as $$ select ${STATE_OF('subject')} $$;

-- In PL/pgSQL, which keeps the plan of this: planning took longer than doing it.
create function private.signal_refresh(ids uuid[]) returns void
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
begin
  -- The row locks make two changes to one signal take turns, so that the second sees the first. In the order in which signal_make
  -- takes them, so that a batch that comes and one that goes do not wait for each other; keys stay free for foreign keys.
  perform 1 from signal s where s.id = any(ids) order by s.type, s.value for no key update;
  update signal s set state = f.state, reviewed = f.reviewed, reviewed_at = f.reviewed_at,
    -- Whoever stands behind an erased hash anew takes it upon himself: it is no tombstone any more.
    erased_at = case when f.state = 'withdrawn' then s.erased_at end, changed_at = greatest(s.changed_at, f.changed_at)
  from (
    select i.id, coalesce(c.reviewed, false) as reviewed, c.reviewed_at, greatest(c.changed_at, o.changed_at, d.changed_at) as changed_at,
      -- Nearly always nothing is said of it, and then lists make no difference: a batch of 5,000 took five times as long without this.
      case when coalesce(c.standing, 0) = 0 then 'withdrawn'
           when coalesce(o.said, 0) + coalesce(d.open, 0) > 0 then ${STATE_OF('i.id')}
           when c.reviewed then 'active' else 'provisional' end as state
    from unnest(ids) as i(id)
    left join lateral (select count(*) filter (where state = 'standing') as standing, bool_or(reviewed) filter (where state = 'standing') as reviewed,
      max(reviewed_at) filter (where state = 'standing') as reviewed_at,
      max(coalesce(withdrawn_at, contributed_at)) as changed_at from signal_contribution where signal_id = i.id) c on true
    left join lateral (select count(*) as said, max(stated_at) as changed_at from signal_opinion where signal_id = i.id and superseded_at is null) o on true
    left join lateral (select count(*) filter (where state = 'open') as open, max(coalesce(closed_at, opened_at)) as changed_at
      from signal_dispute where signal_id = i.id) d on true
  ) f where s.id = f.id;
end $$;

create function private.signal_follows() returns trigger
language plpgsql security definer set search_path = public, pg_catalog as $$
begin
  perform private.signal_refresh((select array_agg(distinct signal_id) from changed));
  return null;
end $$;
create trigger signal_follows_inserts after insert on signal_contribution referencing new table as changed
  for each statement execute function private.signal_follows();
create trigger signal_follows_updates after update on signal_contribution referencing new table as changed
  for each statement execute function private.signal_follows();
create trigger signal_follows_inserts after insert on signal_opinion referencing new table as changed
  for each statement execute function private.signal_follows();
create trigger signal_follows_updates after update on signal_opinion referencing new table as changed
  for each statement execute function private.signal_follows();
create trigger signal_follows_inserts after insert on signal_dispute referencing new table as changed
  for each statement execute function private.signal_follows();
create trigger signal_follows_updates after update on signal_dispute referencing new table as changed
  for each statement execute function private.signal_follows();
select private.signal_refresh(array_agg(id)) from signal;

-- One row for each distinct hash whoever contributes it, also when those who did are not visible to the asker.
create function signal_make(ids uuid[], types text[], hashes text[], qualities smallint[], at timestamptz) returns table (type text, value text, id uuid)
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
#variable_conflict use_column
begin
  if current_org() is null and not pg_has_role(session_user, 'clepsydra_worker', 'member') then
    raise exception 'a scope is needed' using errcode = '42501';
  end if;
  -- In one order, so that two batches that share hashes wait for each other instead of for ever.
  insert into signal (id, type, value, state, quality, created_at, changed_at)
    select distinct on (t, v) i, t, v, 'withdrawn', q, at, at from unnest(ids, types, hashes, qualities) as given(i, t, v, q) order by t, v
    on conflict (type, value) do update set quality = greatest(signal.quality, excluded.quality);
  return query select s.type, s.value, s.id from signal s
    join (select distinct t, v from unnest(types, hashes) as given(t, v)) g on g.t = s.type and g.v = s.value;
end $$;
`;
