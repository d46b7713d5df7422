import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * STIX 2.1, 3.2: revoking an object is permanent. So each spell in which something stands in a collection is an object with
 * an id of its own, and what was served as revoked under the one before goes on being so. `base_id`: the first one's id.
 */
const SPELLS = `
alter table exchange_object add column base_id uuid, add column spell int not null default 0,
  add column since_seq bigint not null default -1, add column since_micros bigint, add column revoked jsonb;
update exchange_object set base_id = object_id;
alter table exchange_object alter column base_id set not null,
  add constraint exchange_object_spell_once unique (base_id, spell),
  add constraint exchange_object_spell_whole check ((spell = 0) = (since_micros is null));
grant update (revoked) on exchange_object to clepsydra_worker;
`;

/** A policy takes effect when its organisation was shown what it would have done; those that did until now have shown it. */
const TRIED = `
alter table signal_policy add column tried_at timestamptz(3);
update signal_policy set tried_at = enforced_at;
grant update (tried_at) on signal_policy to clepsydra_app;
`;

/**
 * What was answered about a hash does not outlast its erasure: of each stored answer that names it, by id or value, stays
 * that there was one. In the transaction that erases, and of every organisation's, because others contributed it too.
 */
const ANSWERS = `
alter table idempotency_key add column erased boolean not null default false,
  add constraint idempotency_key_erased_whole check (not erased or answer is null);
create function private.signal_forget_answers(signals uuid[]) returns void
language sql volatile security definer set search_path = public, pg_catalog as $$
  with gone as (
    select s.id::text as word from signal s where s.id = any(signals)
      and (s.erased_at is not null or exists (select 1 from signal_contribution c where c.signal_id = s.id and c.state = 'erased'))
    union all
    select s.value from signal s where s.id = any(signals)
      and (s.erased_at is not null or exists (select 1 from signal_contribution c where c.signal_id = s.id and c.state = 'erased')))
  update idempotency_key k set answer = null, erased = true
  where k.answer is not null and exists (
    select 1 from regexp_matches(k.answer, '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32,128}', 'g') as m
    where m[1] in (select word from gone)) $$;

create or replace function private.signal_wipe(signals uuid[], at timestamptz) returns void
language sql volatile security definer set search_path = public, pg_catalog as $$
  update signal set erased_at = at where id = any(signals) and state = 'withdrawn' and erased_at is null;
  update signal_contribution c set labels = '{}', severity = null, incident = null, provenance = '{}', case_id = null, exhibit_id = null, notice_id = null
    from signal s where s.id = c.signal_id and s.id = any(signals) and (c.state = 'erased' or s.erased_at is not null);
  update signal_opinion o set note = null from signal s where s.id = o.signal_id and s.id = any(signals) and s.erased_at is not null and o.note is not null;
  update signal_dispute d set note = null, outcome_note = null from signal s where s.id = d.signal_id and s.id = any(signals) and s.erased_at is not null;
  update signal_feedback f set note = null from signal s where s.id = f.signal_id and s.id = any(signals) and s.erased_at is not null and f.note is not null;
  select private.signal_forget_answers(signals);
$$;
-- Answers about what was erased within the last day, the longest that one is kept.
select private.signal_forget_answers(array(
  select id from signal where erased_at is not null
  union select signal_id from signal_contribution where state = 'erased'));
`;

export class MendSharing1764000930000 implements MigrationInterface {
  name = 'MendSharing1764000930000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(SPELLS + TRIED + ANSWERS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create or replace function private.signal_wipe(signals uuid[], at timestamptz) returns void
      language sql volatile security definer set search_path = public, pg_catalog as $$
        update signal set erased_at = at where id = any(signals) and state = 'withdrawn' and erased_at is null;
        update signal_contribution c set labels = '{}', severity = null, incident = null, provenance = '{}', case_id = null, exhibit_id = null, notice_id = null
          from signal s where s.id = c.signal_id and s.id = any(signals) and (c.state = 'erased' or s.erased_at is not null);
        update signal_opinion o set note = null from signal s where s.id = o.signal_id and s.id = any(signals) and s.erased_at is not null and o.note is not null;
        update signal_dispute d set note = null, outcome_note = null from signal s where s.id = d.signal_id and s.id = any(signals) and s.erased_at is not null;
        update signal_feedback f set note = null from signal s where s.id = f.signal_id and s.id = any(signals) and s.erased_at is not null and f.note is not null;
      $$;
      drop function private.signal_forget_answers(uuid[]);
      alter table idempotency_key drop column erased;
      alter table signal_policy drop column tried_at;
      delete from exchange_object where spell > 0;
      alter table exchange_object drop column base_id, drop column spell, drop column since_seq, drop column since_micros, drop column revoked;
    `);
  }
}
