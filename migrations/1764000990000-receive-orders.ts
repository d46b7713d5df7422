import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Orders that reach a platform outside of this installation: what was handed in and when it had been received, whom the platform
 * takes its authority for, which keys it has pinned, and the notice that it becomes. All of it is the receiving platform's alone.
 */
const TABLES = `
alter table organisation drop constraint organisation_kind_known;
alter table organisation add constraint organisation_kind_known
  check (kind in ('authority', 'platform', 'investigative_body', 'oversight', 'civil_society', 'operator', 'external'));

-- The sender of notices that came from outside, as one platform knows it. One for each platform: who received orders of whom is
-- nobody else's to see.
create table outside_authority (
  organisation_id uuid not null,
  platform_id uuid not null,
  authority_id uuid not null,
  admitted_at timestamptz(3) not null,
  constraint outside_authority_pk primary key (organisation_id),
  constraint outside_authority_once unique (platform_id, authority_id),
  constraint outside_authority_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint outside_authority_platform_fk foreign key (platform_id) references organisation (id),
  constraint outside_authority_authority_fk foreign key (authority_id) references authority_entry (id)
);

create table received_order (
  id uuid not null,
  organisation_id uuid not null,
  state text not null,
  reasons text[] not null,
  errors text[] not null,
  handed_in_at timestamptz(3) not null,
  handed_in_by uuid,
  stated_channel text not null,
  stated_receipt_at timestamptz(3),
  received_at timestamptz(3) not null,
  document_kind text not null,
  document_digest bytea not null,
  identity_digest bytea not null,
  form jsonb,
  faults jsonb not null default '[]',
  jws text,
  kid text,
  -- Signatures by other keys that came with the same form: which is the authority's is for people to find.
  other_jws text[] not null default '{}',
  is_verified boolean not null,
  authority_id uuid,
  checked_at timestamptz(3) not null,
  decided_at timestamptz(3),
  decided_by uuid,
  decision_note text,
  refutations text[] not null default '{}',
  notice_id uuid,
  constraint received_order_pk primary key (id),
  constraint received_order_once unique (organisation_id, identity_digest),
  constraint received_order_notice_once unique (notice_id),
  constraint received_order_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint received_order_authority_fk foreign key (authority_id) references authority_entry (id),
  constraint received_order_notice_fk foreign key (notice_id) references notice (id),
  constraint received_order_state_known check (state in ('recognised', 'quarantined', 'genuine', 'not_genuine')),
  constraint received_order_reasons_known check (reasons <@ array['no_form', 'malformed', 'unsigned', 'signature_invalid', 'unknown_signer',
    'key_revoked', 'authority_not_registered', 'not_a_member_state', 'authority_not_competent', 'not_addressed_to_us', 'manifest_errors']),
  constraint received_order_errors_known check (errors <@ array['issued_after_receipt', 'issuing_state', 'home_state', 'addressee_unclear',
    'target_unreadable', 'target_elsewhere']),
  constraint received_order_refutations_known check (refutations <@ array['denied_by_authority', 'no_such_authority', 'authority_not_competent',
    'not_addressed_to_us', 'exercise', 'other']),
  constraint received_order_stated_channel_known check (stated_channel in ('mail', 'secure_channel', 'registered_delivery', 'portal', 'fax',
    'post', 'by_hand', 'other')),
  constraint received_order_document_kind_known check (document_kind in ('json', 'pdf')),
  constraint received_order_digest_length check (length(document_digest) = 32 and length(identity_digest) = 32),
  -- What the platform states can only be earlier than our intake, and the earlier one counts.
  constraint received_order_received_earlier check (received_at = least(handed_in_at, coalesce(stated_receipt_at, handed_in_at))),
  constraint received_order_recognised_whole check (state <> 'recognised'
    or (cardinality(reasons) = 0 and is_verified and authority_id is not null)),
  constraint received_order_other_few check (cardinality(other_jws) <= 8),
  constraint received_order_verified_whole check (not is_verified or (form is not null and kid is not null and jws is not null)),
  constraint received_order_quarantined_why check (state = 'recognised' or cardinality(reasons) > 0),
  constraint received_order_decided_whole check ((state in ('genuine', 'not_genuine')) = (decided_at is not null)
    and (decided_at is null) = (decided_by is null) and (decided_at is null) = (decision_note is null)),
  constraint received_order_genuine_whole check (state <> 'genuine' or (form is not null and authority_id is not null)),
  constraint received_order_refuted_why check ((state = 'not_genuine') = (cardinality(refutations) > 0)),
  constraint received_order_taken_up check (notice_id is null or state in ('recognised', 'genuine'))
);
create index received_order_list on received_order (organisation_id, handed_in_at desc, id desc);

-- Keys that two people of a platform compared with their authority by another road. They bind nobody else.
create table received_order_key (
  organisation_id uuid not null,
  kid text not null,
  authority_id uuid not null,
  public_key bytea not null,
  received_order_id uuid not null,
  pinned_at timestamptz(3) not null,
  retired_at timestamptz(3),
  constraint received_order_key_pk primary key (organisation_id, kid),
  constraint received_order_key_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint received_order_key_authority_fk foreign key (authority_id) references authority_entry (id),
  constraint received_order_key_order_fk foreign key (received_order_id) references received_order (id),
  constraint received_order_key_kid_shape check (kid ~ '^[A-Za-z0-9_-]{43}$'),
  constraint received_order_key_length check (length(public_key) = 32),
  constraint received_order_key_order check (retired_at is null or retired_at >= pinned_at)
);

-- The sender is outside: the platform sends its answer by hand, and says when and how.
create table received_order_answer (
  id uuid not null,
  received_order_id uuid not null,
  organisation_id uuid not null,
  form text not null,
  form_digest bytea not null,
  channel text not null,
  sent_at timestamptz(3) not null,
  recorded_at timestamptz(3) not null,
  recorded_by uuid,
  constraint received_order_answer_pk primary key (id),
  constraint received_order_answer_order_fk foreign key (received_order_id) references received_order (id),
  constraint received_order_answer_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint received_order_answer_form_known check (form in ('annex-ii', 'annex-iii')),
  constraint received_order_answer_channel_known check (channel in ('mail', 'secure_channel', 'registered_delivery', 'portal', 'fax',
    'post', 'by_hand', 'other')),
  constraint received_order_answer_past check (sent_at <= recorded_at)
);
create index received_order_answer_order on received_order_answer (received_order_id, recorded_at);

-- An order from outside rests on an assessment that is not here.
alter table removal_order alter column assessment_id drop not null;
`;

const GUARDS = `
-- A receipt is moved to before what was known, never to after it. What has been decided stays, but that two people find genuine
-- what one had not.
create function received_order_moves_on() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  if new.received_at > old.received_at then
    raise exception 'a receipt is not moved to a later instant' using errcode = '42501';
  end if;
  if old.state <> 'quarantined' and (new.received_at <> old.received_at
    or (new.state <> old.state and not (old.state = 'not_genuine' and new.state = 'genuine'))) then
    raise exception 'what became of a received order stays' using errcode = '42501';
  end if;
  if old.notice_id is not null and new.notice_id is distinct from old.notice_id then
    raise exception 'a received order becomes one notice' using errcode = '42501';
  end if;
  return new;
end $$;
create trigger received_order_moves_on before update on received_order for each row execute function received_order_moves_on();

-- Nobody is a member of an outside authority: not by the operator either.
create function membership_never_outside() returns trigger
language plpgsql stable security definer set search_path = public, pg_catalog as $$
begin
  if exists (select 1 from organisation o where o.id = new.organisation_id and o.kind = 'external') then
    raise exception 'nobody signs in for an authority outside of this installation' using errcode = '42501';
  end if;
  return new;
end $$;
create trigger membership_never_outside before insert or update on membership for each row execute function membership_never_outside();

-- Notices of the transaction's own organisation about any of these subjects; the subjects themselves are their senders'.
create function notices_on_subjects(digests bytea[]) returns table (notice_id uuid, digest bytea)
language sql stable security definer set search_path = public, pg_catalog as $$
  select n.id, c.identity_digest from content_item c join notice_item i on i.item_id = c.id join notice n on n.id = i.notice_id
  where c.identity_digest = any (digests) and n.recipient_id = current_org() and n.sent_at is not null $$;

revoke all on function received_order_moves_on(), membership_never_outside(), notices_on_subjects(bytea[]) from public;
grant execute on function notices_on_subjects(bytea[]) to clepsydra_app;
`;

/**
 * The platform writes what is its sender's: the case, the items and the notice as they would stand had the order been sent here.
 * Only from an order of its own that was recognised or found genuine, once.
 */
const TAKING_UP = `
create function take_up_received_order(received uuid, ids jsonb, items jsonb, stated jsonb, at timestamptz) returns uuid
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
declare
  r received_order%rowtype;
  a authority_entry%rowtype;
  sender uuid;
  short_name text;
  counted int;
  of_year int := extract(year from at at time zone 'UTC');
  new_case uuid := (ids ->> 'case')::uuid;
  new_notice uuid := (ids ->> 'notice')::uuid;
begin
  select * into r from received_order where id = received and organisation_id = current_org() for update;
  if r.id is null or r.notice_id is not null or r.state not in ('recognised', 'genuine') then
    raise exception 'this order is not to be taken up' using errcode = '42501';
  end if;
  select * into a from authority_entry where id = r.authority_id;
  -- Two orders of one authority at the same instant take turns.
  perform pg_advisory_xact_lock(hashtextextended(r.organisation_id || ':' || a.id, 990));
  select o.organisation_id into sender from outside_authority o where o.platform_id = r.organisation_id and o.authority_id = a.id;
  if sender is null then
    sender := (ids ->> 'sender')::uuid;
    insert into organisation (id, kind, name, slug, country, created_at)
      values (sender, 'external', a.name, 'outside-' || right(sender::text, 12), a.country, at);
    insert into outside_authority (organisation_id, platform_id, authority_id, admitted_at) values (sender, r.organisation_id, a.id, at);
  end if;
  select slug into short_name from organisation where id = sender;
  insert into notice_counter as c (organisation_id, year, last) values (sender, of_year, 1)
    on conflict (organisation_id, year) do update set last = c.last + 1 returning last into counted;
  -- Nobody asked us to look at what it is about: no probe leaves for it.
  insert into case_file (id, organisation_id, reference, category, ideology, tlp, pap, opened_at)
    values (new_case, sender, stated ->> 'caseReference', stated ->> 'category', 'unknown', 'red', 'red', at);
  insert into content_item (id, organisation_id, case_id, kind, platform_id, address, identity, identity_digest, state, added_at)
    select i.id, sender, new_case, 'url', r.organisation_id, i.address, i.identity, decode(i.digest, 'hex'), 'open', at
    from jsonb_to_recordset(items) as i (id uuid, address text, identity text, digest text)
    on conflict (organisation_id, identity_digest) where state <> 'closed' do nothing;
  insert into notice (id, reference, kind, state, sender_id, recipient_id, category, ideology, language, grounds, requested_action,
      sender_country, platform_size, created_at, sent_at)
    select new_notice, upper(short_name) || '-' || of_year || '-' || lpad(counted::text, 6, '0'), 'removal_order', 'sent', sender,
      r.organisation_id, stated ->> 'category', 'unknown', 'und', r.form #>> '{content,b,reasons}', 'review_and_preserve', a.country,
      p.platform_size, at, (stated ->> 'sentAt')::timestamptz
    from organisation p where p.id = r.organisation_id;
  insert into notice_origin (notice_id, organisation_id, case_id) values (new_notice, sender, new_case);
  insert into notice_item (notice_id, item_id, position, kind, address)
    select new_notice, c.id, i.position, 'url', i.address
    from jsonb_to_recordset(items) as i (position int, address text, digest text)
    join content_item c on c.organisation_id = sender and c.identity_digest = decode(i.digest, 'hex') and c.state <> 'closed';
  insert into removal_order (notice_id, organisation_id, recipient_id, assessment_id, order_language, legal_basis, additional_information,
      is_emergency, home_country, is_cross_border, home_copy_note, non_disclosure_until, issuer, redress, signed_at, form, kid, jws)
    values (new_notice, sender, r.organisation_id, null, 'und', 'Regulation (EU) 2021/784, Art. 3(1)', stated ->> 'additionalInformation',
      false, r.form #>> '{content,a,homeMemberState}', (r.form #>> '{content,d,crossBorder}')::boolean, r.form #>> '{content,f,home}',
      (stated ->> 'nonDisclosureUntil')::timestamptz, stated -> 'issuer', r.form #> '{content,g}',
      case when r.is_verified then (stated ->> 'sentAt')::timestamptz end, case when r.is_verified then r.form end,
      case when r.is_verified then r.kid end, case when r.is_verified then r.jws end);
  insert into notice_party (organisation_id, created_at, notice_id, side) values (r.organisation_id, at, new_notice, 'platform');
  update received_order set notice_id = new_notice where id = received;
  return new_notice;
end $$;
revoke all on function take_up_received_order(uuid, jsonb, jsonb, jsonb, timestamptz) from public;
grant execute on function take_up_received_order(uuid, jsonb, jsonb, jsonb, timestamptz) to clepsydra_app;
`;

/** An hour may be running at three in the morning: what a program handed in, and nobody has seen, calls the people on duty. */
const DUTY = `
alter table escalation
  add column received_order_id uuid,
  add constraint escalation_received_order_fk foreign key (received_order_id) references received_order (id),
  drop constraint escalation_once,
  drop constraint escalation_about_one,
  drop constraint escalation_side_known;
alter table escalation
  add constraint escalation_once unique nulls not distinct (organisation_id, side, notice_id, run_no, ping_id, report_id, received_order_id),
  add constraint escalation_about_one check (num_nonnulls(notice_id, ping_id, report_id, received_order_id) = 1),
  add constraint escalation_side_known check (side in ('recipient', 'sender', 'signer', 'unreached', 'contact', 'life_threat',
    'received_order'));

create function begin_received_order_escalation() returns trigger
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
begin
  insert into escalation (id, organisation_id, side, received_order_id, started_at, next_at)
    select gen_random_uuid(), new.organisation_id, 'received_order', new.id, new.handed_in_at, new.handed_in_at
    where may_escalate(new.organisation_id, 'received_order')
    on conflict do nothing;
  return null;
end $$;
create trigger received_order_escalates after insert on received_order for each row
  when (new.state = 'quarantined' and new.handed_in_by is null) execute function begin_received_order_escalation();
revoke all on function begin_received_order_escalation() from public;

create policy received_order_worker on received_order for select to clepsydra_worker using (true);
grant select (id, state) on received_order to clepsydra_worker;
`;

const RIGHTS = `
alter table outside_authority enable row level security;
alter table received_order enable row level security;
alter table received_order_key enable row level security;
alter table received_order_answer enable row level security;

create policy outside_authority_own on outside_authority for select to clepsydra_app using (platform_id = (select current_org()));
create policy received_order_own on received_order for select to clepsydra_app using (organisation_id = (select current_org()));
create policy received_order_hand_in on received_order for insert to clepsydra_app
  with check (organisation_id = (select current_org()) and notice_id is null and state in ('recognised', 'quarantined'));
create policy received_order_change on received_order for update to clepsydra_app
  using (organisation_id = (select current_org())) with check (organisation_id = (select current_org()));
create policy received_order_key_own on received_order_key for all to clepsydra_app
  using (organisation_id = (select current_org())) with check (organisation_id = (select current_org()));
create policy received_order_answer_own on received_order_answer for all to clepsydra_app
  using (organisation_id = (select current_org()))
  with check (organisation_id = (select current_org()) and exists (select 1 from received_order r where r.id = received_order_id));

-- An outside authority is there for the platform that knows it, and for nobody else.
drop policy organisation_read on organisation;
create policy organisation_read on organisation for select to clepsydra_app using (
  (select current_org()) is not null and case when kind = 'external'
    then exists (select 1 from outside_authority a where a.organisation_id = organisation.id and a.platform_id = (select current_org()))
    else status <> 'provisional' or (select current_org_kind()) = 'operator'
      or exists (select 1 from platform_proposal p where p.platform_id = organisation.id and p.organisation_id = (select current_org()))
    end
);
drop policy organisation_register on organisation;
create policy organisation_register on organisation for insert to clepsydra_app
  with check ((select current_org_kind()) = 'operator' and kind <> 'external');
drop policy organisation_change on organisation;
create policy organisation_change on organisation for update to clepsydra_app
  using ((select current_org_kind()) = 'operator' and kind <> 'external');

-- An outside authority takes its order back by letter: the platform that has it records that, and what it is to put back.
create policy reinstatement_ask_outside on reinstatement for insert to clepsydra_app
  with check (outcome is null and exists (select 1 from notice n join outside_authority x on x.organisation_id = n.sender_id
    where n.id = notice_id and x.platform_id = (select current_org()) and n.recipient_id = x.platform_id));

-- What is drafted here rests on an assessment.
drop policy removal_order_draft on removal_order;
create policy removal_order_draft on removal_order for insert to clepsydra_app
  with check (organisation_id = (select current_org()) and assessment_id is not null and signed_at is null
    and non_disclosure_extended_at is null and final_at is null
    and exists (select 1 from notice n where n.id = notice_id and n.sender_id = organisation_id and n.state = 'draft'));

grant select on outside_authority to clepsydra_app;
grant select, insert, update (state, reasons, errors, stated_channel, stated_receipt_at, received_at, jws, kid, other_jws, is_verified, authority_id,
  checked_at, decided_at, decided_by, decision_note, refutations) on received_order to clepsydra_app;
grant select, insert, update (retired_at) on received_order_key to clepsydra_app;
grant select, insert on received_order_answer to clepsydra_app;
`;

export class ReceiveOrders1764000990000 implements MigrationInterface {
  name = 'ReceiveOrders1764000990000';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [TABLES, GUARDS, TAKING_UP, DUTY, RIGHTS]) await runner.query(part);
  }

  /** When an order was received, and what people found out about it, is evidence: the way back is a backup. */
  down(): Promise<void> {
    return Promise.reject(new Error('this migration has no way back: restore a backup'));
  }
}
