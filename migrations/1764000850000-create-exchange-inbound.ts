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

alter table signal_dispute add column source_id uuid,
  -- Whose subscription handed it on: it is nobody's opinion here, and somebody answers for its being here.
  add column relayed_by uuid,
  add constraint signal_dispute_relayed_by_fk foreign key (relayed_by) references organisation (id),
  add constraint signal_dispute_relayed_whole check ((source_id is null) = (relayed_by is null)),
  add constraint signal_dispute_source_fk foreign key (source_id) references exchange_source (id),
  -- A source is nobody here: what it disputes is disputed in nobody's name, and bears the source's.
  add constraint signal_dispute_source_of_nobody check (source_id is null or organisation_id is null);
create unique index signal_dispute_source_once on signal_dispute (signal_id, source_id) where state = 'open' and source_id is not null;
`;

const VERBS = `
-- A dispute that exists at the source, handed on: only about hashes that the subscriber's organisation stands behind because of that
-- source. What a person here rejected for the same reason stays rejected.
create function exchange_dispute(source uuid, ids uuid[], signals uuid[], reasons text[], notes text[], at timestamptz, due timestamptz)
returns setof uuid
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
begin
  if not exists (select 1 from exchange_source s where s.id = source and s.organisation_id = current_org() and s.ended_at is null) then
    raise exception 'a source of another organisation' using errcode = '42501';
  end if;
  perform 1 from signal s where s.id = any(signals) order by s.type, s.value for no key update;
  update signal_dispute d set reason = u.reason, note = u.note
    from unnest(signals, reasons, notes) as u(signal, reason, note)
    where d.source_id = source and d.signal_id = u.signal and d.state = 'open' and (d.reason, d.note) is distinct from (u.reason, u.note);
  -- About the list into which the source brings its hashes.
  return query insert into signal_dispute (id, signal_id, organisation_id, list_ids, source_id, relayed_by, reason, note, opened_at, due_at)
    select u.id, u.signal, null, array[e.list_id], source, e.organisation_id, u.reason, u.note, at, due
    from exchange_source e, unnest(ids, signals, reasons, notes) as u(id, signal, reason, note)
    where e.id = source and exists (select 1 from exchange_record r where r.source_id = source and r.signal_id = u.signal)
      and exists (select 1 from signal_contribution c where c.signal_id = u.signal and c.organisation_id = current_org() and c.state = 'standing'
        and c.list_id = e.list_id)
      -- Not again under another name of the same source, either.
      and not exists (select 1 from signal_dispute d where d.signal_id = u.signal and ((d.source_id = source and d.state = 'open')
        or (d.relayed_by = e.organisation_id and e.list_id = any(d.list_ids) and d.state = 'rejected' and d.reason = u.reason)))
    on conflict do nothing returning signal_dispute.signal_id;
end $$;

-- The source disputes it no more, or says nothing of it any more.
create function exchange_undispute(source uuid, signals uuid[], at timestamptz) returns setof uuid
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
begin
  if not exists (select 1 from exchange_source s where s.id = source and s.organisation_id = current_org()) then
    raise exception 'a source of another organisation' using errcode = '42501';
  end if;
  perform 1 from signal s where s.id = any(signals) order by s.type, s.value for no key update;
  return query update signal_dispute set state = 'retracted', closed_at = at, closed_by = current_org()
    where source_id = source and state = 'open' and signal_id = any(signals) returning signal_id;
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
revoke all on function exchange_dispute(uuid, uuid[], uuid[], text[], text[], timestamptz, timestamptz), exchange_undispute(uuid, uuid[], timestamptz),
  exchange_restate(uuid, uuid[], text[], text[], text[], text[], boolean[], timestamptz[], timestamptz) from public;
grant execute on function exchange_dispute(uuid, uuid[], uuid[], text[], text[], timestamptz, timestamptz), exchange_undispute(uuid, uuid[], timestamptz),
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
      drop function exchange_dispute, exchange_undispute, exchange_restate;
      alter table signal_dispute drop column source_id, drop column relayed_by;
      drop table exchange_statement, exchange_record, exchange_source;
    `);
  }
}
