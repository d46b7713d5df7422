import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a platform that lives by mail had only by signing in: the information before a first order (Art. 3(2)) goes to it by mail, and
 * what proves its receipt is kept; and when a notice is taken back, the mail has a link by which it says what it put back (Art. 4(7)).
 */
const ADVANCE = `
-- Of such a platform the twelve hours begin with a receipt; of any other, when the information lies where it reads.
alter table advance_information add column by_mail_alone boolean not null default false, add column entry_id uuid;

create table advance_delivery (
  id uuid not null,
  information_id uuid not null,
  organisation_id uuid not null,
  platform_id uuid not null,
  contact_id uuid not null,
  code text not null,
  state text not null,
  attempts int not null default 0,
  receipt_at timestamptz(3),
  proof text,
  voided_at timestamptz(3),
  failure text,
  created_at timestamptz(3) not null,
  ended_at timestamptz(3),
  constraint advance_delivery_pk primary key (id),
  constraint advance_delivery_information_fk foreign key (information_id) references advance_information (id),
  constraint advance_delivery_contact_fk foreign key (contact_id) references contact_point (id),
  constraint advance_delivery_once unique (information_id, contact_id),
  constraint advance_delivery_code_once unique (code),
  constraint advance_delivery_state_known check (state in ('waiting', 'told', 'delivered', 'failed', 'voided')),
  constraint advance_delivery_proof_known check (proof in ('exchanger', 'relay', 'report')),
  constraint advance_delivery_receipt_whole check ((state in ('delivered', 'voided')) = (receipt_at is not null)),
  constraint advance_delivery_proof_whole check ((receipt_at is null) = (proof is null)),
  constraint advance_delivery_voided_whole check ((state = 'voided') = (voided_at is not null))
);

create table advance_delivery_attempt (
  delivery_id uuid not null,
  attempt_no int not null,
  started_at timestamptz(3) not null,
  ended_at timestamptz(3),
  outcome text,
  status int,
  problem text,
  response text,
  constraint advance_delivery_attempt_pk primary key (delivery_id, attempt_no),
  constraint advance_delivery_attempt_delivery_fk foreign key (delivery_id) references advance_delivery (id),
  constraint advance_delivery_attempt_outcome_known check (outcome in ('receipt', 'told', 'refused', 'failed', 'interrupted')),
  constraint advance_delivery_attempt_ended_whole check ((ended_at is null) = (outcome is null))
);
`;

const LINKS = `
-- A link of a mail about a notice that was taken back opens what was asked to be put back, and nothing else.
alter table reply_link add column purpose text not null default 'answer',
  add constraint reply_link_purpose_known check (purpose in ('answer', 'reinstatement'));
alter table reply_use drop constraint reply_use_action_known;
alter table reply_use add constraint reply_use_action_known
  check (action in ('acknowledge', 'answer', 'impossible', 'clarification', 'possible-again', 'life-threat', 'reinstatement'));
`;

const RIGHTS = `
-- The issuer may not read a platform's contact points; that there is nothing but mail, it may know.
create function reached_by_mail_alone(platform uuid) returns boolean
language sql stable security definer set search_path = public, pg_catalog as $$
  select coalesce(bool_or(channel = 'mail') and not bool_or(channel in ('webhook', 'inbox', 'feed')), false) from contact_point
  where organisation_id = platform and removed_at is null and confirmed_at is not null $$;
revoke all on function reached_by_mail_alone(uuid) from public;
grant execute on function reached_by_mail_alone(uuid) to clepsydra_app;

alter table advance_delivery enable row level security;
alter table advance_delivery_attempt enable row level security;

create policy advance_delivery_read on advance_delivery for select to clepsydra_app
  using ((select current_org()) in (organisation_id, platform_id));
-- What the mail server of a platform said is its issuer's proof.
create policy advance_delivery_attempt_read on advance_delivery_attempt for select to clepsydra_app
  using (exists (select 1 from advance_delivery d where d.id = delivery_id and d.organisation_id = (select current_org())));
create policy advance_delivery_worker on advance_delivery for all to clepsydra_worker using (true) with check (true);
create policy advance_delivery_attempt_worker on advance_delivery_attempt for all to clepsydra_worker using (true) with check (true);
create policy advance_information_worker on advance_information for select to clepsydra_worker using (true);
create policy advance_information_entry on advance_information for update to clepsydra_app
  using (organisation_id = (select current_org()) and entry_id is null) with check (organisation_id = (select current_org()));

grant select on advance_delivery, advance_delivery_attempt to clepsydra_app;
grant select, insert on advance_delivery, advance_delivery_attempt to clepsydra_worker;
grant update (state, attempts, receipt_at, proof, voided_at, failure, ended_at) on advance_delivery to clepsydra_worker;
grant update (ended_at, outcome, status, problem, response) on advance_delivery_attempt to clepsydra_worker;
grant select on advance_information to clepsydra_worker;
grant update (entry_id) on advance_information to clepsydra_app;
grant select (purpose) on reply_link to clepsydra_app;

insert into private.job_task (name) values ('advance-mail');
`;

export class WriteToSmallPlatforms1764001000000 implements MigrationInterface {
  name = 'WriteToSmallPlatforms1764001000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [ADVANCE, LINKS, RIGHTS]) await runner.query(part);
  }

  /** A proof of receipt from which twelve hours ran is not forgotten: the way back is a backup. */
  down(): Promise<void> {
    return Promise.reject(new Error('this migration has no way back: restore a backup'));
  }
}
