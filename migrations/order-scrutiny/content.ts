/** What the content provider reads under a reference (Art. 11), its complaint, and what follows from one that was right (Art. 10). */
export const CONTENT = `
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

alter table content_reference enable row level security;
alter table complaint enable row level security;

create policy content_reference_read on content_reference for select to clepsydra_app using (organisation_id = (select current_org()));
create policy content_reference_make on content_reference for insert to clepsydra_app
  with check (organisation_id = (select current_org()) and informed_at is null
    and exists (select 1 from notice n where n.id = notice_id and n.recipient_id = organisation_id));
create policy content_reference_worker on content_reference for all to clepsydra_worker using (true) with check (true);

create policy complaint_read on complaint for select to clepsydra_app using (organisation_id = (select current_org()));
create policy complaint_decide on complaint for update to clepsydra_app
  using (organisation_id = (select current_org()) and outcome is null) with check (organisation_id = (select current_org()));
create policy complaint_worker on complaint for all to clepsydra_worker using (true) with check (outcome is null);

-- What a platform decides to put back because a complaint was right; and the answer that follows from it, also to what was closed.
create policy reinstatement_complaint on reinstatement for insert to clepsydra_app
  with check (outcome is null and ground = 'complaint' and exists (select 1 from complaint c where c.notice_id = reinstatement.notice_id
    and c.item_id = reinstatement.item_id and c.organisation_id = (select current_org()) and c.outcome = 'upheld'));
create policy notice_answer_complaint on notice_answer for insert to clepsydra_app
  with check (outcome = 'declined' and exists (select 1 from notice n where n.id = notice_id and n.recipient_id = (select current_org()) and n.state = 'closed')
    and exists (select 1 from complaint c where c.notice_id = notice_answer.notice_id and c.item_id = notice_answer.item_id
      and c.organisation_id = (select current_org()) and c.outcome = 'upheld'));

create policy notice_answer_worker on notice_answer for select to clepsydra_worker using (true);

grant select, insert on content_reference to clepsydra_app;
grant select, update (informed_at) on content_reference to clepsydra_worker;
grant select, update (outcome, reasons, decided_at, decided_by, alone) on complaint to clepsydra_app;
grant select, insert on complaint to clepsydra_worker;
grant select on notice_answer to clepsydra_worker;
`;
