import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sources that an organisation takes hashes from, what each of them says now, and how far it was read. */
const SOURCES = `
create table exchange_source (
  id uuid not null,
  organisation_id uuid not null,
  protocol text not null,
  name text not null,
  address text,
  credential_key_id text,
  credential_wrapped bytea,
  list_id uuid not null,
  tlp text not null,
  accept_reviews boolean not null,
  interval_s int,
  state text not null,
  -- Where the next page begins, in the words of the protocol; moves in the transaction that takes the page.
  checkpoint jsonb,
  pages bigint not null default 0,
  next_run_at timestamptz(3),
  last_run_at timestamptz(3),
  last_change_at timestamptz(3),
  failures int not null default 0,
  last_error text,
  taken bigint not null default 0,
  quarantined bigint not null default 0,
  refused bigint not null default 0,
  retracted bigint not null default 0,
  -- The last records that were refused, each with its reason: never more than fifty.
  faults jsonb not null default '[]',
  created_by uuid not null,
  created_at timestamptz(3) not null,
  ended_at timestamptz(3),
  -- What it brought is still being taken back.
  takes_back boolean not null default false,
  constraint exchange_source_pk primary key (id),
  constraint exchange_source_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint exchange_source_list_fk foreign key (list_id) references signal_list (id),
  constraint exchange_source_protocol_known check (protocol in ('clepsydra', 'taxii', 'tat', 'csv')),
  constraint exchange_source_state_known check (state in ('active', 'paused', 'failing', 'done', 'ended')),
  constraint exchange_source_tlp_known check (tlp in ('clear', 'green', 'amber', 'amber+strict', 'red')),
  constraint exchange_source_followed_whole check ((protocol = 'csv') = (address is null) and (protocol = 'csv') = (interval_s is null)),
  constraint exchange_source_credential_whole check ((credential_key_id is null) = (credential_wrapped is null)),
  constraint exchange_source_ended_whole check ((state = 'ended') = (ended_at is not null))
);
create index exchange_source_organisation on exchange_source (organisation_id, created_at);
create index exchange_source_due on exchange_source (next_run_at) where state in ('active', 'failing');

-- What a source says stands. One record may name several hashes of one file: its parts. A part that does not stand here by this source
-- waits: for tomorrow's quota, or behind a contribution that somebody else made; what was said is then kept with it.
create table exchange_record (
  source_id uuid not null,
  remote_id text not null,
  part int not null,
  organisation_id uuid not null,
  signal_id uuid,
  waits text,
  said jsonb,
  -- Whether the source itself says that it is disputed; null: it only hands on opinions.
  disputed boolean,
  constraint exchange_record_pk primary key (source_id, remote_id, part),
  constraint exchange_record_source_fk foreign key (source_id) references exchange_source (id),
  constraint exchange_record_signal_fk foreign key (signal_id) references signal (id),
  constraint exchange_record_waits_known check (waits in ('quota', 'shadow')),
  constraint exchange_record_waits_whole check ((waits is null) = (said is null) and (signal_id is not null or waits = 'quota'))
);
create index exchange_record_signal on exchange_record (signal_id, source_id);
create index exchange_record_waiting on exchange_record (source_id, remote_id, part) where waits = 'quota';

-- Opinions against records, by whoever states them there.
create table exchange_statement (
  source_id uuid not null,
  remote_id text not null,
  about text not null,
  organisation_id uuid not null,
  stated_by text not null,
  reason text not null,
  constraint exchange_statement_pk primary key (source_id, remote_id, about),
  constraint exchange_statement_source_fk foreign key (source_id) references exchange_source (id)
);
create index exchange_statement_about on exchange_statement (source_id, about);
`;

const VERBS = `
-- Disputes that exist at the sources which bring hashes into one list, handed on: one for each hash, with what all of them say, and only
-- about hashes that the subscriber's organisation stands behind there. It stands as long as one of them gives a reason that nobody here
-- has rejected. The hashes are locked before anything is read, because two sources may be read at once. At most so many are opened, in
-- the order of the hashes given; of the others it is said that they were not: outcome is opened, ended or left.
create function exchange_relay(source uuid, signals uuid[], ids uuid[], most int, at timestamptz, due timestamptz)
returns table (signal_id uuid, signal_type text, outcome text)
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
#variable_conflict use_column
declare list uuid;
begin
  select s.list_id into list from exchange_source s where s.id = source and s.organisation_id = current_org();
  if not found then
    raise exception 'a source of another organisation' using errcode = '42501';
  end if;
  perform 1 from signal s where s.id = any(signals) order by s.type, s.value for no key update;
  return query with spoken as (
    select r.signal_id, coalesce(x.reason, 'other') as reason,
      coalesce(x.reason, 'other') || ' (' || concat_ws(', ', nullif(x.stated_by, ''), 'at ' || e.name) || ')' as words
    from exchange_source e join exchange_record r on r.source_id = e.id
    left join exchange_statement x on x.source_id = r.source_id and x.about = r.remote_id
    where e.organisation_id = current_org() and e.list_id = list and e.ended_at is null and r.signal_id = any(signals)
      and coalesce(r.disputed, x.reason is not null)
      and not exists (select 1 from signal_dispute d where d.signal_id = r.signal_id and d.relayed_by = current_org()
        and list = any(d.list_ids) and d.state = 'rejected' and coalesce(x.reason, 'other') = any(d.relayed_reasons))),
  said as (
    select w.signal_id, array_agg(distinct w.reason) as reasons,
      left('Handed on, unchecked: ' || string_agg(distinct w.words, ', '), 2000) as note
    from spoken w group by w.signal_id),
  restated as (
    update signal_dispute d set reason = w.reasons[1], relayed_reasons = w.reasons, note = w.note from said w
    where d.signal_id = w.signal_id and d.relayed_by = current_org() and d.list_ids = array[list] and d.state = 'open'
      and (d.relayed_reasons, d.note) is distinct from (w.reasons, w.note)),
  fresh as (
    select u.id, w.signal_id, w.reasons, w.note, row_number() over (order by u.place) as nth
    from unnest(signals, ids) with ordinality as u(signal, id, place) join said w on w.signal_id = u.signal
    where exists (select 1 from signal_contribution c where c.signal_id = w.signal_id and c.organisation_id = current_org()
        and c.state = 'standing' and c.list_id = list)
      and not exists (select 1 from signal_dispute d where d.signal_id = w.signal_id and d.relayed_by = current_org()
        and d.list_ids = array[list] and d.state = 'open')),
  opened as (
    insert into signal_dispute (id, signal_id, organisation_id, list_ids, relayed_by, relayed_reasons, reason, note, opened_at, due_at)
    select f.id, f.signal_id, null, array[list], current_org(), f.reasons, f.reasons[1], f.note, at, due
    from fresh f where f.nth <= most returning signal_id),
  ended as (
    update signal_dispute d set state = 'retracted', closed_at = at, closed_by = current_org()
    where d.relayed_by = current_org() and d.list_ids = array[list] and d.state = 'open' and d.signal_id = any(signals)
      and not exists (select 1 from said w where w.signal_id = d.signal_id)
    returning d.signal_id)
  select o.signal_id, s.type, 'opened' from opened o join signal s on s.id = o.signal_id
  union all select n.signal_id, s.type, 'ended' from ended n join signal s on s.id = n.signal_id
  union all select f.signal_id, s.type, 'left' from fresh f join signal s on s.id = f.signal_id where f.nth > most;
end $$;

-- Whoever is rolled back takes nothing more from anybody until it says so again itself. The operator's. Waits for pages underway.
create function exchange_pause_sources(subscriber uuid) returns table (id uuid, protocol text)
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
#variable_conflict use_column
begin
  if current_org_kind() is distinct from 'operator' then raise exception 'this is for the operator' using errcode = '42501'; end if;
  perform 1 from exchange_source s where s.organisation_id = subscriber and s.ended_at is null order by s.id for update;
  return query update exchange_source s set state = 'paused', next_run_at = null, failures = 0
    where s.organisation_id = subscriber and s.state in ('active', 'failing') returning s.id, s.protocol;
end $$;

-- What a source now says of hashes that it brought. The contribution is the same one, so what others said of the hash stays.
create function exchange_restate(source uuid, signals uuid[], said_labels text[], severities text[], incidents text[], provenances text[],
  are_reviewed boolean[], ends timestamptz[], at timestamptz) returns setof uuid
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
begin
  if not exists (select 1 from exchange_source s where s.id = source and s.organisation_id = current_org() and s.ended_at is null) then
    raise exception 'a source of another organisation' using errcode = '42501';
  end if;
  perform 1 from signal s where s.id = any(signals) order by s.type, s.value for no key update;
  return query update signal_contribution c set labels = u.labels::jsonb, severity = u.severity, incident = u.incident, provenance = u.provenance::jsonb,
      reviewed = coalesce(u.reviewed, c.reviewed),
      reviewed_at = case when coalesce(u.reviewed, c.reviewed) then coalesce(c.reviewed_at, at) end,
      expires_at = case when coalesce(u.reviewed, c.reviewed) and (u.ends_at is not null or not c.reviewed) then u.ends_at else c.expires_at end
    from unnest(signals, said_labels, severities, incidents, provenances, are_reviewed, ends)
      as u(signal, labels, severity, incident, provenance, reviewed, ends_at)
    where c.source_id = source and c.signal_id = u.signal and c.organisation_id = current_org() and c.withdrawn_at is null
      and ((c.labels, c.severity, c.incident, c.provenance, c.reviewed) is distinct from
          (u.labels::jsonb, u.severity, u.incident, u.provenance::jsonb, coalesce(u.reviewed, c.reviewed))
        or (c.reviewed and u.ends_at is not null and c.expires_at is distinct from u.ends_at))
    returning c.signal_id;
end $$;
`;

const RIGHTS = `
alter table exchange_source enable row level security;
alter table exchange_record enable row level security;
alter table exchange_statement enable row level security;
create policy exchange_source_own on exchange_source for all to clepsydra_app
  using (organisation_id = (select current_org())) with check (organisation_id = (select current_org()));
create policy exchange_record_own on exchange_record for all to clepsydra_app
  using (organisation_id = (select current_org()))
  with check (organisation_id = (select current_org()) and exists (select 1 from exchange_source s where s.id = source_id));
create policy exchange_statement_own on exchange_statement for all to clepsydra_app
  using (organisation_id = (select current_org()))
  with check (organisation_id = (select current_org()) and exists (select 1 from exchange_source s where s.id = source_id));
-- The worker finds what is due; what is taken is taken as the organisation.
create policy exchange_source_worker on exchange_source for all to clepsydra_worker using (true) with check (true);

grant select, insert on exchange_source to clepsydra_app;
grant update (state, checkpoint, pages, next_run_at, last_run_at, last_change_at, failures, last_error, taken, quarantined, refused, retracted,
  faults, ended_at, takes_back, credential_key_id, credential_wrapped) on exchange_source to clepsydra_app;
grant select, insert, update, delete on exchange_record, exchange_statement to clepsydra_app;
grant select, update (next_run_at) on exchange_source to clepsydra_worker;
revoke all on function exchange_relay(uuid, uuid[], uuid[], int, timestamptz, timestamptz), exchange_pause_sources(uuid),
  exchange_restate(uuid, uuid[], text[], text[], text[], text[], boolean[], timestamptz[], timestamptz) from public;
grant execute on function exchange_relay(uuid, uuid[], uuid[], int, timestamptz, timestamptz), exchange_pause_sources(uuid),
  exchange_restate(uuid, uuid[], text[], text[], text[], text[], boolean[], timestamptz[], timestamptz) to clepsydra_app;

insert into private.job_task (name) values ('exchange-sync');
`;

export class CreateExchangeInbound1764000850000 implements MigrationInterface {
  name = 'CreateExchangeInbound1764000850000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(SOURCES + VERBS + RIGHTS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      delete from private.job_task where name = 'exchange-sync';
      drop function exchange_relay, exchange_restate, exchange_pause_sources;
      drop table exchange_statement, exchange_record, exchange_source;
    `);
  }
}
