/** The periods that run beside the hour. */
export const PERIODS = `
-- Periods whose end is a fact. A worker writes it once, when it comes, unless the period was closed before.
create table order_period (
  id uuid not null,
  notice_id uuid not null,
  kind text not null,
  subject_id uuid,
  started_at timestamptz(3) not null,
  ends_at timestamptz(3) not null,
  closed_at timestamptz(3),
  ended_at timestamptz(3),
  constraint order_period_pk primary key (id),
  constraint order_period_once unique nulls not distinct (notice_id, kind, subject_id),
  constraint order_period_notice_fk foreign key (notice_id) references notice (id),
  constraint order_period_kind_known check (kind in ('scrutiny_own', 'scrutiny_request', 'scrutiny_decision', 'non_disclosure', 'redress', 'complaint')),
  constraint order_period_forward check (ends_at > started_at),
  constraint order_period_ends_once check (closed_at is null or ended_at is null)
);
create index order_period_due on order_period (ends_at) where closed_at is null and ended_at is null;

alter table order_period enable row level security;

create policy order_period_read on order_period for select to clepsydra_app using (exists (select 1 from notice n where n.id = notice_id));
create policy order_period_begin on order_period for insert to clepsydra_app
  with check (ended_at is null and exists (select 1 from notice n where n.id = notice_id));
create policy order_period_move on order_period for update to clepsydra_app
  using (ended_at is null and exists (select 1 from notice n where n.id = notice_id));
create policy order_period_worker on order_period for all to clepsydra_worker using (true) with check (true);

grant select, insert, update (started_at, ends_at, closed_at) on order_period to clepsydra_app;
grant select, insert, update (started_at, ends_at, closed_at, ended_at), delete on order_period to clepsydra_worker;

-- Orders that are under way have their periods too; what ended before is written with the instant at which it did.
insert into order_period (id, notice_id, kind, started_at, ends_at)
  select gen_random_uuid(), n.id, p.kind, p.started_at, p.ends_at from notice n join removal_order o on o.notice_id = n.id, lateral (values
    ('scrutiny_own', case when n.home_authority_id is not null then n.sent_at end, n.sent_at + interval '72 hours'),
    ('scrutiny_request', case when n.home_authority_id is not null then n.received_at end, n.received_at + interval '48 hours'),
    -- In UTC, as the service reckons: months are not as long everywhere.
    ('redress', n.received_at, (n.received_at at time zone 'UTC' + make_interval(
      months => case when o.redress #>> '{deadline,unit}' = 'months' then (o.redress #>> '{deadline,n}')::int else 0 end,
      hours => case when o.redress #>> '{deadline,unit}' = 'days' then 24 * (o.redress #>> '{deadline,n}')::int else 0 end)) at time zone 'UTC'),
    ('non_disclosure', n.sent_at, o.non_disclosure_until)
  ) as p (kind, started_at, ends_at)
  where n.sent_at is not null and n.state not in ('withdrawn', 'annulled') and p.started_at is not null and p.ends_at > p.started_at;
`;
