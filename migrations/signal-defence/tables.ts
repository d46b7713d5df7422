export const DEFENCE = `
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

-- What an organisation said of hashes since two instants, whatever became of it: taking back and saying it again is no way round. What its
-- sources dispute it says as well, and a report after which the service disputed is a dispute of whoever made it.
create function signal_said(asker uuid, day timestamptz, hour timestamptz)
returns table (disputes_today int, disputes_hour int, opinions_today int, opinions_hour int)
language sql stable security definer set search_path = public, pg_catalog as $$
  select count(*) filter (where is_dispute and at >= day)::int, count(*) filter (where is_dispute and at > hour)::int,
    count(*) filter (where not is_dispute and at >= day)::int, count(*) filter (where not is_dispute and at > hour)::int
  from (select opinion = 'dispute' as is_dispute, stated_at as at from signal_opinion where organisation_id = asker and stated_at >= least(day, hour)
    union all select true, d.opened_at from signal_feedback f join signal_dispute d on d.signal_id = f.signal_id and d.opened_at = f.given_at
      and d.organisation_id is null and d.relayed_by is null and d.reason = 'false_match'
      where f.organisation_id = asker and f.given_at >= least(day, hour) and f.verdict = 'false'
    union all select true, opened_at from signal_dispute where relayed_by = asker and opened_at >= least(day, hour)
    union all select false, given_at from signal_feedback where organisation_id = asker and given_at >= least(day, hour) and verdict = 'false') said
  where asker = current_org() $$;

-- When people last let a hash back into a list after a dispute had been upheld there; null where they never did.
create function private.signal_let_back(subject uuid, list uuid) returns timestamptz
language sql stable security definer set search_path = public, pg_catalog as $$
  select max(i.decided_at) from signal_contribution c join signal_quarantine_item i on i.contribution_id = c.id
  where c.signal_id = subject and c.list_id = list and i.reason = 'dispute_upheld' and i.outcome = 'released' $$;

-- Whether enough organisations find it a false match on this list, without one of them. Who said so before people last decided about the
-- hash there (they rejected what the service disputed, or let it back in after a dispute had been upheld) was heard and counts no more.
create function private.signal_found_false(subject uuid, list uuid, without uuid) returns boolean
language sql stable security definer set search_path = public, pg_catalog as $$
  with decided as (
    select max(d.closed_at) as at from signal_dispute d where d.signal_id = subject and d.organisation_id is null and d.relayed_by is null
      and d.reason = 'false_match' and d.state = 'rejected' and list = any(d.list_ids)
    union all select private.signal_let_back(subject, list)
  ), voice as (
    select f.verdict = 'false' as is_against from signal_feedback f
    where f.signal_id = subject and f.superseded_at is null and list = any(f.list_ids) and f.organisation_id is distinct from without
      and (f.verdict = 'confirmed' or (f.verdict = 'false' and not exists (select 1 from signal_feedback e, decided
        where e.signal_id = subject and e.organisation_id = f.organisation_id and e.verdict = 'false' and list = any(e.list_ids) and e.given_at <= decided.at)))
  )
  select count(*) filter (where is_against) >= 2 and count(*) filter (where is_against) > count(*) filter (where not is_against) from voice $$;

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
    where private.signal_found_false(subject, l.id, null)
      and not exists (select 1 from signal_dispute d where d.signal_id = subject and d.organisation_id is null and d.relayed_by is null
        and d.reason = 'false_match' and d.state = 'open' and l.id = any(d.list_ids))
    having count(*) > 0
    returning list_ids into doubted;
  return doubted;
end $$;

insert into private.job_task (name) values ('signal-canary');
`;
