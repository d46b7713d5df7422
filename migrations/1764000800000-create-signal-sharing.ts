import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The list that everybody who takes part reads and that contributions go to unless told otherwise. */
const COMMON_LIST = '00000000-0000-7000-8000-000000000001';

/**
 * Lists, standing of contributions, opinions, disputes and feedback. A signal is still one hash whoever stands behind it;
 * what an organisation sees of it is what stands on the lists that it may read. The state of a signal is computed by
 * trigger from its contributions, opinions and disputes, so that no role writes it.
 */
const LISTS = `
create table signal_list (
  id uuid not null,
  slug text not null,
  name text not null,
  purpose text not null,
  owner_id uuid,
  sharing text not null,
  tlp text not null,
  auto_action boolean not null default false,
  created_at timestamptz(3) not null,
  closed_at timestamptz(3),
  version int not null default 1,
  constraint signal_list_pk primary key (id),
  -- Of one owner: that a name is taken would tell of a list that one may not see.
  constraint signal_list_slug_unique unique nulls not distinct (owner_id, slug),
  constraint signal_list_owner_fk foreign key (owner_id) references organisation (id),
  constraint signal_list_sharing_known check (sharing in ('everyone', 'group')),
  constraint signal_list_tlp_known check (tlp in ('clear', 'green', 'amber', 'amber+strict', 'red'))
);
create index signal_list_owner on signal_list (owner_id);

create table signal_list_member (
  list_id uuid not null,
  organisation_id uuid not null,
  may_contribute boolean not null,
  joined_at timestamptz(3) not null,
  left_at timestamptz(3),
  constraint signal_list_member_pk primary key (list_id, organisation_id),
  constraint signal_list_member_list_fk foreign key (list_id) references signal_list (id),
  constraint signal_list_member_organisation_fk foreign key (organisation_id) references organisation (id)
);
create index signal_list_member_organisation on signal_list_member (organisation_id);

insert into signal_list (id, slug, name, purpose, owner_id, sharing, tlp, created_at) values ('${COMMON_LIST}', 'common',
  'Common list', 'Hashes of terrorist content that every body taking part may match against', null, 'everyone', 'amber', now());

-- Asked once a query, as (select …), never once a row.
create function readable_lists() returns uuid[]
language sql stable parallel restricted security definer set search_path = public, pg_catalog as $$
  select coalesce(array_agg(l.id), '{}') from signal_list l, (select current_org() as org) me
  where me.org is not null and (l.sharing = 'everyone' or l.owner_id = me.org
    or exists (select 1 from signal_list_member m where m.list_id = l.id and m.organisation_id = me.org and m.left_at is null)) $$;

create function writable_lists() returns uuid[]
language sql stable parallel restricted security definer set search_path = public, pg_catalog as $$
  select coalesce(array_agg(l.id), '{}') from signal_list l, (select current_org() as org) me
  where me.org is not null and l.closed_at is null and (l.owner_id = me.org or (l.sharing = 'everyone' and l.owner_id is null)
    or exists (select 1 from signal_list_member m where m.list_id = l.id and m.organisation_id = me.org and m.may_contribute and m.left_at is null)) $$;
`;

const SIGNALS = `
alter table signal drop constraint signal_type_known, drop constraint signal_value_shape;
alter table signal
  add column quality smallint,
  add column reviewed boolean not null default false,
  add column reviewed_at timestamptz(3),
  add column erased_at timestamptz(3),
  add column forgotten_at timestamptz(3),
  add constraint signal_type_known check (type in ('pdq', 'blockhash', 'vpdq', 'sha256', 'sha512', 'md5', 'text_sha256')),
  add constraint signal_quality_range check (quality between 0 and 100),
  add constraint signal_value_shape check (value ~ '^[0-9a-f]+$' and length(value) = case type when 'md5' then 32 when 'sha512' then 128 else 64 end);

-- The frames behind a signal of type vpdq, whose value is the digest over them.
create table signal_frame (
  signal_id uuid not null,
  ordinal int not null,
  hash text not null,
  quality smallint not null,
  at_ms int,
  constraint signal_frame_pk primary key (signal_id, ordinal),
  constraint signal_frame_signal_fk foreign key (signal_id) references signal (id),
  constraint signal_frame_hash_shape check (hash ~ '^[0-9a-f]{64}$')
);

drop index signal_contribution_standing;
alter table signal_contribution
  add column list_id uuid not null default '${COMMON_LIST}',
  add column state text not null default 'standing',
  add column reviewed boolean not null default true,
  add column severity text,
  add column incident text,
  add column provenance jsonb not null default '{}',
  add column case_id uuid,
  add column exhibit_id uuid,
  add column notice_id uuid,
  add column batch_id uuid,
  add column source_id uuid,
  add column expires_at timestamptz(3),
  add column reviewed_at timestamptz(3),
  -- Which vocabulary the labels are of: those from before there was one are free words.
  add column vocabulary text not null default 'free',
  add column end_ground text,
  add constraint signal_contribution_list_fk foreign key (list_id) references signal_list (id),
  add constraint signal_contribution_state_known check (state in ('standing', 'quarantined', 'withdrawn', 'retracted', 'expired', 'erased')),
  add constraint signal_contribution_severity_known check (severity in ('low', 'medium', 'high', 'critical')),
  add constraint signal_contribution_end_ground_known check (end_ground in ('order_annulled', 'rolled_back', 'withdrawn', 'expired', 'dispute_upheld',
    'source_withdrew', 'erased', 'rejected')),
  add constraint signal_contribution_end_whole check ((withdrawn_at is null) = (state in ('standing', 'quarantined')));
alter table signal_contribution alter column list_id drop default;
create unique index signal_contribution_standing on signal_contribution (signal_id, organisation_id, list_id) where withdrawn_at is null;
create index signal_contribution_organisation on signal_contribution (organisation_id, contributed_at);
create index signal_contribution_signal on signal_contribution (signal_id);
create index signal_contribution_source on signal_contribution (source_id, signal_id) where source_id is not null;
create index signal_contribution_list on signal_contribution (list_id, signal_id);
create index signal_contribution_expiry on signal_contribution (expires_at) where withdrawn_at is null and expires_at is not null;
create index signal_contribution_case on signal_contribution (case_id) where case_id is not null;
create index signal_contribution_exhibit on signal_contribution (exhibit_id) where exhibit_id is not null;
create index signal_contribution_notice on signal_contribution (notice_id) where notice_id is not null;

-- Which signals an entry of the ledger touched: one entry may tell of ten thousand. Nodes and subscribers follow this.
create table signal_change (
  entry_id uuid not null,
  signal_id uuid not null,
  -- The lists that it is about; null: all on which the signal stood. Who is served others does not hear of it.
  list_ids uuid[],
  constraint signal_change_pk primary key (entry_id, signal_id),
  constraint signal_change_signal_fk foreign key (signal_id) references signal (id)
);
create index signal_change_signal on signal_change (signal_id);
insert into signal_change (entry_id, signal_id) select id, signal_id from ledger_entry where signal_id is not null and kind like 'signal.%';
`;

const OPINIONS = `
-- An opinion, a dispute and feedback are about the lists on which whoever speaks saw the hash at that time: they are told to those who
-- read one of these lists, and do there what they do, and nowhere else.
create table signal_opinion (
  id uuid not null,
  signal_id uuid not null,
  organisation_id uuid not null,
  list_ids uuid[] not null,
  opinion text not null,
  reason text,
  note text,
  stated_at timestamptz(3) not null,
  superseded_at timestamptz(3),
  constraint signal_opinion_pk primary key (id),
  constraint signal_opinion_of_lists check (cardinality(list_ids) > 0),
  constraint signal_opinion_signal_fk foreign key (signal_id) references signal (id),
  constraint signal_opinion_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint signal_opinion_known check (opinion in ('confirm', 'dispute')),
  constraint signal_opinion_reason_known check (reason in ('not_terrorist_content', 'false_match', 'collision', 'wrong_labels', 'journalistic',
    'educational_or_research', 'artistic', 'counter_terrorism', 'public_debate', 'order_annulled', 'erroneous_contribution', 'other')),
  constraint signal_opinion_dispute_has_reason check (opinion = 'confirm' or reason is not null)
);
create unique index signal_opinion_standing on signal_opinion (signal_id, organisation_id) where superseded_at is null;
create index signal_opinion_organisation on signal_opinion (organisation_id, stated_at);

create table signal_dispute (
  id uuid not null,
  signal_id uuid not null,
  organisation_id uuid,
  list_ids uuid[] not null,
  reason text not null,
  note text,
  opened_at timestamptz(3) not null,
  due_at timestamptz(3) not null,
  state text not null default 'open',
  overdue_at timestamptz(3),
  closed_at timestamptz(3),
  closed_by uuid,
  outcome_note text,
  constraint signal_dispute_pk primary key (id),
  constraint signal_dispute_of_lists check (cardinality(list_ids) > 0),
  constraint signal_dispute_signal_fk foreign key (signal_id) references signal (id),
  constraint signal_dispute_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint signal_dispute_closed_by_fk foreign key (closed_by) references organisation (id),
  constraint signal_dispute_state_known check (state in ('open', 'upheld', 'rejected', 'retracted')),
  constraint signal_dispute_closed_whole check ((state = 'open') = (closed_at is null)),
  constraint signal_dispute_reason_known check (reason in ('not_terrorist_content', 'false_match', 'collision', 'wrong_labels', 'journalistic',
    'educational_or_research', 'artistic', 'counter_terrorism', 'public_debate', 'order_annulled', 'erroneous_contribution', 'other'))
);
create index signal_dispute_signal on signal_dispute (signal_id);
create index signal_dispute_open on signal_dispute (due_at) where state = 'open';
-- One of each organisation. That the legal basis fell is said once of each list, whoever's it was: signal_dispute_annulled sees to it.
create unique index signal_dispute_once on signal_dispute (signal_id, organisation_id) where state = 'open' and reason <> 'order_annulled';

create table signal_feedback (
  id uuid not null,
  signal_id uuid not null,
  organisation_id uuid not null,
  list_ids uuid[] not null,
  verdict text not null,
  note text,
  given_at timestamptz(3) not null,
  superseded_at timestamptz(3),
  constraint signal_feedback_pk primary key (id),
  constraint signal_feedback_of_lists check (cardinality(list_ids) > 0),
  constraint signal_feedback_signal_fk foreign key (signal_id) references signal (id),
  constraint signal_feedback_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint signal_feedback_verdict_known check (verdict in ('confirmed', 'false', 'already_known'))
);
create unique index signal_feedback_standing on signal_feedback (signal_id, organisation_id) where superseded_at is null;
create index signal_feedback_organisation on signal_feedback (organisation_id, given_at);
`;

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

const STATE = `
drop trigger signal_follows_contributions on signal_contribution;
drop function private.signal_follows_contributions;

-- Of each list: an open dispute that names it, disputed; a person has looked, or another body confirms, active; otherwise provisional. The
-- best of all lists, and withdrawn where it stands on none. As an organisation: over what its policies let it see.
create function signal_state(subject uuid) returns text
language sql stable set search_path = public, pg_catalog as $$ select ${STATE_OF('subject')} $$;

create function private.signal_refresh(ids uuid[]) returns void
language sql volatile security definer set search_path = public, pg_catalog as $$
  -- The row locks make two changes to one signal take turns, so that the second sees the first. In the order in which signal_make
  -- takes them, so that a batch that comes and one that goes do not wait for each other; keys stay free for foreign keys.
  select 1 from signal s where s.id = any(ids) order by s.type, s.value for no key update;
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
  ) f where s.id = f.id $$;

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

/**
 * Who may change what stands. No role updates the state of a contribution by itself: these functions do, and each asks
 * for whom the organisation of the transaction answers.
 */
const ENDS = `
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
            and c.list_id = any(d.list_ids) and d.organisation_id is distinct from me)
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
  -- Nobody stands behind it any more on the lists that were disputed: that is settled.
  update signal_dispute d set state = 'upheld', closed_at = at, closed_by = me, outcome_note = coalesce(words, 'nobody stands behind it any more')
    where d.signal_id = any(signals) and d.state = 'open' and not exists (select 1 from signal_contribution c
      where c.signal_id = d.signal_id and c.list_id = any(d.list_ids) and c.state = 'standing');
  if ended = 'erased' then perform private.signal_wipe(signals, at); end if;
end $$;

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
create function signal_hold_contributions(ids uuid[], held boolean)
returns table (contribution_id uuid, signal_id uuid, organisation_id uuid, list_id uuid, type text)
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
#variable_conflict use_column
begin
  if not pg_has_role(session_user, 'clepsydra_worker', 'member') and current_org_kind() is distinct from 'operator' then
    raise exception 'quarantine is for the operator' using errcode = '42501';
  end if;
  perform 1 from signal s where s.id in (select c.signal_id from signal_contribution c where c.id = any(ids)) order by s.type, s.value for no key update;
  return query update signal_contribution c set state = case when held then 'quarantined' else 'standing' end
    from signal s where s.id = c.signal_id and c.id = any(ids) and c.state = case when held then 'standing' else 'quarantined' end
    returning c.id, c.signal_id, c.organisation_id, c.list_id, s.type;
end $$;

-- Lists on which a hash stands and which the organisation reads; with only_others those on which somebody else stands behind it, because
-- nobody confirms or disputes what he alone contributed.
create function signal_seen_lists(subject uuid, only_others boolean) returns uuid[]
language sql stable security definer set search_path = public, pg_catalog as $$
  select coalesce(array_agg(distinct c.list_id order by c.list_id), '{}') from signal_contribution c
  where c.signal_id = subject and c.state = 'standing' and (not only_others or c.organisation_id <> current_org())
    and (c.list_id = any((select readable_lists())::uuid[]) or (select current_org_kind()) = 'operator') $$;

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

const POLICIES = `
alter table signal_list enable row level security;
alter table signal_list_member enable row level security;
alter table signal_frame enable row level security;
alter table signal_change enable row level security;
alter table signal_opinion enable row level security;
alter table signal_dispute enable row level security;
alter table signal_feedback enable row level security;

create policy signal_list_read on signal_list for select to clepsydra_app
  using (id = any ((select readable_lists())::uuid[]) or (select current_org_kind()) = 'operator');
create policy signal_list_make on signal_list for insert to clepsydra_app with check (owner_id = (select current_org()));
create policy signal_list_change on signal_list for update to clepsydra_app
  using (owner_id = (select current_org()) or (owner_id is null and (select current_org_kind()) = 'operator'));
create policy signal_list_member_read on signal_list_member for select to clepsydra_app
  using (organisation_id = (select current_org()) or exists (select 1 from signal_list l where l.id = list_id and l.owner_id = (select current_org()))
    or (select current_org_kind()) = 'operator');
create policy signal_list_member_make on signal_list_member for insert to clepsydra_app
  with check (exists (select 1 from signal_list l where l.id = list_id and l.owner_id = (select current_org())));
-- A member leaves; only the owner lets in and gives rights.
create policy signal_list_member_change on signal_list_member for update to clepsydra_app
  using (organisation_id = (select current_org()) or exists (select 1 from signal_list l where l.id = list_id and l.owner_id = (select current_org())))
  with check (left_at is not null or exists (select 1 from signal_list l where l.id = list_id and l.owner_id = (select current_org())));

drop policy signal_shared on signal;
drop policy signal_insert on signal;
drop policy signal_contribution_shared on signal_contribution;
drop policy signal_contribution_insert on signal_contribution;
-- The state over all lists and when it last changed are nobody's to read: an organisation asks signal_state, which sees what it may see.
revoke insert, select on signal from clepsydra_app;
grant select (id, type, value, quality, created_at, erased_at, forgotten_at) on signal to clepsydra_app;

-- What is in quarantine is its contributor's and the operator's to see; the rest is whoever reads the list's.
create policy signal_contribution_read on signal_contribution for select to clepsydra_app using (
  organisation_id = (select current_org())
  or (list_id = any ((select readable_lists())::uuid[]) and state <> 'quarantined')
  or (select current_org_kind()) = 'operator');
create policy signal_contribution_insert on signal_contribution for insert to clepsydra_app
  with check (organisation_id = (select current_org()) and list_id = any ((select writable_lists())::uuid[])
    and state in ('standing', 'quarantined') and end_ground is null);
create policy signal_read on signal for select to clepsydra_app
  using (exists (select 1 from signal_contribution c where c.signal_id = signal.id));
create policy signal_frame_read on signal_frame for select to clepsydra_app
  using (exists (select 1 from signal s where s.id = signal_id));
create policy signal_frame_make on signal_frame for insert to clepsydra_app with check (exists (select 1 from signal_contribution c
  where c.signal_id = signal_frame.signal_id and c.organisation_id = (select current_org()) and c.withdrawn_at is null));
create policy signal_change_read on signal_change for select to clepsydra_app
  using (exists (select 1 from signal s where s.id = signal_id));
create policy signal_change_make on signal_change for insert to clepsydra_app with check ((select current_org()) is not null);
-- An opinion and a dispute are their author's, the operator's and of whoever reads one of their lists now.
create policy signal_opinion_read on signal_opinion for select to clepsydra_app
  using (organisation_id = (select current_org()) or list_ids && (select readable_lists())::uuid[] or (select current_org_kind()) = 'operator');
create policy signal_opinion_make on signal_opinion for insert to clepsydra_app
  with check (organisation_id = (select current_org()) and list_ids <@ signal_seen_lists(signal_id, true));
create policy signal_opinion_change on signal_opinion for update to clepsydra_app using (organisation_id = (select current_org()));
create policy signal_dispute_read on signal_dispute for select to clepsydra_app
  using (organisation_id = (select current_org()) or list_ids && (select readable_lists())::uuid[] or (select current_org_kind()) = 'operator');
create policy signal_dispute_make on signal_dispute for insert to clepsydra_app
  with check (organisation_id = (select current_org()) and state = 'open' and reason <> 'order_annulled' and list_ids <@ signal_seen_lists(signal_id, true));
-- One's own: it is restated or taken back. Who decides it is not asked here but in signal_reject_dispute and signal_end_contributions.
create policy signal_dispute_change on signal_dispute for update to clepsydra_app
  using (organisation_id = (select current_org()) and state = 'open' and reason <> 'order_annulled')
  with check (organisation_id = (select current_org()) and reason <> 'order_annulled'
    and (state = 'retracted' or (state = 'open' and list_ids <@ signal_seen_lists(signal_id, true))));
create policy signal_feedback_own on signal_feedback for all to clepsydra_app
  using (organisation_id = (select current_org()))
  with check (organisation_id = (select current_org()) and (superseded_at is not null or list_ids <@ signal_seen_lists(signal_id, false)));

-- The worker loads the index, expires, retracts and follows subscriptions across organisations.
create policy signal_list_worker on signal_list for select to clepsydra_worker using (true);
create policy signal_list_member_worker on signal_list_member for select to clepsydra_worker using (true);
create policy signal_contribution_worker on signal_contribution for all to clepsydra_worker using (true) with check (true);
create policy signal_frame_worker on signal_frame for all to clepsydra_worker using (true) with check (true);
create policy signal_change_worker on signal_change for all to clepsydra_worker using (true) with check (true);
create policy signal_opinion_worker on signal_opinion for select to clepsydra_worker using (true);
create policy signal_dispute_worker on signal_dispute for all to clepsydra_worker using (true) with check (true);
create policy signal_feedback_worker on signal_feedback for select to clepsydra_worker using (true);

grant select, insert on signal_list, signal_list_member, signal_frame, signal_change, signal_opinion, signal_dispute, signal_feedback to clepsydra_app;
grant update (name, purpose, tlp, auto_action, closed_at, version) on signal_list to clepsydra_app;
grant update (may_contribute, left_at, joined_at) on signal_list_member to clepsydra_app;
revoke update on signal_contribution from clepsydra_app;
grant update (expires_at, reviewed, reviewed_at) on signal_contribution to clepsydra_app;
grant update (superseded_at) on signal_opinion, signal_feedback to clepsydra_app;
grant update (list_ids, reason, note, state, closed_at, closed_by) on signal_dispute to clepsydra_app;
grant select on signal_list, signal_list_member, signal_opinion, signal_feedback to clepsydra_worker;
grant select, insert on signal_frame, signal_change, signal_contribution, signal_dispute to clepsydra_worker;
grant update (overdue_at) on signal_dispute to clepsydra_worker;
grant execute on function readable_lists(), writable_lists(), signal_make(uuid[], text[], text[], smallint[], timestamptz),
  signal_end_contributions(uuid[], text, text, timestamptz, text), signal_hold_contributions(uuid[], boolean), signal_concerned(uuid[], uuid[]),
  signal_dispute_annulled(uuid[], uuid[], timestamptz, timestamptz) to clepsydra_app, clepsydra_worker;
grant execute on function signal_responsibility(uuid), signal_reject_dispute(uuid, text, timestamptz), signal_state(uuid),
  signal_seen_lists(uuid, boolean), signal_feedback_counts(uuid[]) to clepsydra_app;
grant execute on function signal_forget(timestamptz, timestamptz, int) to clepsydra_worker;
`;

export class CreateSignalSharing1764000800000 implements MigrationInterface {
  name = 'CreateSignalSharing1764000800000';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [LISTS, SIGNALS, OPINIONS, STATE, ENDS, POLICIES]) await runner.query(part);
  }

  async down(): Promise<void> {
    throw new Error(
      'Lists, opinions and disputes cannot be folded back into a table that has no room for them: restore a backup',
    );
  }
}
