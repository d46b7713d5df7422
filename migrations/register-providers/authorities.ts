/** The register of authorities. */
export const AUTHORITIES = `
create table authority_entry (
  id uuid not null,
  organisation_id uuid,
  name text not null,
  country text not null,
  competences text[] not null,
  contact_point text not null,
  telephone text not null,
  languages text[] not null default '{}',
  source_url text not null,
  source_date date not null,
  confirmed_by uuid not null,
  confirmed_at timestamptz(3) not null,
  removed_at timestamptz(3),
  version int not null default 1,
  constraint authority_entry_pk primary key (id),
  constraint authority_entry_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint authority_entry_country_shape check (country ~ '^[A-Z]{2}$'),
  constraint authority_entry_competences_known check (competences <@ array['order', 'scrutinise', 'supervise_measures', 'penalise'])
);
create unique index authority_entry_organisation_once on authority_entry (organisation_id) where removed_at is null;
create index authority_entry_country on authority_entry (country, name);

alter table authority_entry enable row level security;

-- Published: whoever receives an order looks its sender up here.
create policy authority_entry_read on authority_entry for select to clepsydra_app
  using (removed_at is null or (select current_org_kind()) = 'operator');
create policy authority_entry_register on authority_entry for insert to clepsydra_app with check ((select current_org_kind()) = 'operator');
create policy authority_entry_change on authority_entry for update to clepsydra_app using ((select current_org_kind()) = 'operator');
create policy authority_entry_worker on authority_entry for select to clepsydra_worker using (true);

grant select (id, organisation_id, name, country, competences, contact_point, telephone, languages, source_url, source_date, confirmed_at,
  removed_at, version), insert, update (name, country, competences, contact_point, telephone, languages, source_url, source_date, confirmed_by,
  confirmed_at, removed_at, version) on authority_entry to clepsydra_app;
grant select on authority_entry to clepsydra_worker;
`;
