import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * More ways to reach a platform: mail, the feed and pagers beside webhooks and the inbox; receipts that prove to be none; webhooks
 * that are let alone while they fail. What a pager is called by is wrapped under the master key, its address too: whoever knows the
 * topic of a pager can read and send on it.
 */
const CHANNELS = `
alter table contact_point
  add column address text,
  add column language text,
  add column pager_id uuid,
  drop constraint contact_point_channel_known;
alter table contact_point
  add constraint contact_point_channel_known check (channel in ('webhook', 'mail', 'inbox', 'feed', 'pager')),
  add constraint contact_point_address_of_mail check ((channel = 'mail') = (address is not null)),
  add constraint contact_point_language_known check (language in ('en', 'fr')),
  add constraint contact_point_language_of_words check ((language is not null) = (channel in ('mail', 'pager'))),
  add constraint contact_point_pager_of_pager check ((channel = 'pager') = (pager_id is not null)),
  add constraint contact_point_address_shape check (address ~ '^[^[:space:][:cntrl:]<>]{1,64}@[^[:space:][:cntrl:]<>@]{1,189}$');
create unique index contact_point_feed_once on contact_point (organisation_id) where channel = 'feed' and removed_at is null;
create unique index contact_point_address_once on contact_point (organisation_id, address) where removed_at is null;
create unique index contact_point_pager_once on contact_point (pager_id) where removed_at is null;

alter table delivery
  add column contact_id uuid,
  add column begun_at timestamptz(3),
  add column voided_at timestamptz(3),
  add column proof text,
  add constraint delivery_contact_fk foreign key (contact_id) references contact_point (id),
  drop constraint delivery_channel_known,
  drop constraint delivery_state_known,
  drop constraint delivery_receipt_whole,
  drop constraint delivery_once;
update delivery d set contact_id = c.id from contact_point c where c.endpoint_id = d.endpoint_id and c.organisation_id = d.recipient_id
  and c.removed_at is null;
-- An inbox was enough for receipt until now, declared or not.
update delivery set proof = case channel when 'webhook' then 'webhook' else 'inbox' end where receipt_at is not null;
alter table delivery
  add constraint delivery_channel_known check (channel in ('webhook', 'mail', 'inbox', 'feed', 'pager')),
  add constraint delivery_state_known check (state in ('waiting', 'told', 'delivered', 'failed', 'cancelled', 'voided')),
  add constraint delivery_proof_known check (proof in ('webhook', 'exchanger', 'relay', 'report', 'inbox', 'feed')),
  add constraint delivery_receipt_whole check ((state in ('delivered', 'voided')) = (receipt_at is not null)),
  add constraint delivery_proof_whole check ((receipt_at is null) = (proof is null)),
  add constraint delivery_voided_whole check ((state = 'voided') = (voided_at is not null)),
  add constraint delivery_once unique nulls not distinct (notice_id, event, subject_id, channel, endpoint_id, contact_id);
create index delivery_endpoint on delivery (endpoint_id, created_at desc, id desc) where endpoint_id is not null;

alter table delivery_attempt
  add column response text,
  add column replay boolean not null default false,
  drop constraint delivery_attempt_outcome_known;
alter table delivery_attempt
  add constraint delivery_attempt_outcome_known check (outcome in ('receipt', 'told', 'refused', 'failed', 'interrupted'));

alter table notice drop constraint notice_receipt_channel_known;
alter table notice add constraint notice_receipt_channel_known check (receipt_channel in ('webhook', 'mail', 'inbox', 'feed', 'answer'));

-- Failures one after another; beyond some the endpoint is left alone until open_until, longer each time.
alter table webhook_endpoint
  add column failures int not null default 0,
  add column openings int not null default 0,
  add column open_until timestamptz(3),
  add column probed_at timestamptz(3),
  add constraint webhook_endpoint_failures_positive check (failures >= 0 and openings >= 0),
  add constraint webhook_endpoint_opened_whole check ((openings > 0) = (open_until is not null));
`;

const PAGERS = `
create table pager (
  id uuid not null,
  organisation_id uuid not null,
  person_id uuid,
  kind text not null,
  label text not null,
  key_id text not null,
  settings_wrapped bytea not null,
  created_at timestamptz(3) not null,
  removed_at timestamptz(3),
  constraint pager_pk primary key (id),
  constraint pager_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint pager_person_fk foreign key (person_id) references person (id),
  constraint pager_kind_known check (kind in ('sms', 'ntfy', 'matrix')),
  constraint pager_label_short check (length(label) between 1 and 100)
);
create index pager_organisation on pager (organisation_id, created_at);
alter table contact_point add constraint contact_point_pager_fk foreign key (pager_id) references pager (id);

-- Of one key a pager is called once.
create table page (
  id uuid not null,
  pager_id uuid not null,
  organisation_id uuid not null,
  key text not null,
  text text not null,
  priority text not null,
  state text not null,
  created_at timestamptz(3) not null,
  ended_at timestamptz(3),
  constraint page_pk primary key (id),
  constraint page_pager_fk foreign key (pager_id) references pager (id),
  constraint page_key_once unique (pager_id, key),
  constraint page_priority_known check (priority in ('normal', 'urgent')),
  constraint page_state_known check (state in ('waiting', 'sent', 'failed')),
  constraint page_text_short check (length(text) between 1 and 160),
  constraint page_ended_whole check ((state = 'waiting') = (ended_at is null))
);
create index page_organisation on page (organisation_id, created_at);

create table page_attempt (
  page_id uuid not null,
  attempt_no int not null,
  at timestamptz(3) not null,
  outcome text not null,
  status int,
  problem text,
  constraint page_attempt_pk primary key (page_id, attempt_no),
  constraint page_attempt_page_fk foreign key (page_id) references page (id),
  constraint page_attempt_outcome_known check (outcome in ('sent', 'failed', 'refused'))
);
`;

const RIGHTS = `
alter table pager enable row level security;
alter table page enable row level security;
alter table page_attempt enable row level security;

create policy pager_own on pager for all to clepsydra_app
  using (organisation_id = (select current_org()))
  with check (organisation_id = (select current_org()) and (person_id is null or exists (select 1 from membership m
    where m.person_id = pager.person_id and m.organisation_id = pager.organisation_id)));
create policy page_own on page for select to clepsydra_app using (organisation_id = (select current_org()));
create policy page_ask on page for insert to clepsydra_app
  with check (organisation_id = (select current_org())
    and exists (select 1 from pager p where p.id = pager_id and p.organisation_id = page.organisation_id));
create policy page_attempt_own on page_attempt for select to clepsydra_app
  using (exists (select 1 from page p where p.id = page_id));
create policy pager_worker on pager for select to clepsydra_worker using (true);
create policy page_worker on page for all to clepsydra_worker using (true) with check (true);
create policy page_attempt_worker on page_attempt for all to clepsydra_worker using (true) with check (true);

-- Whose webhook it is sees what was sent to it and what it answered.
create policy delivery_of_endpoint on delivery for select to clepsydra_app
  using (recipient_id = (select current_org()) and endpoint_id is not null);

drop policy contact_point_own on contact_point;
create policy contact_point_own on contact_point for all to clepsydra_app
  using (organisation_id = (select current_org()))
  with check (organisation_id = (select current_org())
    and (endpoint_id is null or exists (select 1 from webhook_endpoint e where e.id = endpoint_id and e.organisation_id = contact_point.organisation_id))
    and (pager_id is null or exists (select 1 from pager p where p.id = pager_id and p.organisation_id = contact_point.organisation_id)));

create policy webhook_endpoint_worker_circuit on webhook_endpoint for update to clepsydra_worker using (true) with check (true);

grant select, insert, update (removed_at) on pager to clepsydra_app;
grant select, insert on page to clepsydra_app;
grant select on page_attempt to clepsydra_app;
grant select on pager to clepsydra_worker;
grant select, insert, update (state, ended_at) on page to clepsydra_worker;
grant select, insert on page_attempt to clepsydra_worker;
grant update (failures, openings, open_until, probed_at) on webhook_endpoint to clepsydra_worker;
grant update (language) on contact_point to clepsydra_app;
grant update (begun_at, voided_at, proof) on delivery to clepsydra_worker;
grant update (response) on delivery_attempt to clepsydra_worker;

insert into private.job_task (name) values ('page'), ('replay');
`;

export class CreateChannels1764000890000 implements MigrationInterface {
  name = 'CreateChannels1764000890000';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [CHANNELS, PAGERS, RIGHTS]) await runner.query(part);
  }

  /** Notices may have been received by mail, which the tables before this could not say: the way back is a backup. */
  down(): Promise<void> {
    return Promise.reject(new Error('this migration has no way back: restore a backup'));
  }
}
