import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Defence of the shared hashes against poisoning, and what each body wants done with a match. Trust, negatives and quarantine
 * are the operator's to write; a contributor's own transaction can add to the quarantine and lower its own trust, no more.
 */
const DEFENCE = `
create table signal_trust (
  organisation_id uuid not null,
  level text not null,
  daily_quota int,
  hourly_flood int,
  note text,
  changed_at timestamptz(3) not null,
  constraint signal_trust_pk primary key (organisation_id),
  constraint signal_trust_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint signal_trust_level_known check (level in ('new', 'known', 'trusted')),
  constraint signal_trust_daily_quota_range check (daily_quota between 0 and 100000000),
  constraint signal_trust_hourly_flood_range check (hourly_flood between 0 and 100000000)
);

-- How many contributions each organisation made in each minute of the last days, by trigger: counting the contributions themselves
-- took a tenth of a second for every single one once a hundred thousand were made that day.
create table signal_usage (
  organisation_id uuid not null,
  minute timestamptz(3) not null,
  contributed int not null,
  constraint signal_usage_pk primary key (organisation_id, minute),
  constraint signal_usage_organisation_fk foreign key (organisation_id) references organisation (id)
);

create function private.signal_usage_counts() returns trigger
language plpgsql security definer set search_path = public, pg_catalog as $$
begin
  insert into signal_usage (organisation_id, minute, contributed)
    select organisation_id, date_trunc('minute', contributed_at), count(*) from added group by 1, 2 order by 1, 2
    on conflict (organisation_id, minute) do update set contributed = signal_usage.contributed + excluded.contributed;
  delete from signal_usage u using (select organisation_id, min(contributed_at) as at from added group by 1) a
    where u.organisation_id = a.organisation_id and u.minute < a.at - interval '3 days';
  return null;
end $$;
create trigger signal_usage_counts after insert on signal_contribution referencing new table as added
  for each statement execute function private.signal_usage_counts();

-- Hashes of what must not match. The entries say when one came and went: nodes follow the ledger and read what it names.
create table signal_negative (
  id uuid not null,
  kind text not null,
  type text not null,
  value text not null,
  note text,
  source text,
  added_at timestamptz(3) not null,
  added_entry_id uuid not null,
  removed_at timestamptz(3),
  removed_entry_id uuid,
  constraint signal_negative_pk primary key (id),
  constraint signal_negative_kind_known check (kind in ('harmless', 'corpus', 'canary')),
  constraint signal_negative_type_known check (type in ('pdq', 'blockhash', 'vpdq', 'sha256', 'sha512', 'md5', 'text_sha256')),
  constraint signal_negative_value_shape check (value ~ '^[0-9a-f]+$' and length(value) = case type when 'md5' then 32 when 'sha512' then 128 else 64 end),
  constraint signal_negative_removed_whole check ((removed_at is null) = (removed_entry_id is null))
);
create unique index signal_negative_standing on signal_negative (type, value, kind) where removed_at is null;
create index signal_negative_added on signal_negative (added_entry_id);
create index signal_negative_removed on signal_negative (removed_entry_id) where removed_entry_id is not null;

-- One batch for each admission that held something back, and for each review: what a canary or a later negative threw doubt on.
create table signal_quarantine (
  id uuid not null,
  organisation_id uuid,
  made_at timestamptz(3) not null,
  constraint signal_quarantine_pk primary key (id),
  constraint signal_quarantine_organisation_fk foreign key (organisation_id) references organisation (id)
);
create index signal_quarantine_made on signal_quarantine (made_at, id);

-- By hash, because an item is written before its contribution is; that one is named by trigger when it comes.
create table signal_quarantine_item (
  id uuid not null,
  quarantine_id uuid not null,
  organisation_id uuid not null,
  list_id uuid not null,
  type text not null,
  value text not null,
  reason text not null,
  hits int not null default 0,
  contribution_id uuid,
  outcome text,
  outcome_note text,
  decided_at timestamptz(3),
  constraint signal_quarantine_item_pk primary key (id),
  constraint signal_quarantine_item_once unique (quarantine_id, organisation_id, list_id, type, value),
  constraint signal_quarantine_item_quarantine_fk foreign key (quarantine_id) references signal_quarantine (id),
  constraint signal_quarantine_item_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint signal_quarantine_item_list_fk foreign key (list_id) references signal_list (id),
  constraint signal_quarantine_item_contribution_fk foreign key (contribution_id) references signal_contribution (id),
  constraint signal_quarantine_item_type_known check (type in ('pdq', 'blockhash', 'vpdq', 'sha256', 'sha512', 'md5', 'text_sha256')),
  constraint signal_quarantine_item_reason_known check (reason in ('flood', 'corpus', 'canary', 'with_canary', 'collision', 'dispute_upheld', 'rejected', 'rolled_back')),
  constraint signal_quarantine_item_outcome_known check (outcome in ('released', 'rejected')),
  constraint signal_quarantine_item_decided_whole check ((outcome is null) = (decided_at is null))
);
create index signal_quarantine_item_waiting on signal_quarantine_item (quarantine_id) where outcome is null;
create index signal_quarantine_item_contribution on signal_quarantine_item (contribution_id) where contribution_id is not null;
create index signal_quarantine_item_unnamed on signal_quarantine_item (type, value) where contribution_id is null;

-- Row by row, each through the index: as one statement over the new rows the planner compared every pair of ten thousand.
create function private.signal_quarantine_names() returns trigger
language plpgsql security definer set search_path = public, pg_catalog as $$
declare hash record;
begin
  select s.type, s.value into hash from signal s where s.id = new.signal_id;
  update signal_quarantine_item i set contribution_id = new.id where i.type = hash.type and i.value = hash.value and i.contribution_id is null
    and i.organisation_id = new.organisation_id and i.list_id = new.list_id;
  return null;
end $$;
create trigger signal_quarantine_names after insert on signal_contribution for each row
  when (new.state = 'quarantined') execute function private.signal_quarantine_names();

-- Which of these hashes an organisation stands behind on a list already, by their place from 1. Lateral with a limit, so that each
-- goes through two indexes: as a join, and under the row-level policies, one hash cost a look at everything its body contributed.
create function signal_standing_places(asker uuid, list uuid, types text[], hashes text[]) returns setof int
language sql stable security definer set search_path = public, pg_catalog as $$
  select given.place::int from unnest(types, hashes) with ordinality as given (type, value, place)
  cross join lateral (select s.id from signal s where s.type = given.type and s.value = given.value limit 1) s
  cross join lateral (select 1 from signal_contribution c where c.signal_id = s.id and c.organisation_id = asker and c.list_id = list
    and c.withdrawn_at is null limit 1) c
  where asker = current_org() or pg_has_role(session_user, 'clepsydra_worker', 'member') $$;

-- The one change to trust that a contributor's transaction makes, and only downwards and of its own: it hit a canary. What the operator
-- set for it stays where that is stricter than what a new organisation has (TRUST_LIMITS.new in src/domain/signal-trust.ts; a test compares).
create function signal_distrust(distrusted uuid, at timestamptz) returns void
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
begin
  if distrusted is distinct from current_org() and not pg_has_role(session_user, 'clepsydra_worker', 'member') then
    raise exception 'this is not the organisation of this transaction' using errcode = '42501';
  end if;
  insert into signal_trust (organisation_id, level, note, changed_at) values (distrusted, 'new', null, at)
    on conflict (organisation_id) do update set level = 'new', changed_at = excluded.changed_at,
      daily_quota = case when signal_trust.daily_quota < 2000 then signal_trust.daily_quota end,
      hourly_flood = case when signal_trust.hourly_flood < 500 then signal_trust.hourly_flood end;
end $$;

-- What an organisation said of hashes since two instants, whatever became of it: taking back and saying it again is no way round.
create function signal_said(asker uuid, day timestamptz, hour timestamptz)
returns table (disputes_today int, disputes_hour int, opinions_today int, opinions_hour int)
language sql stable security definer set search_path = public, pg_catalog as $$
  select count(*) filter (where is_dispute and at >= day)::int, count(*) filter (where is_dispute and at > hour)::int,
    count(*) filter (where not is_dispute and at >= day)::int, count(*) filter (where not is_dispute and at > hour)::int
  from (select opinion = 'dispute' as is_dispute, stated_at as at from signal_opinion where organisation_id = asker and stated_at >= least(day, hour)
    union all select false, given_at from signal_feedback where organisation_id = asker and given_at >= least(day, hour) and verdict = 'false') said
  where asker = current_org() $$;

-- What several platforms found to be a false match is disputed by the service, once, and never because one of them says so twice.
create function signal_dispute_false_match(subject uuid, dispute uuid, at timestamptz, due timestamptz) returns uuid[]
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
declare doubted uuid[];
begin
  if current_org() is null then raise exception 'a scope is needed' using errcode = '42501'; end if;
  perform 1 from signal s where s.id = subject for update;
  -- Of each list by itself: what was found through one says nothing of another, whose readers cannot see it.
  insert into signal_dispute (id, signal_id, organisation_id, list_ids, reason, opened_at, due_at)
    select dispute, subject, null, array_agg(l.id order by l.id), 'false_match', at, due
    from (select distinct c.list_id as id from signal_contribution c where c.signal_id = subject and c.state = 'standing') l
    where (select count(*) filter (where f.verdict = 'false') >= 2 and count(*) filter (where f.verdict = 'false') > count(*) filter (where f.verdict = 'confirmed')
        from signal_feedback f where f.signal_id = subject and f.superseded_at is null and l.id = any(f.list_ids))
      and not exists (select 1 from signal_dispute d where d.signal_id = subject and d.organisation_id is null and d.reason = 'false_match' and l.id = any(d.list_ids))
    having count(*) > 0
    returning list_ids into doubted;
  return doubted;
end $$;

insert into private.job_task (name) values ('signal-canary');
`;

/** What people decided about hashes, remembered; and what they take back of one who is trusted no more. */
const DECIDED = `
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
      and case m.ground when 'dispute_upheld' then m.list_id = n.list_id else m.organisation_id = n.organisation_id end;
  return null;
end $$;
create trigger signal_remembers after update on signal_contribution referencing old table as was_so new table as now_so
  for each statement execute function private.signal_remembers();

-- Which of these hashes, by their place from 1, may come back only through quarantine: taken out of this list when a dispute was upheld,
-- whoever had contributed it; rejected or rolled back of this contributor.
create function signal_remembered(asker uuid, list uuid, types text[], hashes text[]) returns table (place int, ground text)
language sql stable security definer set search_path = public, pg_catalog as $$
  select given.place::int, m.ground from unnest(types, hashes) with ordinality as given (type, value, place)
  cross join lateral (select m.ground from signal_memory m where m.digest = private.signal_digest(given.type, given.value) and not m.is_released
    and case m.ground when 'dispute_upheld' then m.list_id = list else m.organisation_id = asker end order by m.ground limit 1) m
  where asker = current_org() or pg_has_role(session_user, 'clepsydra_worker', 'member') $$;

-- These hashes have come to stand on these lists. A standing opinion that one of them is wrong opens its dispute again, unless that
-- opinion was rejected there, or people let the hash back in after a dispute had been upheld.
create function signal_reopen_disputes(signals uuid[], lists uuid[], at timestamptz, due timestamptz)
returns table (signal_id uuid, type text, organisation_id uuid, list_ids uuid[], reason text)
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
#variable_conflict use_column
begin
  if current_org() is null and not pg_has_role(session_user, 'clepsydra_worker', 'member') then
    raise exception 'a scope is needed' using errcode = '42501';
  end if;
  return query with doubted as (
    select o.signal_id, o.organisation_id, o.reason, o.note, array_agg(distinct b.list order by b.list) as list_ids
    from unnest(signals, lists) as b(signal, list) join signal s on s.id = b.signal
      join signal_opinion o on o.signal_id = b.signal and o.superseded_at is null and o.opinion = 'dispute' and b.list = any(o.list_ids)
    where exists (select 1 from signal_contribution c where c.signal_id = b.signal and c.list_id = b.list and c.state = 'standing'
        and c.organisation_id <> o.organisation_id)
      and not exists (select 1 from signal_dispute d where d.signal_id = o.signal_id and d.organisation_id = o.organisation_id
        and (d.state = 'open' or (d.state = 'rejected' and d.reason = o.reason and b.list = any(d.list_ids))))
      and not exists (select 1 from signal_memory m where m.digest = private.signal_digest(s.type, s.value) and m.list_id = b.list
        and m.ground = 'dispute_upheld' and m.is_released)
    group by o.signal_id, o.organisation_id, o.reason, o.note
  ), opened as (
    insert into signal_dispute (id, signal_id, organisation_id, list_ids, reason, note, opened_at, due_at)
      select gen_random_uuid(), d.signal_id, d.organisation_id, d.list_ids, d.reason, d.note, at, due from doubted d
      on conflict do nothing returning signal_id, organisation_id, list_ids, reason
  ) select o.signal_id, s.type, o.organisation_id, o.list_ids, o.reason from opened o join signal s on s.id = o.signal_id;
end $$;

-- What waits on a list because its owner had upheld a dispute about it: the owner's to release. What the operator decided is not.
create function signal_held_back(list uuid)
returns table (contribution_id uuid, signal_id uuid, organisation_id uuid, type text, value text, contributed_at timestamptz)
language sql stable security definer set search_path = public, pg_catalog as $$
  select c.id, c.signal_id, c.organisation_id, s.type, s.value, c.contributed_at
  from signal_list l join signal_contribution c on c.list_id = l.id and c.state = 'quarantined' join signal s on s.id = c.signal_id
  where l.id = list and l.owner_id = current_org()
    and exists (select 1 from signal_quarantine_item i where i.contribution_id = c.id and i.outcome is null and i.reason = 'dispute_upheld')
    and not exists (select 1 from signal_quarantine_item i where i.contribution_id = c.id and i.outcome is null and i.reason <> 'dispute_upheld')
    and not exists (select 1 from signal_memory m where m.digest = private.signal_digest(s.type, s.value) and m.by_operator and not m.is_released
      and case m.ground when 'dispute_upheld' then m.list_id = l.id else m.organisation_id = c.organisation_id end) $$;

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

-- What one organisation said of hashes from an instant on counts no more: its opinions, the disputes it opened, its feedback, and the
-- disputes that the service opened because of that feedback. With the rolled back contributions, and the operator's alone.
create function signal_silence(silenced uuid, since timestamptz, at timestamptz, words text)
returns table (signal_id uuid, type text, opinions int, disputes int, feedback int, lists uuid[])
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
#variable_conflict use_column
declare signals uuid[];
begin
  if current_org_kind() is distinct from 'operator' then raise exception 'this is for the operator' using errcode = '42501'; end if;
  signals := array(select o.signal_id from signal_opinion o where o.organisation_id = silenced and o.superseded_at is null and o.stated_at >= since
    union select d.signal_id from signal_dispute d where d.organisation_id = silenced and d.state = 'open' and d.opened_at >= since
    union select f.signal_id from signal_feedback f where f.organisation_id = silenced and f.superseded_at is null and f.given_at >= since);
  perform 1 from signal s where s.id = any(signals) order by s.type, s.value for no key update;
  return query with said as (
    update signal_opinion o set superseded_at = at where o.organisation_id = silenced and o.superseded_at is null and o.stated_at >= since
    returning o.signal_id, o.list_ids
  ), fed as (
    update signal_feedback f set superseded_at = at where f.organisation_id = silenced and f.superseded_at is null and f.given_at >= since
    returning f.signal_id, f.list_ids, f.verdict
  ), opened as (
    update signal_dispute d set state = 'retracted', closed_at = at, closed_by = current_org(), outcome_note = words
    where d.state = 'open' and ((d.organisation_id = silenced and d.reason <> 'order_annulled' and d.opened_at >= since)
      or (d.organisation_id is null and d.reason = 'false_match' and exists (select 1 from fed where fed.signal_id = d.signal_id and fed.verdict = 'false'
          and fed.list_ids && d.list_ids)
        and not exists (select 1 from unnest(d.list_ids) as l(id) where (
          select count(*) filter (where f.verdict = 'false') >= 2 and count(*) filter (where f.verdict = 'false') > count(*) filter (where f.verdict = 'confirmed')
          from signal_feedback f where f.signal_id = d.signal_id and f.superseded_at is null and f.organisation_id <> silenced and l.id = any(f.list_ids)))))
    returning d.signal_id, d.list_ids
  ) select s.id, s.type, (select count(*)::int from said where said.signal_id = s.id), (select count(*)::int from opened where opened.signal_id = s.id),
      (select count(*)::int from fed where fed.signal_id = s.id),
      array(select distinct unnest(list_ids) from (select signal_id, list_ids from said union all select signal_id, list_ids from opened
        union all select signal_id, list_ids from fed) about where about.signal_id = s.id)
    from signal s where s.id = any(signals);
end $$;
`;

const POLICY = `
create table signal_policy (
  id uuid not null,
  organisation_id uuid not null,
  version int not null,
  name text not null,
  rules jsonb not null,
  state text not null default 'draft',
  made_at timestamptz(3) not null,
  enforced_at timestamptz(3),
  replaced_at timestamptz(3),
  constraint signal_policy_pk primary key (id),
  constraint signal_policy_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint signal_policy_version_once unique (organisation_id, version),
  constraint signal_policy_state_known check (state in ('draft', 'in_force', 'replaced')),
  constraint signal_policy_rules_list check (jsonb_typeof(rules) = 'array'),
  constraint signal_policy_enforced_whole check ((state = 'draft') = (enforced_at is null)),
  constraint signal_policy_replaced_whole check ((state = 'replaced') = (replaced_at is not null))
);
create unique index signal_policy_in_force on signal_policy (organisation_id) where state = 'in_force';
`;

const RIGHTS = `
alter table signal_trust enable row level security;
alter table signal_usage enable row level security;
alter table signal_negative enable row level security;
alter table signal_quarantine enable row level security;
alter table signal_quarantine_item enable row level security;
alter table signal_policy enable row level security;
alter table signal_memory enable row level security;

create policy signal_trust_read on signal_trust for select to clepsydra_app
  using (organisation_id = (select current_org()) or (select current_org_kind()) = 'operator');
create policy signal_trust_make on signal_trust for insert to clepsydra_app with check ((select current_org_kind()) = 'operator');
create policy signal_trust_change on signal_trust for update to clepsydra_app using ((select current_org_kind()) = 'operator');
create policy signal_usage_read on signal_usage for select to clepsydra_app
  using (organisation_id = (select current_org()) or (select current_org_kind()) = 'operator');
create policy signal_usage_worker on signal_usage for select to clepsydra_worker using (true);
-- A canary that contributors can read is none.
create policy signal_negative_operator on signal_negative for all to clepsydra_app
  using ((select current_org_kind()) = 'operator') with check ((select current_org_kind()) = 'operator');
create policy signal_quarantine_read on signal_quarantine for select to clepsydra_app using ((select current_org_kind()) = 'operator');
create policy signal_quarantine_make on signal_quarantine for insert to clepsydra_app
  with check (organisation_id = (select current_org()) or (select current_org_kind()) = 'operator');
create policy signal_quarantine_item_read on signal_quarantine_item for select to clepsydra_app
  using ((select current_org_kind()) = 'operator');
create policy signal_quarantine_item_make on signal_quarantine_item for insert to clepsydra_app
  with check (organisation_id = (select current_org()) or (select current_org_kind()) = 'operator');
create policy signal_quarantine_item_decide on signal_quarantine_item for update to clepsydra_app
  using ((select current_org_kind()) = 'operator');
create policy signal_policy_own on signal_policy for all to clepsydra_app
  using (organisation_id = (select current_org())) with check (organisation_id = (select current_org()));

create policy signal_trust_worker on signal_trust for select to clepsydra_worker using (true);
create policy signal_negative_worker on signal_negative for select to clepsydra_worker using (true);
create policy signal_quarantine_worker on signal_quarantine for all to clepsydra_worker using (true) with check (true);
create policy signal_quarantine_item_worker on signal_quarantine_item for all to clepsydra_worker using (true) with check (true);
create policy signal_policy_worker on signal_policy for select to clepsydra_worker using (true);

grant select on signal_usage to clepsydra_app, clepsydra_worker;
grant select, insert, update (level, daily_quota, hourly_flood, note, changed_at) on signal_trust to clepsydra_app;
grant select, insert, update (removed_at, removed_entry_id) on signal_negative to clepsydra_app;
grant select, insert on signal_quarantine, signal_quarantine_item to clepsydra_app;
grant update (outcome, outcome_note, decided_at) on signal_quarantine_item to clepsydra_app;
grant select, insert, update (state, enforced_at, replaced_at) on signal_policy to clepsydra_app;
grant select on signal_trust, signal_negative, signal_policy to clepsydra_worker;
grant select, insert on signal_quarantine, signal_quarantine_item to clepsydra_worker;
revoke all on function signal_standing_places(uuid, uuid, text[], text[]), signal_distrust(uuid, timestamptz), signal_dispute_false_match(uuid, uuid, timestamptz, timestamptz) from public;
grant execute on function signal_standing_places(uuid, uuid, text[], text[]), signal_distrust(uuid, timestamptz) to clepsydra_app, clepsydra_worker;
revoke all on function signal_reopen_disputes(uuid[], uuid[], timestamptz, timestamptz), signal_said(uuid, timestamptz, timestamptz), signal_remembered(uuid, uuid, text[], text[]), signal_held_back(uuid),
  signal_release_held(uuid, uuid[], text, timestamptz), signal_silence(uuid, timestamptz, timestamptz, text) from public;
grant execute on function signal_remembered(uuid, uuid, text[], text[]), signal_reopen_disputes(uuid[], uuid[], timestamptz, timestamptz) to clepsydra_app, clepsydra_worker;
grant execute on function signal_said(uuid, timestamptz, timestamptz), signal_held_back(uuid), signal_release_held(uuid, uuid[], text, timestamptz),
  signal_silence(uuid, timestamptz, timestamptz, text) to clepsydra_app;
grant execute on function signal_dispute_false_match(uuid, uuid, timestamptz, timestamptz) to clepsydra_app;
`;

export class CreateSignalDefence1764000820000 implements MigrationInterface {
  name = 'CreateSignalDefence1764000820000';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [DEFENCE, DECIDED, POLICY, RIGHTS]) await runner.query(part);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop trigger signal_quarantine_names on signal_contribution;
      drop trigger signal_usage_counts on signal_contribution;
      drop trigger signal_remembers on signal_contribution;
      drop function signal_reopen_disputes, signal_said, signal_remembered, signal_release_held, signal_held_back, signal_silence;
      drop function private.signal_remembers, private.signal_digest;
      drop table signal_memory;
      drop function private.signal_quarantine_names, private.signal_usage_counts;
      drop table signal_policy, signal_quarantine_item, signal_quarantine, signal_negative, signal_usage, signal_trust;
      drop function signal_standing_places, signal_distrust, signal_dispute_false_match;
      delete from private.job_task where name = 'signal-canary'`);
  }
}
