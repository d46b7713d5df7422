/**
 * Whether, by whom and in which language a provider can be ordered is not for the provider alone to say: what it says of itself
 * stands in its entry when an authority or the operator has confirmed it, and what an authority says when the provider has.
 * The service sees to that; this sees to it whatever the service does.
 */
export const TWO_PARTIES = `
create function provider_entry_by_two() returns trigger
language plpgsql security definer set search_path = public, pg_catalog as $$
declare was provider_entry%rowtype; says text;
begin
  says := case when current_org() = new.platform_id then 'authority' when current_org_kind() = 'authority' and provider_is_claimed(new.platform_id) then 'platform' end;
  if says is null then return new; end if;
  if tg_op = 'UPDATE' then was := old; else was.languages := '{}'; was.service_kind := 'hosting'; was.referral_target_minutes := 60; end if;
  if says = 'platform' and (new.legal_representative, new.terms_url, new.terms_version, new.terms_date, new.terms_explain_tools, new.referral_target_minutes)
      is distinct from (was.legal_representative, was.terms_url, was.terms_version, was.terms_date, was.terms_explain_tools, was.referral_target_minutes) then
    raise exception 'a provider that speaks for itself says this' using errcode = '42501';
  end if;
  if (new.home_country, new.languages, new.service_kind, new.scope_reasons)
      is distinct from (was.home_country, was.languages, was.service_kind, was.scope_reasons)
    and not exists (select 1 from provider_proposal q where q.platform_id = new.platform_id and q.state = 'open'
      and (q.source = says or (says = 'authority' and q.source = 'operator'))
      and (new.home_country is not distinct from was.home_country or q.changes ->> 'homeCountry' = new.home_country)
      and (new.languages is not distinct from was.languages or q.changes -> 'languages' = to_jsonb(new.languages))
      and (new.service_kind is not distinct from was.service_kind or q.changes ->> 'serviceKind' = new.service_kind)
      and (new.scope_reasons is not distinct from was.scope_reasons or q.changes ->> 'scopeReasons' = new.scope_reasons)) then
    raise exception 'one party alone does not change this' using errcode = '42501';
  end if;
  return new;
end $$;
create trigger provider_entry_by_two before insert or update on provider_entry for each row execute function provider_entry_by_two();
`;

export const TWO_PARTIES_DOWN = `drop function provider_entry_by_two() cascade`;
