/**
 * Review by a court (Art. 9); when an order is final (Art. 3(9)), and who counts those that are (Art. 5(4)); for how long the
 * content provider is told nothing (Art. 11(3)).
 */
export const FINALITY = `
create table review_proceeding (
  id uuid not null,
  notice_id uuid not null,
  organisation_id uuid not null,
  lodged_by text not null,
  court text not null,
  reference text not null,
  lodged_at timestamptz(3) not null,
  recorded_at timestamptz(3) not null,
  outcome text not null,
  decided_at timestamptz(3),
  decision text,
  constraint review_proceeding_pk primary key (id),
  constraint review_proceeding_notice_fk foreign key (notice_id) references notice (id),
  constraint review_proceeding_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint review_proceeding_lodged_by_known check (lodged_by in ('provider', 'content_provider')),
  constraint review_proceeding_outcome_known check (outcome in ('pending', 'confirmed', 'annulled', 'discontinued')),
  constraint review_proceeding_decided_whole check ((outcome = 'pending') = (decided_at is null) and (decided_at is null) = (decision is null)),
  constraint review_proceeding_forward check (lodged_at <= recorded_at and lodged_at <= decided_at)
);
create index review_proceeding_notice on review_proceeding (notice_id);

alter table removal_order add column final_at timestamptz(3), add column non_disclosure_extended_at timestamptz(3);
-- The issuer's alone.
alter table notice_origin add column non_disclosure_extension_reasons text;
create index removal_order_final on removal_order (recipient_id, final_at) where final_at is not null;

-- Once, while it runs, by its issuer, to six weeks after its first end at most (Art. 11(3)).
create function extend_non_disclosure(of_notice uuid, until timestamptz, at timestamptz) returns boolean
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
declare changed int;
begin
  update removal_order o set non_disclosure_until = until, non_disclosure_extended_at = at
    where o.notice_id = of_notice and o.organisation_id = current_org() and o.non_disclosure_extended_at is null
      and o.non_disclosure_until > at and until > o.non_disclosure_until and until <= o.non_disclosure_until + interval '1008 hours';
  get diagnostics changed = row_count;
  return changed = 1;
end $$;

-- Art. 3(9): by its issuer, when nothing is pending and a court has confirmed it, or the time for a remedy ended while the last review was
-- pending that has come to nothing now. Where none is pending at the end of that time, it is the worker's to say. Why, or null.
create function order_becomes_final(of_notice uuid, at timestamptz) returns text
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
declare why text; changed int;
begin
  if exists (select 1 from review_proceeding r where r.notice_id = of_notice and r.outcome = 'pending') then return null; end if;
  why := case when exists (select 1 from review_proceeding r where r.notice_id = of_notice and r.outcome = 'confirmed') then 'confirmed'
    when exists (select 1 from order_period p where p.notice_id = of_notice and p.kind = 'redress' and p.ends_at <= at) then 'expired' end;
  update removal_order o set final_at = at
    where o.notice_id = of_notice and o.organisation_id = current_org() and o.final_at is null and why is not null;
  get diagnostics changed = row_count;
  return case when changed = 1 then why end;
end $$;

-- Of the home Member State of a provider.
create function is_home_authority(provider uuid) returns boolean
language sql stable security definer set search_path = public, pg_catalog as $$
  select exists (select 1 from organisation p left join provider_entry e on e.platform_id = p.id
    join authority_entry a on a.country = coalesce(e.home_country, p.country)
    where p.id = provider and p.kind = 'platform' and a.organisation_id = current_org() and a.removed_at is null
      and a.competences && array['scrutinise', 'penalise']) $$;

-- When the orders to a provider became final that still stand, for an authority of its home Member State alone (Art. 5(4)).
create function final_orders(provider uuid, since timestamptz) returns setof timestamptz
language sql stable security definer set search_path = public, pg_catalog as $$
  select o.final_at from removal_order o join notice n on n.id = o.notice_id
  where o.recipient_id = provider and o.final_at >= since and n.state not in ('withdrawn', 'annulled') and is_home_authority(provider) order by 1 $$;

revoke all on function extend_non_disclosure(uuid, timestamptz, timestamptz), order_becomes_final(uuid, timestamptz), is_home_authority(uuid), final_orders(uuid, timestamptz) from public;
grant execute on function extend_non_disclosure(uuid, timestamptz, timestamptz), order_becomes_final(uuid, timestamptz), is_home_authority(uuid), final_orders(uuid, timestamptz) to clepsydra_app;

alter table review_proceeding enable row level security;

create policy review_proceeding_read on review_proceeding for select to clepsydra_app using (exists (select 1 from notice n where n.id = notice_id));
create policy review_proceeding_record on review_proceeding for insert to clepsydra_app
  with check (outcome = 'pending' and organisation_id = (select current_org()) and exists (select 1 from notice n where n.id = notice_id
    and (n.sender_id = organisation_id or (n.recipient_id = organisation_id and lodged_by = 'provider'))));
create policy review_proceeding_decide on review_proceeding for update to clepsydra_app
  using (outcome = 'pending' and exists (select 1 from notice n where n.id = notice_id and n.sender_id = (select current_org())))
  with check (exists (select 1 from notice n where n.id = notice_id and n.sender_id = (select current_org())));
create policy review_proceeding_worker on review_proceeding for select to clepsydra_worker using (true);

-- A draft is neither signed, nor extended, nor final.
drop policy removal_order_draft on removal_order;
create policy removal_order_draft on removal_order for insert to clepsydra_app
  with check (organisation_id = (select current_org()) and signed_at is null and non_disclosure_extended_at is null and final_at is null
    and exists (select 1 from notice n where n.id = notice_id and n.sender_id = organisation_id and n.state = 'draft'));

create policy removal_order_final_worker on removal_order for update to clepsydra_worker using (final_at is null) with check (true);

grant select, insert, update (outcome, decided_at, decision) on review_proceeding to clepsydra_app;
grant select on review_proceeding to clepsydra_worker;
grant update (non_disclosure_extension_reasons) on notice_origin to clepsydra_app;
grant update (final_at) on removal_order to clepsydra_worker;
`;
