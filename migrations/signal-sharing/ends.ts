/**
 * Who may change what stands. No role updates the state of a contribution by itself: these functions do, and each asks
 * for whom the organisation of the transaction answers.
 */
export const ENDS = `
-- The table of src/domain/signal-lifecycle.ts; a test compares the two.
create function private.signal_contribution_moves() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
  if (old.state, new.state) not in (('standing', 'quarantined'), ('standing', 'withdrawn'), ('standing', 'retracted'), ('standing', 'expired'),
    ('standing', 'erased'), ('quarantined', 'standing'), ('quarantined', 'withdrawn'), ('quarantined', 'retracted'), ('quarantined', 'expired'),
    ('quarantined', 'erased'), ('withdrawn', 'erased'), ('retracted', 'erased'), ('expired', 'erased')) then
    raise exception 'a contribution that is % does not become %', old.state, new.state using errcode = '23514';
  end if;
  return new;
end $$;
create trigger signal_contribution_moves before update of state on signal_contribution
  for each row when (old.state is distinct from new.state) execute function private.signal_contribution_moves();

-- Ends contributions, those that have not ended yet (an erasure also those that have). One's own on any ground; a list's owner and the
-- operator where an open dispute by somebody else is upheld, or a hash is erased; the operator alone rolls a contributor back or
-- rejects what is in quarantine; the worker does what the lifecycle asks.
create function signal_end_contributions(ids uuid[], ended text, ground text, at timestamptz, words text)
returns table (contribution_id uuid, signal_id uuid, organisation_id uuid, list_id uuid, type text)
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
#variable_conflict use_column
declare
  me uuid := current_org();
  is_operator boolean := coalesce(current_org_kind() = 'operator', false);
  is_worker boolean := pg_has_role(session_user, 'clepsydra_worker', 'member');
  signals uuid[];
begin
  signals := array(select distinct c.signal_id from signal_contribution c where c.id = any(ids));
  perform 1 from signal s where s.id = any(signals) order by s.type, s.value for no key update;
  if not is_worker and exists (
    select 1 from signal_contribution c join signal_list l on l.id = c.list_id
    where c.id = any(ids) and not coalesce(
      case ground
        when 'dispute_upheld' then exists (select 1 from signal_dispute d where d.signal_id = c.signal_id and d.state = 'open'
            and c.list_id = any(d.list_ids) and coalesce(d.organisation_id, d.relayed_by) is distinct from me)
          and (l.owner_id = me or is_operator or (c.organisation_id = me and not exists (select 1 from signal_contribution o
            where o.signal_id = c.signal_id and o.list_id = c.list_id and o.state = 'standing' and o.organisation_id <> me)))
        when 'erased' then c.organisation_id = me or l.owner_id = me or is_operator
        when 'rolled_back' then c.organisation_id = me or is_operator
        when 'rejected' then is_operator and c.state = 'quarantined'
        else c.organisation_id = me
      end, false)
  ) then
    raise exception 'a contribution is not for this organisation to end' using errcode = '42501';
  end if;
  return query update signal_contribution c set state = ended, end_ground = ground, withdrawn_at = coalesce(c.withdrawn_at, at)
    from signal s where s.id = c.signal_id and c.id = any(ids)
      and (c.state in ('standing', 'quarantined') or (ended = 'erased' and c.state <> 'erased'))
    returning c.id, c.signal_id, c.organisation_id, c.list_id, s.type;
  -- Nobody stands behind it any more on the lists that were disputed: that is settled. Unless a person upheld it, nobody decided.
  update signal_dispute d set state = 'upheld', is_settled = ground <> 'dispute_upheld', closed_at = at, closed_by = me,
      outcome_note = coalesce(words, 'nobody stands behind it any more')
    where d.signal_id = any(signals) and d.state = 'open' and not exists (select 1 from signal_contribution c
      where c.signal_id = d.signal_id and c.list_id = any(d.list_ids) and c.state = 'standing');
  perform private.signal_end_relays(signals, at);
  if ended = 'erased' then perform private.signal_wipe(signals, at); end if;
end $$;

-- A dispute that a subscription handed on ends when its subscriber stands behind the hash no more: nobody here answers for it then.
create function private.signal_end_relays(signals uuid[], at timestamptz) returns void
language sql volatile security definer set search_path = public, pg_catalog as $$
  update signal_dispute d set state = 'retracted', closed_at = at, closed_by = current_org()
  where d.signal_id = any(signals) and d.state = 'open' and d.relayed_by is not null and not exists (select 1 from signal_contribution c
    where c.signal_id = d.signal_id and c.organisation_id = d.relayed_by and c.list_id = any(d.list_ids) and c.state = 'standing') $$;

-- Of hashes that nobody stands behind and of the erased contributions nothing stays but that they were there, and for a while the value.
create function private.signal_wipe(signals uuid[], at timestamptz) returns void
language sql volatile security definer set search_path = public, pg_catalog as $$
  update signal set erased_at = at where id = any(signals) and state = 'withdrawn' and erased_at is null;
  update signal_contribution c set labels = '{}', severity = null, incident = null, provenance = '{}', case_id = null, exhibit_id = null, notice_id = null
    from signal s where s.id = c.signal_id and s.id = any(signals) and (c.state = 'erased' or s.erased_at is not null);
  update signal_opinion o set note = null from signal s where s.id = o.signal_id and s.id = any(signals) and s.erased_at is not null and o.note is not null;
  update signal_dispute d set note = null, outcome_note = null from signal s where s.id = d.signal_id and s.id = any(signals) and s.erased_at is not null;
  update signal_feedback f set note = null from signal s where s.id = f.signal_id and s.id = any(signals) and s.erased_at is not null and f.note is not null;
$$;

-- After the time in which subscribers learn of an erasure the value itself goes. In its place stands a digest of the signal's id, which
-- is of the right shape, unique, says nothing of the value, and can be recognised as what it is by anybody who has the id.
create index signal_to_forget on signal (erased_at) where erased_at is not null and forgotten_at is null;
create function signal_forget(erased_before timestamptz, at timestamptz, most int) returns setof uuid
language sql volatile security definer set search_path = public, pg_catalog as $$
  with due as (
    select id from signal where erased_at <= erased_before and forgotten_at is null and state = 'withdrawn' order by id limit most for update skip locked
  ), frames as (
    delete from signal_frame f using due where f.signal_id = due.id
  )
  update signal s set forgotten_at = at, changed_at = at,
    value = case s.type when 'sha512' then encode(sha512(convert_to('forgotten:' || s.id, 'UTF8')), 'hex')
      when 'md5' then left(encode(sha256(convert_to('forgotten:' || s.id, 'UTF8')), 'hex'), 32)
      else encode(sha256(convert_to('forgotten:' || s.id, 'UTF8')), 'hex') end
  from due where s.id = due.id returning s.id $$;

-- Into quarantine and out of it: the operator's, and the worker's when a flood is noticed.
create function signal_hold_contributions(ids uuid[], held boolean, at timestamptz)
returns table (contribution_id uuid, signal_id uuid, organisation_id uuid, list_id uuid, type text)
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
#variable_conflict use_column
declare signals uuid[] := array(select distinct c.signal_id from signal_contribution c where c.id = any(ids));
begin
  if not pg_has_role(session_user, 'clepsydra_worker', 'member') and current_org_kind() is distinct from 'operator' then
    raise exception 'quarantine is for the operator' using errcode = '42501';
  end if;
  perform 1 from signal s where s.id = any(signals) order by s.type, s.value for no key update;
  return query update signal_contribution c set state = case when held then 'quarantined' else 'standing' end
    from signal s where s.id = c.signal_id and c.id = any(ids) and c.state = case when held then 'standing' else 'quarantined' end
    returning c.id, c.signal_id, c.organisation_id, c.list_id, s.type;
  if held then perform private.signal_end_relays(signals, at); end if;
end $$;
`;
