import { COMMON_LIST } from './lists';

export const SIGNALS = `
alter table signal drop constraint signal_type_known, drop constraint signal_value_shape;
alter table signal
  add column quality smallint,
  add column reviewed boolean not null default false,
  add column reviewed_at timestamptz(3),
  add column erased_at timestamptz(3),
  add column forgotten_at timestamptz(3),
  add constraint signal_type_known check (type in ('pdq', 'blockhash', 'vpdq', 'sha256', 'sha512', 'md5', 'text_sha256')),
  add constraint signal_quality_range check (quality between 0 and 100),
  add constraint signal_value_shape check (value ~ '^[0-9a-f]+$' and length(value) = case type when 'md5' then 32 when 'sha512' then 128 else 64 end);

-- The frames behind a signal of type vpdq, whose value is the digest over them.
create table signal_frame (
  signal_id uuid not null,
  ordinal int not null,
  hash text not null,
  quality smallint not null,
  at_ms int,
  constraint signal_frame_pk primary key (signal_id, ordinal),
  constraint signal_frame_signal_fk foreign key (signal_id) references signal (id),
  constraint signal_frame_hash_shape check (hash ~ '^[0-9a-f]{64}$')
);

drop index signal_contribution_standing;
alter table signal_contribution
  add column list_id uuid not null default '${COMMON_LIST}',
  add column state text not null default 'standing',
  add column reviewed boolean not null default true,
  add column severity text,
  add column incident text,
  add column provenance jsonb not null default '{}',
  add column case_id uuid,
  add column exhibit_id uuid,
  add column notice_id uuid,
  add column batch_id uuid,
  add column source_id uuid,
  add column expires_at timestamptz(3),
  add column reviewed_at timestamptz(3),
  -- Which vocabulary the labels are of: those from before there was one are free words.
  add column vocabulary text not null default 'free',
  add column end_ground text,
  add constraint signal_contribution_list_fk foreign key (list_id) references signal_list (id),
  add constraint signal_contribution_state_known check (state in ('standing', 'quarantined', 'withdrawn', 'retracted', 'expired', 'erased')),
  add constraint signal_contribution_severity_known check (severity in ('low', 'medium', 'high', 'critical')),
  add constraint signal_contribution_end_ground_known check (end_ground in ('order_annulled', 'rolled_back', 'withdrawn', 'expired', 'dispute_upheld',
    'source_withdrew', 'erased', 'rejected')),
  add constraint signal_contribution_end_whole check ((withdrawn_at is null) = (state in ('standing', 'quarantined')));
alter table signal_contribution alter column list_id drop default;
create unique index signal_contribution_standing on signal_contribution (signal_id, organisation_id, list_id) where withdrawn_at is null;
create index signal_contribution_organisation on signal_contribution (organisation_id, contributed_at);
create index signal_contribution_signal on signal_contribution (signal_id);
create index signal_contribution_source on signal_contribution (source_id, signal_id) where source_id is not null;
create index signal_contribution_list on signal_contribution (list_id, signal_id);
create index signal_contribution_expiry on signal_contribution (expires_at) where withdrawn_at is null and expires_at is not null;
create index signal_contribution_case on signal_contribution (case_id) where case_id is not null;
create index signal_contribution_exhibit on signal_contribution (exhibit_id) where exhibit_id is not null;
create index signal_contribution_notice on signal_contribution (notice_id) where notice_id is not null;

-- Which signals an entry of the ledger touched: one entry may tell of ten thousand. Nodes and subscribers follow this.
create table signal_change (
  entry_id uuid not null,
  signal_id uuid not null,
  -- The lists that it is about; null: all on which the signal stood. Who is served others does not hear of it.
  list_ids uuid[],
  constraint signal_change_pk primary key (entry_id, signal_id),
  constraint signal_change_signal_fk foreign key (signal_id) references signal (id)
);
create index signal_change_signal on signal_change (signal_id);
insert into signal_change (entry_id, signal_id) select id, signal_id from ledger_entry where signal_id is not null and kind like 'signal.%';
`;
