/** What becomes of contributions to the hash database when the order behind them fell, or a complaint was right. */
export const CONTRIBUTIONS = `
-- Whether a contribution falls with an order that its issuer, who took it back as mistaken, or whoever decided so has ended: it names the
-- order, or its issuer made it from what the order is about, before there was an order to name.
create function falls_with_order(contribution uuid, of_notice uuid) returns boolean
language sql stable security definer set search_path = public, pg_catalog as $$
  select exists (select 1 from signal_contribution c join notice n on n.id = of_notice
        and (n.state = 'annulled' or (n.state = 'withdrawn' and n.kind = 'removal_order' and n.sent_at is not null))
      left join exhibit e on e.id = c.exhibit_id left join notice_origin o on o.notice_id = n.id
    where c.id = contribution and (n.sender_id = current_org() or order_falls(n.id))
      and (c.notice_id = n.id or (c.notice_id is null and c.organisation_id = n.sender_id
        and (exists (select 1 from notice_item i where i.notice_id = n.id and i.item_id = e.item_id)
          or (e.item_id is null and e.case_id = o.case_id and not exists (select 1 from content_item t where t.case_id = o.case_id
            and not exists (select 1 from notice_item i where i.notice_id = n.id and i.item_id = t.id))))))) $$;

-- Contributions to the hash database that fall with an order, for whoever ended it.
create function annulled_contributions(of_notice uuid) returns setof uuid
language sql stable security definer set search_path = public, pg_catalog as $$
  select c.id from signal_contribution c where c.withdrawn_at is null and (c.notice_id = of_notice or c.exhibit_id in (
      select e.id from exhibit e join notice_origin o on o.case_id = e.case_id where o.notice_id = of_notice
      union select e.id from exhibit e join notice_item i on i.item_id = e.item_id where i.notice_id = of_notice))
    and falls_with_order(c.id, of_notice) order by c.id $$;

-- The same of any order.
create function is_of_fallen_order(contribution uuid) returns boolean
language sql stable security definer set search_path = public, pg_catalog as $$
  select exists (select 1 from (
      select c.notice_id from signal_contribution c where c.id = contribution
      union select o.notice_id from signal_contribution c join exhibit e on e.id = c.exhibit_id join notice_origin o on o.case_id = e.case_id
        where c.id = contribution
      union select i.notice_id from signal_contribution c join exhibit e on e.id = c.exhibit_id join notice_item i on i.item_id = e.item_id
        where c.id = contribution) as o where falls_with_order(contribution, o.notice_id)) $$;

-- Those about one item, for the platform that a complaint about it was upheld against. Whose they are is told by what it may read.
create function complained_contributions(of_notice uuid, of_item uuid) returns setof uuid
language sql stable security definer set search_path = public, pg_catalog as $$
  select c.id from signal_contribution c left join exhibit e on e.id = c.exhibit_id
  where c.notice_id = of_notice and c.withdrawn_at is null
    and exists (select 1 from complaint p where p.notice_id = of_notice and p.item_id = of_item and p.organisation_id = current_org() and p.outcome = 'upheld')
    and (e.item_id = of_item or (e.item_id is null and (select count(*) from notice_item i where i.notice_id = of_notice) = 1)) order by c.id $$;

revoke all on function falls_with_order(uuid, uuid), annulled_contributions(uuid), is_of_fallen_order(uuid), complained_contributions(uuid, uuid) from public;
grant execute on function annulled_contributions(uuid), is_of_fallen_order(uuid), complained_contributions(uuid, uuid) to clepsydra_app;
`;

interface Amendment {
  readonly signature: string;
  /** Stands once in the function as it was made. */
  readonly was: string;
  readonly becomes: string;
}

/** Who ended the order may be another than who had contributed: whoever decided that it infringes the law, or issued it. */
export const AMENDMENTS: readonly Amendment[] = [
  {
    signature: 'signal_end_contributions(uuid[], text, text, timestamptz, text)',
    was: `
        else c.organisation_id = me`,
    becomes: `
        when 'order_annulled' then c.organisation_id = me or is_of_fallen_order(c.id)
        else c.organisation_id = me`,
  },
  {
    signature: 'signal_dispute_annulled(uuid[], uuid[], timestamptz, timestamptz)',
    was: `(is_worker or e.organisation_id = me)`,
    becomes: `(is_worker or e.organisation_id = me or is_of_fallen_order(e.id))`,
  },
];
