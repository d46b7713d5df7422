import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What can come of an order besides being carried out (Regulation (EU) 2021/784, Art. 3(9), 4, 9, 10, 11): scrutiny by the home
 * authority, review by a court, becoming final; what the content provider reads under a reference, and its complaint.
 */
const TABLES = `
create table scrutiny (
  id uuid not null,
  notice_id uuid not null,
  organisation_id uuid not null,
  origin text not null,
  item_id uuid,
  state text not null,
  reasons text not null,
  opened_at timestamptz(3) not null,
  due_at timestamptz(3) not null,
  intention text,
  intended_at timestamptz(3),
  answer_by timestamptz(3),
  answer text,
  answered_at timestamptz(3),
  outcome text,
  decision_reasons text,
  decided_at timestamptz(3),
  decided_by uuid,
  constraint scrutiny_pk primary key (id),
  constraint scrutiny_once unique nulls not distinct (notice_id, origin, item_id),
  constraint scrutiny_notice_fk foreign key (notice_id) references notice (id),
  constraint scrutiny_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint scrutiny_item_fk foreign key (notice_id, item_id) references notice_item (notice_id, item_id),
  constraint scrutiny_origin_known check (origin in ('own_initiative', 'provider', 'content_provider')),
  constraint scrutiny_item_of_content_provider check ((origin = 'content_provider') = (item_id is not null)),
  constraint scrutiny_state_known check (state in ('open', 'intended', 'answered', 'decided')),
  constraint scrutiny_outcome_known check (outcome in ('infringement', 'no_infringement')),
  constraint scrutiny_intended_whole check ((intention is null) = (intended_at is null) and (intention is null) = (answer_by is null)),
  constraint scrutiny_answered_whole check ((answer is null) = (answered_at is null) and (answer is null or intention is not null)),
  constraint scrutiny_decided_whole check ((state = 'decided') = (outcome is not null) and (outcome is null) = (decided_at is null)
    and (outcome is null) = (decision_reasons is null)),
  -- Art. 4(5): the issuer is told before an infringement is found.
  constraint scrutiny_intention_first check (outcome is distinct from 'infringement' or (intended_at is not null and intended_at <= decided_at))
);

-- To whom a decision went, and how.
create table scrutiny_copy (
  scrutiny_id uuid not null,
  addressee text not null,
  channel text not null,
  note text,
  sent_at timestamptz(3) not null,
  constraint scrutiny_copy_pk primary key (scrutiny_id, addressee),
  constraint scrutiny_copy_scrutiny_fk foreign key (scrutiny_id) references scrutiny (id),
  constraint scrutiny_copy_addressee_known check (addressee in ('issuer', 'platform', 'requester', 'europol')),
  constraint scrutiny_copy_channel_known check (channel in ('in-platform', 'other')),
  constraint scrutiny_copy_note_whole check (channel = 'in-platform' or note is not null)
);

-- Periods whose end is a fact. A worker writes it once, when it comes, unless the period was closed before.
create table order_period (
  id uuid not null,
  notice_id uuid not null,
  kind text not null,
  subject_id uuid,
  started_at timestamptz(3) not null,
  ends_at timestamptz(3) not null,
  closed_at timestamptz(3),
  ended_at timestamptz(3),
  constraint order_period_pk primary key (id),
  constraint order_period_once unique nulls not distinct (notice_id, kind, subject_id),
  constraint order_period_notice_fk foreign key (notice_id) references notice (id),
  constraint order_period_kind_known check (kind in ('scrutiny_own', 'scrutiny_request', 'scrutiny_decision', 'non_disclosure', 'redress', 'complaint')),
  constraint order_period_forward check (ends_at > started_at),
  constraint order_period_ends_once check (closed_at is null or ended_at is null)
);
create index order_period_due on order_period (ends_at) where closed_at is null and ended_at is null;

create table review_proceeding (
  id uuid not null,
  notice_id uuid not null,
  organisation_id uuid not null,
  lodged_by text not null,
  court text not null,
  reference text not null,
  lodged_at timestamptz(3) not null,
  recorded_at timestamptz(3) not null,
  outcome text not null,
  decided_at timestamptz(3),
  decision text,
  constraint review_proceeding_pk primary key (id),
  constraint review_proceeding_notice_fk foreign key (notice_id) references notice (id),
  constraint review_proceeding_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint review_proceeding_lodged_by_known check (lodged_by in ('provider', 'content_provider')),
  constraint review_proceeding_outcome_known check (outcome in ('pending', 'confirmed', 'annulled')),
  constraint review_proceeding_decided_whole check ((outcome = 'pending') = (decided_at is null) and (decided_at is null) = (decision is null)),
  constraint review_proceeding_forward check (lodged_at <= recorded_at and lodged_at <= decided_at)
);
create index review_proceeding_notice on review_proceeding (notice_id);

-- What a platform hands to the provider of one item. Only the hash of the token is kept.
create table content_reference (
  id uuid not null,
  notice_id uuid not null,
  item_id uuid not null,
  organisation_id uuid not null,
  token_hash bytea not null,
  made_at timestamptz(3) not null,
  informed_at timestamptz(3),
  constraint content_reference_pk primary key (id),
  constraint content_reference_token_unique unique (token_hash),
  constraint content_reference_item_fk foreign key (notice_id, item_id) references notice_item (notice_id, item_id),
  constraint content_reference_organisation_fk foreign key (organisation_id) references organisation (id)
);
create index content_reference_item on content_reference (notice_id, item_id);

create table complaint (
  id uuid not null,
  notice_id uuid not null,
  item_id uuid not null,
  organisation_id uuid not null,
  -- The answer complained of.
  revision int not null,
  complaint_text text not null,
  lodged_at timestamptz(3) not null,
  due_at timestamptz(3) not null,
  outcome text,
  reasons text,
  decided_at timestamptz(3),
  decided_by uuid,
  -- Why the person who had answered decided as well.
  alone text,
  constraint complaint_pk primary key (id),
  constraint complaint_once unique (notice_id, item_id, revision),
  constraint complaint_item_fk foreign key (notice_id, item_id) references notice_item (notice_id, item_id),
  constraint complaint_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint complaint_outcome_known check (outcome in ('upheld', 'rejected')),
  constraint complaint_decided_whole check ((outcome is null) = (decided_at is null) and (outcome is null) = (reasons is null)
    and (outcome is null) = (decided_by is null) and (alone is null or outcome is not null))
);
create index complaint_organisation on complaint (organisation_id, lodged_at);

alter table removal_order add column final_at timestamptz(3), add column non_disclosure_extended_at timestamptz(3);
-- The issuer's alone.
alter table notice_origin add column non_disclosure_extension_reasons text;
create index removal_order_final on removal_order (recipient_id, final_at) where final_at is not null;
`;

const FUNCTIONS = `
-- Whether the organisation of this transaction has decided, as the home authority, that an order infringes the law: only then
-- does it end what is the order's.
create function order_falls(of_notice uuid) returns boolean
language sql stable security definer set search_path = public, pg_catalog as $$
  select exists (select 1 from scrutiny s where s.notice_id = of_notice and s.organisation_id = current_org() and s.outcome = 'infringement') $$;

-- Contributions to the hash database that were made because of an order, for whoever ended it.
create function annulled_contributions(of_notice uuid) returns setof uuid
language sql stable security definer set search_path = public, pg_catalog as $$
  select c.id from signal_contribution c join notice n on n.id = c.notice_id
  where n.id = of_notice and n.state = 'annulled' and (n.sender_id = current_org() or order_falls(n.id))
    and c.withdrawn_at is null order by c.id $$;

-- Those about one item, for the platform that a complaint about it was upheld against. Whose they are is told by what it may read.
create function complained_contributions(of_notice uuid, of_item uuid) returns setof uuid
language sql stable security definer set search_path = public, pg_catalog as $$
  select c.id from signal_contribution c left join exhibit e on e.id = c.exhibit_id
  where c.notice_id = of_notice and c.withdrawn_at is null
    and exists (select 1 from complaint p where p.notice_id = of_notice and p.item_id = of_item and p.organisation_id = current_org() and p.outcome = 'upheld')
    and (e.item_id = of_item or (e.item_id is null and (select count(*) from notice_item i where i.notice_id = of_notice) = 1)) order by c.id $$;

-- Once, while it runs, by its issuer, to six weeks after its first end at most (Art. 11(3)).
create function extend_non_disclosure(of_notice uuid, until timestamptz, at timestamptz) returns boolean
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
declare changed int;
begin
  update removal_order o set non_disclosure_until = until, non_disclosure_extended_at = at
    where o.notice_id = of_notice and o.organisation_id = current_org() and o.non_disclosure_extended_at is null
      and o.non_disclosure_until > at and until > o.non_disclosure_until and until <= o.non_disclosure_until + interval '1008 hours';
  get diagnostics changed = row_count;
  return changed = 1;
end $$;

-- Art. 3(9): by its issuer, when a court has confirmed it and nothing is pending. That the time for a remedy is over is the worker's to say.
create function order_becomes_final(of_notice uuid, at timestamptz) returns boolean
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
declare changed int;
begin
  update removal_order o set final_at = at where o.notice_id = of_notice and o.organisation_id = current_org() and o.final_at is null
    and exists (select 1 from review_proceeding r where r.notice_id = of_notice and r.outcome = 'confirmed')
    and not exists (select 1 from review_proceeding r where r.notice_id = of_notice and r.outcome = 'pending');
  get diagnostics changed = row_count;
  return changed = 1;
end $$;

-- Of the home Member State of a provider.
create function is_home_authority(provider uuid) returns boolean
language sql stable security definer set search_path = public, pg_catalog as $$
  select exists (select 1 from organisation p left join provider_entry e on e.platform_id = p.id
    join authority_entry a on a.country = coalesce(e.home_country, p.country)
    where p.id = provider and p.kind = 'platform' and a.organisation_id = current_org() and a.removed_at is null
      and a.competences && array['scrutinise', 'penalise']) $$;

-- When the orders to a provider became final that still stand, for an authority of its home Member State alone (Art. 5(4)).
create function final_orders(provider uuid, since timestamptz) returns setof timestamptz
language sql stable security definer set search_path = public, pg_catalog as $$
  select o.final_at from removal_order o join notice n on n.id = o.notice_id
  where o.recipient_id = provider and o.final_at >= since and n.state not in ('withdrawn', 'annulled') and is_home_authority(provider) order by 1 $$;

-- As before; and who decided that an order infringes the law, or issued what was annulled, ends what was contributed because of it.
create or replace function signal_end_contributions(ids uuid[], ended text, ground text, at timestamptz, words text)
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
        when 'order_annulled' then c.organisation_id = me or c.id in (select annulled_contributions(c.notice_id))
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

-- As before; also where the one who ended the order was not the one who had contributed.
create or replace function signal_dispute_annulled(ids uuid[], signals uuid[], at timestamptz, due timestamptz) returns table (signal_id uuid, list_id uuid)
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
#variable_conflict use_column
declare
  me uuid := current_org();
  is_worker boolean := pg_has_role(session_user, 'clepsydra_worker', 'member');
begin
  return query with fell as (
    select g.id, g.signal, e.list_id from unnest(ids, signals) as g(id, signal) join signal_contribution e on e.signal_id = g.signal
    where e.end_ground = 'order_annulled' and e.withdrawn_at = at and (is_worker or e.organisation_id = me
      or exists (select 1 from notice n where n.id = e.notice_id and n.state = 'annulled' and (n.sender_id = me or order_falls(n.id))))
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

revoke all on function order_falls(uuid), annulled_contributions(uuid), complained_contributions(uuid, uuid), extend_non_disclosure(uuid, timestamptz, timestamptz),
  order_becomes_final(uuid, timestamptz), final_orders(uuid, timestamptz), is_home_authority(uuid) from public;
grant execute on function order_falls(uuid), annulled_contributions(uuid), complained_contributions(uuid, uuid), extend_non_disclosure(uuid, timestamptz, timestamptz),
  order_becomes_final(uuid, timestamptz), final_orders(uuid, timestamptz), is_home_authority(uuid) to clepsydra_app;
`;

const RIGHTS = `
-- A draft is neither signed, nor extended, nor final.
drop policy removal_order_draft on removal_order;
create policy removal_order_draft on removal_order for insert to clepsydra_app
  with check (organisation_id = (select current_org()) and signed_at is null and non_disclosure_extended_at is null and final_at is null
    and exists (select 1 from notice n where n.id = notice_id and n.sender_id = organisation_id and n.state = 'draft'));

alter table scrutiny enable row level security;
alter table scrutiny_copy enable row level security;
alter table order_period enable row level security;
alter table review_proceeding enable row level security;
alter table content_reference enable row level security;
alter table complaint enable row level security;

create policy scrutiny_read on scrutiny for select to clepsydra_app using (exists (select 1 from notice n where n.id = notice_id));
create policy scrutiny_open on scrutiny for insert to clepsydra_app
  with check (state = 'open' and exists (select 1 from notice n where n.id = notice_id and n.home_authority_id = organisation_id
    and ((origin = 'own_initiative' and organisation_id = (select current_org())) or (origin = 'provider' and n.recipient_id = (select current_org())))));
create policy scrutiny_decide on scrutiny for update to clepsydra_app
  using (organisation_id = (select current_org()) and outcome is null) with check (organisation_id = (select current_org()));
-- The issuer says what it has to say, and nothing else.
create policy scrutiny_answer on scrutiny for update to clepsydra_app
  using (state = 'intended' and exists (select 1 from notice n where n.id = notice_id and n.sender_id = (select current_org())))
  with check (state = 'answered' and exists (select 1 from notice n where n.id = notice_id and n.sender_id = (select current_org())));
create policy scrutiny_worker on scrutiny for select to clepsydra_worker using (true);
create policy scrutiny_worker_open on scrutiny for insert to clepsydra_worker with check (origin = 'content_provider' and state = 'open');

create policy scrutiny_copy_read on scrutiny_copy for select to clepsydra_app using (exists (select 1 from scrutiny s where s.id = scrutiny_id));
create policy scrutiny_copy_send on scrutiny_copy for insert to clepsydra_app
  with check (exists (select 1 from scrutiny s where s.id = scrutiny_id and s.organisation_id = (select current_org()) and s.outcome is not null));

create policy order_period_read on order_period for select to clepsydra_app using (exists (select 1 from notice n where n.id = notice_id));
create policy order_period_begin on order_period for insert to clepsydra_app
  with check (ended_at is null and exists (select 1 from notice n where n.id = notice_id));
create policy order_period_move on order_period for update to clepsydra_app
  using (ended_at is null and exists (select 1 from notice n where n.id = notice_id));
create policy order_period_worker on order_period for all to clepsydra_worker using (true) with check (true);

create policy review_proceeding_read on review_proceeding for select to clepsydra_app using (exists (select 1 from notice n where n.id = notice_id));
create policy review_proceeding_record on review_proceeding for insert to clepsydra_app
  with check (outcome = 'pending' and organisation_id = (select current_org()) and exists (select 1 from notice n where n.id = notice_id
    and (n.sender_id = organisation_id or (n.recipient_id = organisation_id and lodged_by = 'provider'))));
create policy review_proceeding_decide on review_proceeding for update to clepsydra_app
  using (outcome = 'pending' and exists (select 1 from notice n where n.id = notice_id and n.sender_id = (select current_org())))
  with check (exists (select 1 from notice n where n.id = notice_id and n.sender_id = (select current_org())));
create policy review_proceeding_worker on review_proceeding for select to clepsydra_worker using (true);

create policy content_reference_read on content_reference for select to clepsydra_app using (organisation_id = (select current_org()));
create policy content_reference_make on content_reference for insert to clepsydra_app
  with check (organisation_id = (select current_org()) and informed_at is null
    and exists (select 1 from notice n where n.id = notice_id and n.recipient_id = organisation_id));
create policy content_reference_worker on content_reference for all to clepsydra_worker using (true) with check (true);

create policy complaint_read on complaint for select to clepsydra_app using (organisation_id = (select current_org()));
create policy complaint_decide on complaint for update to clepsydra_app
  using (organisation_id = (select current_org()) and outcome is null) with check (organisation_id = (select current_org()));
create policy complaint_worker on complaint for all to clepsydra_worker using (true) with check (outcome is null);

-- What the home authority may do to an order of which it has decided that it infringes the law, and to nothing else.
create policy notice_annul on notice for update to clepsydra_app using (order_falls(id))
  with check (order_falls(id) and state = 'annulled' and annulment_ground = 'scrutiny');
create policy clock_annul on clock for update to clepsydra_app using (order_falls(notice_id)) with check (order_falls(notice_id) and state = 'stopped');
create policy notice_obstacle_annul on notice_obstacle for update to clepsydra_app using (order_falls(notice_id))
  with check (order_falls(notice_id) and ended_at is not null);
create policy reinstatement_annul on reinstatement for insert to clepsydra_app
  with check (outcome is null and ground = 'scrutiny' and order_falls(notice_id));
-- What a platform decides to put back because a complaint was right; and the answer that follows from it, also to what was closed.
create policy reinstatement_complaint on reinstatement for insert to clepsydra_app
  with check (outcome is null and ground = 'complaint' and exists (select 1 from complaint c where c.notice_id = reinstatement.notice_id
    and c.item_id = reinstatement.item_id and c.organisation_id = (select current_org()) and c.outcome = 'upheld'));
create policy notice_answer_complaint on notice_answer for insert to clepsydra_app
  with check (outcome = 'declined' and exists (select 1 from notice n where n.id = notice_id and n.recipient_id = (select current_org()) and n.state = 'closed')
    and exists (select 1 from complaint c where c.notice_id = notice_answer.notice_id and c.item_id = notice_answer.item_id
      and c.organisation_id = (select current_org()) and c.outcome = 'upheld'));

create policy notice_answer_worker on notice_answer for select to clepsydra_worker using (true);
create policy removal_order_final_worker on removal_order for update to clepsydra_worker using (final_at is null) with check (true);

grant select, insert, update (state, intention, intended_at, answer_by, answer, answered_at, outcome, decision_reasons, decided_at, decided_by)
  on scrutiny to clepsydra_app;
grant select, insert on scrutiny_copy, content_reference to clepsydra_app;
grant select, insert, update (started_at, ends_at, closed_at) on order_period to clepsydra_app;
grant select, insert, update (outcome, decided_at, decision) on review_proceeding to clepsydra_app;
grant select, update (outcome, reasons, decided_at, decided_by, alone) on complaint to clepsydra_app;
grant update (non_disclosure_extension_reasons) on notice_origin to clepsydra_app;
grant select, insert on scrutiny, complaint to clepsydra_worker;
grant select, insert, update (started_at, ends_at, closed_at, ended_at), delete on order_period to clepsydra_worker;
grant select on review_proceeding, notice_answer to clepsydra_worker;
grant select, update (informed_at) on content_reference to clepsydra_worker;
grant update (final_at) on removal_order to clepsydra_worker;
`;

/** Orders that are under way have their periods too; what ended before is written with the instant at which it did. */
const UNDER_WAY = `
insert into order_period (id, notice_id, kind, started_at, ends_at)
  select gen_random_uuid(), n.id, p.kind, p.started_at, p.ends_at from notice n join removal_order o on o.notice_id = n.id, lateral (values
    ('scrutiny_own', case when n.home_authority_id is not null then n.sent_at end, n.sent_at + interval '72 hours'),
    ('scrutiny_request', case when n.home_authority_id is not null then n.received_at end, n.received_at + interval '48 hours'),
    -- In UTC, as the service reckons: months are not as long everywhere.
    ('redress', n.received_at, (n.received_at at time zone 'UTC' + make_interval(
      months => case when o.redress #>> '{deadline,unit}' = 'months' then (o.redress #>> '{deadline,n}')::int else 0 end,
      hours => case when o.redress #>> '{deadline,unit}' = 'days' then 24 * (o.redress #>> '{deadline,n}')::int else 0 end)) at time zone 'UTC'),
    ('non_disclosure', n.sent_at, o.non_disclosure_until)
  ) as p (kind, started_at, ends_at)
  where n.sent_at is not null and n.state not in ('withdrawn', 'annulled') and p.started_at is not null and p.ends_at > p.started_at;
`;

export class ScrutiniseOrders1764000950000 implements MigrationInterface {
  name = 'ScrutiniseOrders1764000950000';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [TABLES, FUNCTIONS, RIGHTS, UNDER_WAY]) await runner.query(part);
  }

  /** Orders may have become final or fallen by what these tables hold: the way back is a backup. */
  down(): Promise<void> {
    return Promise.reject(new Error('this migration has no way back: restore a backup'));
  }
}
