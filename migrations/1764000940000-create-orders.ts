import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Removal orders (Regulation (EU) 2021/784, Art. 3): the assessment they rest on, what they state beside their notice, their
 * signature by a second person, and the information that a provider has twelve hours before the first one.
 */
const TABLES = `
-- Append-only: who assesses anew writes another.
create table assessment (
  id uuid not null,
  organisation_id uuid not null,
  case_id uuid not null,
  categories text[] not null,
  offences text[] not null,
  reasons text not null,
  factors jsonb not null,
  exclusions jsonb not null,
  editorial_responsibility boolean not null,
  dissemination text not null,
  dissemination_evidence text not null,
  assessed_by uuid not null,
  assessed_at timestamptz(3) not null,
  constraint assessment_pk primary key (id),
  constraint assessment_case_fk foreign key (case_id) references case_file (id),
  constraint assessment_categories_known check (categories <@ array['incitement', 'solicit_offence', 'solicit_group', 'instruction', 'threat', 'other']
    and cardinality(categories) > 0),
  constraint assessment_offences_known check (offences <@ array['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j']),
  constraint assessment_dissemination_known check (dissemination in ('open', 'auto_admission', 'human_admission'))
);
create index assessment_case on assessment (case_id, assessed_at);

-- Where an exclusion was unclear: another person's review, and a legal sign-off by a third.
create table assessment_sign_off (
  assessment_id uuid not null,
  part text not null,
  organisation_id uuid not null,
  signed_by uuid not null,
  signed_at timestamptz(3) not null,
  reasons text not null,
  constraint assessment_sign_off_pk primary key (assessment_id, part),
  constraint assessment_sign_off_person_once unique (assessment_id, signed_by),
  constraint assessment_sign_off_assessment_fk foreign key (assessment_id) references assessment (id),
  constraint assessment_sign_off_part_known check (part in ('second_review', 'legal'))
);

-- What an order states beside its notice, written with its draft and never changed but by its signature.
create table removal_order (
  notice_id uuid not null,
  organisation_id uuid not null,
  recipient_id uuid not null,
  assessment_id uuid not null,
  order_language text not null,
  legal_basis text not null,
  additional_information text not null,
  is_emergency boolean not null,
  emergency_reasons text,
  home_country text,
  is_cross_border boolean not null,
  home_copy_note text,
  non_disclosure_until timestamptz(3),
  issuer jsonb not null,
  redress jsonb not null,
  signed_at timestamptz(3),
  form jsonb,
  kid text,
  jws text,
  constraint removal_order_pk primary key (notice_id),
  constraint removal_order_notice_fk foreign key (notice_id) references notice (id),
  constraint removal_order_assessment_fk foreign key (assessment_id) references assessment (id),
  -- Art. 3(2), rec. 17: the emergency is justified in the order.
  constraint removal_order_emergency_justified check (is_emergency = (emergency_reasons is not null)),
  constraint removal_order_signed_whole check ((signed_at is null) = (form is null)
    and (signed_at is null) = (jws is null) and (signed_at is null) = (kid is null))
);

-- The issuer's alone: who signed, and why the content provider is not to be told (Art. 11(3)).
alter table notice_origin add column signed_by uuid, add column non_disclosure_reasons text;

create table advance_information (
  id uuid not null,
  organisation_id uuid not null,
  platform_id uuid not null,
  sent_at timestamptz(3) not null,
  sent_by uuid,
  text text not null,
  constraint advance_information_pk primary key (id),
  constraint advance_information_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint advance_information_platform_fk foreign key (platform_id) references organisation (id)
);
create index advance_information_pair on advance_information (organisation_id, platform_id, sent_at);
create index advance_information_platform on advance_information (platform_id, sent_at);
`;

const RIGHTS = `
alter table assessment enable row level security;
alter table assessment_sign_off enable row level security;
alter table removal_order enable row level security;
alter table advance_information enable row level security;

create policy assessment_own on assessment for all to clepsydra_app
  using (organisation_id = (select current_org()))
  with check (organisation_id = (select current_org()) and exists (select 1 from case_file c where c.id = case_id));
create policy assessment_sign_off_own on assessment_sign_off for all to clepsydra_app
  using (organisation_id = (select current_org()))
  with check (organisation_id = (select current_org()) and exists (select 1 from assessment a where a.id = assessment_id));

-- Whoever may read the notice reads what the order states; a draft is its issuer's alone.
create policy removal_order_read on removal_order for select to clepsydra_app
  using (organisation_id = (select current_org()) or exists (select 1 from notice n where n.id = notice_id));
create policy removal_order_draft on removal_order for insert to clepsydra_app
  with check (organisation_id = (select current_org()) and signed_at is null
    and exists (select 1 from notice n where n.id = notice_id and n.sender_id = organisation_id and n.state = 'draft'));
create policy removal_order_sign on removal_order for update to clepsydra_app
  using (organisation_id = (select current_org()) and signed_at is null
    and exists (select 1 from notice n where n.id = notice_id and n.state = 'draft'))
  with check (organisation_id = (select current_org()));
create policy removal_order_worker on removal_order for select to clepsydra_worker using (true);

create policy advance_information_read on advance_information for select to clepsydra_app
  using ((select current_org()) in (organisation_id, platform_id));
create policy advance_information_send on advance_information for insert to clepsydra_app
  with check (organisation_id = (select current_org()));

grant select, insert on assessment, assessment_sign_off, advance_information to clepsydra_app;
grant select, insert, update (signed_at, form, kid, jws) on removal_order to clepsydra_app;
grant update (signed_by, non_disclosure_reasons) on notice_origin to clepsydra_app;
grant select on removal_order to clepsydra_worker;

-- Whether this authority has ever let an order go to this provider: the twelve hours are those of the pair (Art. 3(2)).
create index notice_first_order on notice (sender_id, recipient_id) where kind = 'removal_order' and sent_at is not null;
`;

export class CreateOrders1764000940000 implements MigrationInterface {
  name = 'CreateOrders1764000940000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await runner.query(RIGHTS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `drop index notice_first_order; alter table notice_origin drop column signed_by, drop column non_disclosure_reasons; drop table advance_information, removal_order, assessment_sign_off, assessment`,
    );
  }
}
