/**
 * Scrutiny of an order by the home authority (Art. 4), to whom its decision went, and what that decision lets it do to the
 * order: a decision gives the right, not a role.
 */
export const SCRUTINIES = `
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

-- Whether the organisation of this transaction has decided, as the home authority, that an order infringes the law: only then
-- does it end what is the order's.
create function order_falls(of_notice uuid) returns boolean
language sql stable security definer set search_path = public, pg_catalog as $$
  select exists (select 1 from scrutiny s where s.notice_id = of_notice and s.organisation_id = current_org() and s.outcome = 'infringement') $$;

revoke all on function order_falls(uuid) from public;
grant execute on function order_falls(uuid) to clepsydra_app;

alter table scrutiny enable row level security;
alter table scrutiny_copy enable row level security;

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

-- What the home authority may do to an order of which it has decided that it infringes the law, and to nothing else.
create policy notice_annul on notice for update to clepsydra_app using (order_falls(id))
  with check (order_falls(id) and state = 'annulled' and annulment_ground = 'scrutiny');
create policy clock_annul on clock for update to clepsydra_app using (order_falls(notice_id)) with check (order_falls(notice_id) and state = 'stopped');
create policy notice_obstacle_annul on notice_obstacle for update to clepsydra_app using (order_falls(notice_id))
  with check (order_falls(notice_id) and ended_at is not null);
create policy reinstatement_annul on reinstatement for insert to clepsydra_app
  with check (outcome is null and ground = 'scrutiny' and order_falls(notice_id));

grant select, insert, update (state, intention, intended_at, answer_by, answer, answered_at, outcome, decision_reasons, decided_at, decided_by)
  on scrutiny to clepsydra_app;
grant select, insert on scrutiny_copy to clepsydra_app;
grant select, insert on scrutiny to clepsydra_worker;
`;
