import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The link in a mail by which a platform answers without an account, and the two acknowledgements of a notice: that of a
 * platform's system and that of a person there.
 */
const REPLIES = `
-- One for each mail that went out: a mail that is tried again carries another link, and both lead to the notice.
create table reply_link (
  id uuid not null,
  notice_id uuid not null,
  delivery_id uuid not null,
  sender_id uuid not null,
  recipient_id uuid not null,
  contact_id uuid,
  token_hash bytea not null,
  code text not null,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  revoked_at timestamptz(3),
  constraint reply_link_pk primary key (id),
  constraint reply_link_token_once unique (token_hash),
  constraint reply_link_code_once unique (code),
  constraint reply_link_notice_fk foreign key (notice_id) references notice (id),
  constraint reply_link_delivery_fk foreign key (delivery_id) references delivery (id),
  constraint reply_link_contact_fk foreign key (contact_id) references contact_point (id),
  constraint reply_link_token_shape check (octet_length(token_hash) = 32),
  constraint reply_link_code_shape check (code ~ '^[0-9A-HJKMNP-TV-Z]{12}$'),
  constraint reply_link_expires_later check (expires_at > created_at)
);
create index reply_link_notice on reply_link (notice_id);

-- Each action of a form that was shown is used once; whoever sends it again reads what it had done.
create table reply_use (
  link_id uuid not null,
  form_id text not null,
  recipient_id uuid not null,
  action text not null,
  at timestamptz(3) not null,
  entry_ids uuid[] not null default '{}',
  constraint reply_use_pk primary key (link_id, form_id, action),
  constraint reply_use_link_fk foreign key (link_id) references reply_link (id),
  constraint reply_use_form_shape check (form_id ~ '^[0-9a-f]{32}$'),
  constraint reply_use_action_known check (action in ('acknowledge', 'answer', 'impossible', 'clarification', 'possible-again', 'life-threat'))
);

alter table contact_point drop constraint contact_point_language_known;
alter table contact_point add constraint contact_point_language_known check (language in ('en', 'fr', 'de'));

-- By a key of the platform, and by a person there: signed in, or by the link in a mail.
alter table notice add column system_ack_at timestamptz(3), add column human_ack_at timestamptz(3);
update notice n set
  human_ack_at = (select min(e.at) from ledger_entry e where e.notice_id = n.id and e.kind in ('notice.acknowledged', 'notice.answered')
    and convert_from(e.bytes, 'UTF8')::jsonb->>'via' = 'session'),
  system_ack_at = (select min(e.at) from ledger_entry e where e.notice_id = n.id and e.kind in ('notice.acknowledged', 'notice.answered')
    and convert_from(e.bytes, 'UTF8')::jsonb->>'via' = 'api-key')
where n.acknowledged_at is not null;
`;

const RIGHTS = `
alter table reply_link enable row level security;
alter table reply_use enable row level security;

create policy reply_link_of_recipient on reply_link for select to clepsydra_app using (recipient_id = (select current_org()));
create policy reply_link_revoke on reply_link for update to clepsydra_app
  using (recipient_id = (select current_org())) with check (recipient_id = (select current_org()));
create policy reply_link_worker on reply_link for select to clepsydra_worker using (true);
create policy reply_link_worker_make on reply_link for insert to clepsydra_worker with check (true);
create policy reply_use_of_recipient on reply_use for select to clepsydra_app using (recipient_id = (select current_org()));
create policy reply_use_once on reply_use for insert to clepsydra_app
  with check (recipient_id = (select current_org())
    and exists (select 1 from reply_link l where l.id = link_id and l.recipient_id = reply_use.recipient_id));
create policy reply_use_done on reply_use for update to clepsydra_app
  using (recipient_id = (select current_org())) with check (recipient_id = (select current_org()));

grant select (id, notice_id, delivery_id, sender_id, recipient_id, contact_id, created_at, expires_at, revoked_at), update (revoked_at)
  on reply_link to clepsydra_app;
grant select, insert on reply_link to clepsydra_worker;
grant select, insert, update (entry_ids) on reply_use to clepsydra_app;
grant update (system_ack_at, human_ack_at) on notice to clepsydra_app;
`;

export class ReplyWithoutAccount1764000960000 implements MigrationInterface {
  name = 'ReplyWithoutAccount1764000960000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(REPLIES);
    await runner.query(RIGHTS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table reply_use, reply_link`);
    await runner.query(`alter table notice drop column system_ack_at, drop column human_ack_at`);
    await runner.query(`alter table contact_point drop constraint contact_point_language_known`);
    await runner.query(
      `alter table contact_point add constraint contact_point_language_known check (language in ('en', 'fr'))`,
    );
  }
}
