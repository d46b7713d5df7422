/** Who may write into a platform's entry: itself, the operator, and for one that nobody has claimed an authority that sees it. */
const WRITERS = `(select current_org_kind()) = 'operator' or platform_id = (select current_org())
    or ((select current_org_kind()) = 'authority' and not provider_is_claimed(platform_id)
      and exists (select 1 from organisation o where o.id = platform_id))`;

/** An authority may confirm what a provider has said of itself, also of one that speaks for itself. */
const STATED = `((select current_org_kind()) = 'authority'
    and exists (select 1 from provider_proposal q where q.platform_id = provider_entry.platform_id and q.source = 'platform' and q.state = 'open'))`;

/** Who reads and writes the register of providers. */
export const PROVIDER_RIGHTS = `
alter table provider_entry enable row level security;
alter table provider_contact enable row level security;
alter table provider_proposal enable row level security;
alter table provider_discovery enable row level security;

-- As far as the platform itself is seen: an unknown host is nobody's but its finders'.
create policy provider_entry_read on provider_entry for select to clepsydra_app
  using (exists (select 1 from organisation o where o.id = platform_id));
create policy provider_entry_write on provider_entry for insert to clepsydra_app with check (${WRITERS} or ${STATED});
create policy provider_entry_change on provider_entry for update to clepsydra_app using (${WRITERS} or ${STATED}) with check (${WRITERS} or ${STATED});
create policy provider_contact_read on provider_contact for select to clepsydra_app
  using (exists (select 1 from organisation o where o.id = platform_id));
create policy provider_contact_write on provider_contact for insert to clepsydra_app with check (${WRITERS});
create policy provider_contact_change on provider_contact for update to clepsydra_app using (${WRITERS}) with check (${WRITERS});

-- What the service found tells that somebody looked: those who asked and the operator see it, not the platform.
create policy provider_proposal_read on provider_proposal for select to clepsydra_app
  using (organisation_id = (select current_org()) or (select current_org_kind()) = 'operator'
    or (platform_id = (select current_org()) and source in ('authority', 'operator', 'platform'))
    -- Whoever relies on the entry sees what the provider says of itself beside it.
    or (source = 'platform' and exists (select 1 from organisation o where o.id = platform_id)));
create policy provider_proposal_make on provider_proposal for insert to clepsydra_app
  with check (organisation_id = (select current_org()) and state = 'open' and source = (select current_org_kind())
    and (source <> 'platform' or platform_id = organisation_id)
    and exists (select 1 from organisation o where o.id = platform_id));
create policy provider_proposal_decide on provider_proposal for update to clepsydra_app
  using (state = 'open' and (${WRITERS} or ((select current_org_kind()) = 'authority' and source = 'platform')))
  with check (state = 'rejected' or (state = 'accepted' and (source <> 'platform' or platform_id <> (select current_org()))));
create policy provider_proposal_worker on provider_proposal for all to clepsydra_worker using (true) with check (true);
create policy provider_discovery_own on provider_discovery for select to clepsydra_app
  using (organisation_id = (select current_org()) or (select current_org_kind()) = 'operator');
create policy provider_discovery_ask on provider_discovery for insert to clepsydra_app
  with check (organisation_id = (select current_org()) and exists (select 1 from organisation o where o.id = platform_id));
create policy provider_discovery_worker on provider_discovery for all to clepsydra_worker using (true) with check (true);
create policy provider_entry_worker on provider_entry for select to clepsydra_worker using (true);
create policy provider_contact_worker on provider_contact for select to clepsydra_worker using (true);

grant select, insert, update (home_country, legal_representative, languages, service_kind, scope_reasons, terms_url, terms_version, terms_date,
  terms_explain_tools, referral_target_minutes, confirmed_by, confirmed_at, changed_at, version) on provider_entry to clepsydra_app;
grant select, insert, update (removed_at) on provider_contact to clepsydra_app;
grant select, insert, update (state, decided_at, decided_by) on provider_proposal to clepsydra_app;
grant select, insert on provider_discovery to clepsydra_app;
grant select on provider_entry, provider_contact to clepsydra_worker;
grant select, insert on provider_proposal to clepsydra_worker;
grant select, update (ended_at, outcomes) on provider_discovery to clepsydra_worker;

insert into private.job_task (name) values ('provider-discovery');
`;
