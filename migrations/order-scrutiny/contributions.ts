/** What becomes of contributions to the hash database when the order behind them fell, or a complaint was right. */
export const CONTRIBUTIONS = `
-- Contributions to the hash database that were made because of an order, for whoever ended it.
create function annulled_contributions(of_notice uuid) returns setof uuid
language sql stable security definer set search_path = public, pg_catalog as $$
  select c.id from signal_contribution c join notice n on n.id = c.notice_id
  where n.id = of_notice and n.state = 'annulled' and (n.sender_id = current_org() or order_falls(n.id))
    and c.withdrawn_at is null order by c.id $$;

-- Those about one item, for the platform that a complaint about it was upheld against. Whose they are is told by what it may read.
create function complained_contributions(of_notice uuid, of_item uuid) returns setof uuid
language sql stable security definer set search_path = public, pg_catalog as $$
  select c.id from signal_contribution c left join exhibit e on e.id = c.exhibit_id
  where c.notice_id = of_notice and c.withdrawn_at is null
    and exists (select 1 from complaint p where p.notice_id = of_notice and p.item_id = of_item and p.organisation_id = current_org() and p.outcome = 'upheld')
    and (e.item_id = of_item or (e.item_id is null and (select count(*) from notice_item i where i.notice_id = of_notice) = 1)) order by c.id $$;

revoke all on function annulled_contributions(uuid), complained_contributions(uuid, uuid) from public;
grant execute on function annulled_contributions(uuid), complained_contributions(uuid, uuid) to clepsydra_app;
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
        when 'order_annulled' then c.organisation_id = me or c.id in (select annulled_contributions(c.notice_id))
        else c.organisation_id = me`,
  },
  {
    signature: 'signal_dispute_annulled(uuid[], uuid[], timestamptz, timestamptz)',
    was: `(is_worker or e.organisation_id = me)`,
    becomes: `(is_worker or e.organisation_id = me
      or exists (select 1 from notice n where n.id = e.notice_id and n.state = 'annulled' and (n.sender_id = me or order_falls(n.id))))`,
  },
];
