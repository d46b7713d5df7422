/** What people decided about hashes, remembered; and what they take back of one who is trusted no more. */
export const MEMORY = `
-- By a digest of the hash, so that the memory of it outlives its erasure without keeping what was erased.
create table signal_memory (
  digest bytea not null,
  organisation_id uuid not null,
  list_id uuid not null,
  ground text not null,
  by_operator boolean not null,
  is_released boolean not null default false,
  constraint signal_memory_pk primary key (digest, organisation_id, list_id, ground),
  constraint signal_memory_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint signal_memory_list_fk foreign key (list_id) references signal_list (id),
  constraint signal_memory_ground_known check (ground in ('dispute_upheld', 'rejected', 'rolled_back'))
);

create function private.signal_digest(type text, value text) returns bytea
language sql immutable set search_path = pg_catalog as $$ select sha256(convert_to(type || ':' || value, 'UTF8')) $$;

-- Whoever has a hash out of quarantine has decided anew: what was remembered of it there, or of its contributor, is settled.
create function private.signal_remembers() returns trigger
language plpgsql security definer set search_path = public, pg_catalog as $$
begin
  insert into signal_memory (digest, organisation_id, list_id, ground, by_operator)
    select distinct private.signal_digest(s.type, s.value), n.organisation_id, n.list_id, n.end_ground, coalesce(current_org_kind() = 'operator', false)
    from now_so n join was_so o on o.id = n.id join signal s on s.id = n.signal_id
    where n.end_ground in ('dispute_upheld', 'rejected', 'rolled_back') and o.withdrawn_at is null order by 1, 2, 3, 4
    on conflict (digest, organisation_id, list_id, ground) do update set is_released = false,
      by_operator = excluded.by_operator or (signal_memory.by_operator and not signal_memory.is_released);
  update signal_memory m set is_released = true
    from now_so n join was_so o on o.id = n.id join signal s on s.id = n.signal_id
    where o.state = 'quarantined' and n.state = 'standing' and m.digest = private.signal_digest(s.type, s.value) and not m.is_released
      and case m.ground when 'dispute_upheld' then m.list_id = n.list_id or (m.by_operator and private.signal_covers(array[m.list_id], n.list_id))
        else m.organisation_id = n.organisation_id end;
  return null;
end $$;
create trigger signal_remembers after update on signal_contribution referencing old table as was_so new table as now_so
  for each statement execute function private.signal_remembers();

-- Which of these hashes, by their place from 1, may come back only through quarantine: taken out of this list when a dispute was upheld,
-- whoever had contributed it, or by the operator out of a list with the same readers; rejected or rolled back of this contributor.
create function signal_remembered(asker uuid, list uuid, types text[], hashes text[]) returns table (place int, ground text)
language sql stable security definer set search_path = public, pg_catalog as $$
  select given.place::int, m.ground from unnest(types, hashes) with ordinality as given (type, value, place)
  cross join lateral (select m.ground from signal_memory m where m.digest = private.signal_digest(given.type, given.value) and not m.is_released
    and case m.ground when 'dispute_upheld' then m.list_id = list or (m.by_operator and private.signal_covers(array[m.list_id], list))
      else m.organisation_id = asker end order by m.ground limit 1) m
  where asker = current_org() or pg_has_role(session_user, 'clepsydra_worker', 'member') $$;

-- These hashes have come to stand on these lists. A standing opinion that one of them is wrong opens its dispute again, unless that
-- opinion was rejected there, or people have let the hash back in since, after a dispute had been upheld. So does what the service disputed
-- itself, or because an order fell, where nobody decided about it: it was settled only because nobody stood behind the hash for a while.
-- What is disputed on a list that everybody reads is so on every other such list to which it comes.
create function signal_reopen_disputes(signals uuid[], lists uuid[], at timestamptz, due timestamptz)
returns table (signal_id uuid, type text, organisation_id uuid, list_ids uuid[], reason text, stands_as text)
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
#variable_conflict use_column
begin
  if current_org() is null and not pg_has_role(session_user, 'clepsydra_worker', 'member') then
    raise exception 'a scope is needed' using errcode = '42501';
  end if;
  -- Nearly always nobody has said anything against what comes.
  if not exists (select 1 from signal_opinion o where o.signal_id = any(signals) and o.superseded_at is null and o.opinion = 'dispute')
    and not exists (select 1 from signal_dispute d where d.signal_id = any(signals) and (d.is_settled or d.state = 'open')) then
    return;
  end if;
  return query with back as (
    select distinct b.signal, b.list, private.signal_let_back(b.signal, b.list) as let_at from unnest(signals, lists) as b(signal, list)
  ), stated as (
    select o.signal_id, o.organisation_id, o.reason, o.note, b.list
    from back b join signal_opinion o on o.signal_id = b.signal and o.superseded_at is null and o.opinion = 'dispute' and private.signal_covers(o.list_ids, b.list)
    where not exists (select 1 from signal_dispute d where d.signal_id = o.signal_id and d.organisation_id = o.organisation_id
        and (d.state = 'open' or (d.state = 'rejected' and d.reason = o.reason and private.signal_covers(d.list_ids, b.list))))
      and coalesce(b.let_at < o.stated_at, true)
  ), unsettled as (
    select distinct on (d.signal_id, d.organisation_id, d.reason, b.list) d.signal_id, d.organisation_id, d.reason, d.note, b.list
    from back b join signal_dispute d on d.signal_id = b.signal and d.is_settled and private.signal_covers(d.list_ids, b.list) and d.relayed_by is null
      and (d.organisation_id is null or d.reason = 'order_annulled')
    where coalesce(b.let_at < d.closed_at, true)
      and not exists (select 1 from signal_dispute n where n.signal_id = d.signal_id and n.organisation_id is not distinct from d.organisation_id
        and n.relayed_by is null and n.reason = d.reason and private.signal_covers(n.list_ids, b.list) and not n.is_settled and coalesce(n.closed_at >= d.closed_at, true))
    order by d.signal_id, d.organisation_id, d.reason, b.list, d.closed_at desc
  ), widened as (
    update signal_dispute d set list_ids = d.list_ids || w.lists
    from (select e.id, array_agg(b.list order by b.list) as lists from back b
        join signal_dispute e on e.signal_id = b.signal and e.state = 'open' and e.relayed_by is null
          and b.list <> all(e.list_ids) and private.signal_covers(e.list_ids, b.list)
        where exists (select 1 from signal_contribution c where c.signal_id = b.signal and c.list_id = b.list and c.state = 'standing'
          and c.organisation_id is distinct from e.organisation_id)
        group by e.id) w
    where d.id = w.id returning d.signal_id, d.organisation_id, w.lists as list_ids, d.reason
  ), doubted as (
    select o.signal_id, o.organisation_id, o.reason, o.note, o.stands_as, array_agg(distinct o.list order by o.list) as list_ids
    from (select s.*, 'opinion' as stands_as from stated s union all select u.*, 'undecided' from unsettled u) o
    where exists (select 1 from signal_contribution c where c.signal_id = o.signal_id and c.list_id = o.list and c.state = 'standing'
      and c.organisation_id is distinct from o.organisation_id)
    group by 1, 2, 3, 4, 5
  ), opened as (
    insert into signal_dispute (id, signal_id, organisation_id, list_ids, reason, note, opened_at, due_at)
      select gen_random_uuid(), d.signal_id, d.organisation_id, d.list_ids, d.reason, d.note, at, due from doubted d
      on conflict do nothing returning signal_id, organisation_id, list_ids, reason
  ) select o.signal_id, s.type, o.organisation_id, o.list_ids, o.reason, d.stands_as from opened o join signal s on s.id = o.signal_id
    join doubted d on d.signal_id = o.signal_id and d.organisation_id is not distinct from o.organisation_id and d.reason = o.reason and d.list_ids = o.list_ids
  union all select w.signal_id, s.type, w.organisation_id, w.list_ids, w.reason, 'open' from widened w join signal s on s.id = w.signal_id;
end $$;

-- What waits on a list because its owner had upheld a dispute about it: the owner's to release. What the operator decided is not, nor
-- what the owner itself contributed to a list that everybody reads.
create function signal_held_back(list uuid)
returns table (contribution_id uuid, signal_id uuid, organisation_id uuid, type text, value text, contributed_at timestamptz)
language sql stable security definer set search_path = public, pg_catalog as $$
  select c.id, c.signal_id, c.organisation_id, s.type, s.value, c.contributed_at
  from signal_list l join signal_contribution c on c.list_id = l.id and c.state = 'quarantined' join signal s on s.id = c.signal_id
  where l.id = list and l.owner_id = current_org() and (l.sharing = 'group' or c.organisation_id <> l.owner_id)
    and exists (select 1 from signal_quarantine_item i where i.contribution_id = c.id and i.outcome is null and i.reason = 'dispute_upheld')
    and not exists (select 1 from signal_quarantine_item i where i.contribution_id = c.id and i.outcome is null and i.reason <> 'dispute_upheld')
    and not exists (select 1 from signal_memory m where m.digest = private.signal_digest(s.type, s.value) and m.by_operator and not m.is_released
      and case m.ground when 'dispute_upheld' then private.signal_covers(array[m.list_id], l.id) else m.organisation_id = c.organisation_id end) $$;

create function signal_release_held(list uuid, ids uuid[], words text, at timestamptz)
returns table (contribution_id uuid, signal_id uuid, organisation_id uuid, type text)
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
#variable_conflict use_column
declare chosen uuid[];
begin
  perform 1 from signal s where s.id in (select c.signal_id from signal_contribution c where c.id = any(ids) and c.list_id = list)
    order by s.type, s.value for no key update;
  chosen := array(select h.contribution_id from signal_held_back(list) h where h.contribution_id = any(ids));
  update signal_quarantine_item i set outcome = 'released', outcome_note = words, decided_at = at where i.contribution_id = any(chosen) and i.outcome is null;
  return query update signal_contribution c set state = 'standing' from signal s where s.id = c.signal_id and c.id = any(chosen)
    returning c.id, c.signal_id, c.organisation_id, s.type;
end $$;

-- What one organisation said of hashes from an instant on counts no more: its opinions, the disputes that it opened or its sources handed
-- on, its feedback, and the disputes that the service opened because of that feedback, also one that would come back with the hash. With
-- the rolled back contributions, and the operator's alone.
create function signal_silence(silenced uuid, since timestamptz, at timestamptz, words text)
returns table (signal_id uuid, type text, opinions int, disputes int, feedback int, lists uuid[])
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
#variable_conflict use_column
declare signals uuid[];
begin
  if current_org_kind() is distinct from 'operator' then raise exception 'this is for the operator' using errcode = '42501'; end if;
  signals := array(select o.signal_id from signal_opinion o where o.organisation_id = silenced and o.superseded_at is null and o.stated_at >= since
    union select d.signal_id from signal_dispute d where (d.organisation_id = silenced or d.relayed_by = silenced) and d.state = 'open' and d.opened_at >= since
    union select f.signal_id from signal_feedback f where f.organisation_id = silenced and f.superseded_at is null and f.given_at >= since);
  perform 1 from signal s where s.id = any(signals) order by s.type, s.value for no key update;
  return query with said as (
    update signal_opinion o set superseded_at = at where o.organisation_id = silenced and o.superseded_at is null and o.stated_at >= since
    returning o.signal_id, o.list_ids
  ), fed as (
    update signal_feedback f set superseded_at = at where f.organisation_id = silenced and f.superseded_at is null and f.given_at >= since
    returning f.signal_id, f.list_ids, f.verdict
  ), opened as (
    update signal_dispute d set state = 'retracted', is_settled = false, closed_at = at, closed_by = current_org(), outcome_note = words
    where (d.state = 'open' and ((d.organisation_id = silenced and d.reason <> 'order_annulled') or d.relayed_by = silenced) and d.opened_at >= since)
      or ((d.state = 'open' or d.is_settled) and d.organisation_id is null and d.relayed_by is null and d.reason = 'false_match'
        and exists (select 1 from fed where fed.signal_id = d.signal_id and fed.verdict = 'false' and fed.list_ids && d.list_ids)
        and not exists (select 1 from unnest(d.list_ids) as l(id) where private.signal_found_false(d.signal_id, l.id, silenced)))
    returning d.signal_id, d.list_ids
  ) select s.id, s.type, (select count(*)::int from said where said.signal_id = s.id), (select count(*)::int from opened where opened.signal_id = s.id),
      (select count(*)::int from fed where fed.signal_id = s.id),
      array(select distinct unnest(list_ids) from (select signal_id, list_ids from said union all select signal_id, list_ids from opened
        union all select signal_id, list_ids from fed) about where about.signal_id = s.id)
    from signal s where s.id = any(signals);
end $$;
`;
