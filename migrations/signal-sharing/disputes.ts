/** Who sees what is said of a hash, who decides about it, and who has to learn of it. */
export const DISPUTES = `
-- Lists on which a hash stands and which the organisation reads; with only_others those on which somebody else stands behind it, because
-- nobody confirms or disputes what he alone contributed.
create function signal_seen_lists(subject uuid, only_others boolean) returns uuid[]
language sql stable security definer set search_path = public, pg_catalog as $$
  select coalesce(array_agg(distinct c.list_id order by c.list_id), '{}') from signal_contribution c
  where c.signal_id = subject and c.state = 'standing' and (not only_others or c.organisation_id <> current_org())
    and (c.list_id = any((select readable_lists())::uuid[]) or (select current_org_kind()) = 'operator') $$;

-- Whether what is said of these lists is said of this one: it is one of them, or everybody reads it and one of them. Otherwise whoever
-- is accused would have the same readers act on the hash by another list.
create function private.signal_covers(lists uuid[], list uuid) returns boolean
language sql stable security definer set search_path = public, pg_catalog as $$
  select list = any(lists) or (exists (select 1 from signal_list l where l.id = list and l.sharing = 'everyone')
    and exists (select 1 from signal_list l where l.id = any(lists) and l.sharing = 'everyone')) $$;

-- What platforms found of hashes, by the lists through which they saw them and as far as the asker reads those; who found it is not said.
create function signal_feedback_counts(subjects uuid[])
returns table (signal_id uuid, list_ids uuid[], confirmed int, false_matches int, known int)
language sql stable security definer set search_path = public, pg_catalog as $$
  select f.signal_id, f.list_ids, count(*) filter (where f.verdict = 'confirmed')::int, count(*) filter (where f.verdict = 'false')::int,
    count(*) filter (where f.verdict = 'already_known')::int
  from signal_feedback f where f.signal_id = any(subjects) and f.superseded_at is null
    and (f.list_ids && (select readable_lists())::uuid[] or (select current_org_kind()) = 'operator')
  group by f.signal_id, f.list_ids $$;

-- What stands of a signal on the disputed lists that the organisation answers for, and whether that is all of it: its own lists, every
-- list for the operator, its own contributions to a list where nobody else stands behind the hash.
create function signal_responsibility(dispute uuid) returns table (contributions uuid[], is_all boolean, is_judge boolean)
language sql stable security definer set search_path = public, pg_catalog as $$
  with standing as (
    select c.id, c.list_id, c.organisation_id = me.id as is_own, coalesce(l.owner_id = me.id, false) or me.kind = 'operator' as is_listed,
      me.kind = 'operator' as is_operator, coalesce(l.owner_id = me.id, false) as is_owner, l.sharing = 'group' as is_group
    from signal_dispute d join signal_contribution c on c.signal_id = d.signal_id and c.list_id = any(d.list_ids) and c.state = 'standing'
      join signal_list l on l.id = c.list_id, (select current_org() as id, current_org_kind() as kind) me
    where d.id = dispute and me.id is not null
  ), answered as (
    select id, is_listed or bool_and(is_own) over (partition by list_id) as is_answered,
      -- Whoever contributed it is the accused: the only contributor may give in, not acquit itself. A group has its owner as its judge,
      -- because whoever does not trust that owner leaves; on a list that everybody matches against an owner judges others alone.
      is_operator or (is_owner and (is_group or not bool_or(is_own) over (partition by list_id))) as is_judged
    from standing)
  select coalesce(array_agg(id) filter (where is_answered), '{}'), coalesce(bool_and(is_answered), false), coalesce(bool_and(is_judged), false)
  from answered $$;

-- A dispute is rejected by whoever judges everything that stands on its lists, and never by the one who disputes.
create function signal_reject_dispute(dispute uuid, words text, at timestamptz) returns void
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
declare d signal_dispute;
begin
  select * into d from signal_dispute where id = dispute for update;
  if d.id is null or d.state <> 'open' or d.organisation_id is not distinct from current_org()
    or not (select r.is_judge from signal_responsibility(d.id) r) then
    raise exception 'this dispute is not for this organisation to decide' using errcode = '42501';
  end if;
  update signal_dispute set state = 'rejected', closed_at = at, closed_by = current_org(), outcome_note = words where id = dispute;
end $$;

-- The order behind contributions fell that ended at this time: the lists on which they stood and those that everybody reads are in doubt
-- where others stand behind the hash, who may have relied on that order. A list on which that was said already is not named again.
create function signal_dispute_annulled(ids uuid[], signals uuid[], at timestamptz, due timestamptz) returns table (signal_id uuid, list_id uuid)
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
#variable_conflict use_column
declare
  me uuid := current_org();
  is_worker boolean := pg_has_role(session_user, 'clepsydra_worker', 'member');
begin
  return query with fell as (
    select g.id, g.signal, e.list_id from unnest(ids, signals) as g(id, signal) join signal_contribution e on e.signal_id = g.signal
    where e.end_ground = 'order_annulled' and e.withdrawn_at = at and (is_worker or e.organisation_id = me)
  ), doubted as (
    select f.id, f.signal, array_agg(distinct c.list_id order by c.list_id) as lists
    from fell f join signal_contribution c on c.signal_id = f.signal and c.state = 'standing' join signal_list l on l.id = c.list_id
    where (l.sharing = 'everyone' or l.id = f.list_id) and not exists (select 1 from signal_dispute d
      where d.signal_id = f.signal and d.state = 'open' and d.reason = 'order_annulled' and c.list_id = any(d.list_ids))
    group by f.id, f.signal
  ), opened as (
    insert into signal_dispute (id, signal_id, organisation_id, list_ids, reason, opened_at, due_at)
      select d.id, d.signal, case when not is_worker then me end, d.lists, 'order_annulled', at, due from doubted d
      returning signal_id, list_ids
  ) select o.signal_id, u.list from opened o, unnest(o.list_ids) as u(list);
end $$;

-- Who has to learn what happens to signals on lists, given as pairs: those of the lists' readers who stand behind it there or dispute it
-- there, and who answers for the list (the operator for the service's own), also where the one who acts may not see them.
create function signal_concerned(signals uuid[], lists uuid[]) returns table (signal_id uuid, organisation_id uuid)
language sql stable security definer set search_path = public, pg_catalog as $$
  with pair as (select distinct p.signal, l.id as list, l.owner_id, l.sharing from unnest(signals, lists) as p(signal, list) join signal_list l on l.id = p.list),
  said as (
    select p.signal, p.list, p.owner_id, p.sharing, c.organisation_id from pair p
      join signal_contribution c on c.signal_id = p.signal and c.list_id = p.list and c.state in ('standing', 'quarantined')
    union select p.signal, p.list, p.owner_id, p.sharing, d.organisation_id from pair p
      join signal_dispute d on d.signal_id = p.signal and d.state = 'open' and p.list = any(d.list_ids) and d.organisation_id is not null)
  select s.signal, s.organisation_id from said s where s.sharing = 'everyone' or s.owner_id = s.organisation_id or exists (
    select 1 from signal_list_member m where m.list_id = s.list and m.organisation_id = s.organisation_id and m.left_at is null)
  union select p.signal, o.id from pair p join organisation o on o.id = p.owner_id or (p.owner_id is null and o.kind = 'operator' and o.status = 'active')
    where exists (select 1 from signal_contribution c where c.signal_id = p.signal and c.list_id = p.list and c.state = 'standing') $$;
`;
