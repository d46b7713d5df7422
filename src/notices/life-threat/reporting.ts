import { v7 as uuidv7 } from 'uuid';
import { DomainError } from '../../domain/errors';
import { CALLS_PER_HOUR, routeOf, type LifeThreatBody, type LifeThreatRoute } from '../../domain/life-threat';
import { isMemberState } from '../../domain/union';
import type { Actor, Tx } from '../../infra/database/work';
import { addJob } from '../../infra/jobs/jobs';
import { append } from '../../ledger/append';
import type { ReportLifeThreatDto } from './life-threat.dto';
import { LIFE_THREAT } from './life-threat-job';
import { lifeThreatOf } from './life-threat.queries';
import type { LifeThreatView } from './life-threat.dto';

const HOUR_MS = 60 * 60_000;
/** An organisation of that short name and kind is Europol itself. */
const EUROPOL_SLUG = 'europol';

/**
 * Reports an imminent threat to life (TCO Art. 14(5)), in the platform's own transaction: it needs no notice. Who is told is
 * decided here; calling them is a job of its own that begins when this is committed. A flood is taken too, and calls nobody anew.
 * @throws DomainError `life-threat.basis`
 */
export async function reportLifeThreat(
  tx: Tx,
  actor: Actor,
  dto: ReportLifeThreatDto,
  at: Date,
): Promise<LifeThreatView> {
  const concerned = [...new Set(dto.msConcerned ?? [])];
  if ((concerned.length === 0) !== (dto.basis === undefined) || !concerned.every(isMemberState)) {
    throw new DomainError('life-threat.basis');
  }
  const home = await homeOf(tx, actor.organisationId);
  const route = routeOf(concerned, home, await bodiesOf(tx));
  const [id, copy] = [uuidv7(), await copyOf(tx, dto, at)];
  const isCalling = (await reportsSince(tx, actor, new Date(at.getTime() - HOUR_MS))) < CALLS_PER_HOUR;
  await tx.query(
    `insert into life_threat (id, organisation_id, reported_by, reported_at, content_ref, why_imminent, ms_concerned, basis, home_country,
       unreached, is_calling, copy_channel, copy_note, copy_organisation_id, copied_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
    [
      id,
      actor.organisationId,
      actor.personId,
      at,
      dto.contentRef,
      dto.whyImminent,
      concerned,
      dto.basis ?? null,
      home,
      route.unreached,
      isCalling,
      copy.channel,
      copy.note,
      copy.organisationId,
      copy.at,
    ],
  );
  await tell(tx, actor, { id, route, at });
  const told = [
    ...route.recipients.map(({ organisationId }) => organisationId),
    ...(copy.organisationId ? [copy.organisationId] : []),
  ];
  const dims = {
    msConcerned: concerned,
    basis: dto.basis ?? null,
    recipients: route.recipients.length,
    unreached: route.unreached,
    europolCopy: copy.channel,
    calling: isCalling,
  };
  await append(tx, {
    kind: 'life-threat.reported',
    actor,
    at,
    subjects: { report: id },
    dims,
    shared: { contentRef: dto.contentRef, whyImminent: dto.whyImminent },
    audience: told,
  });
  await addJob(tx, LIFE_THREAT, { reportId: id }, { key: `${LIFE_THREAT}:${id}` });
  return lifeThreatOf(tx, id);
}

/** Their escalations begin with these rows, by a trigger. */
async function tell(
  tx: Tx,
  { organisationId: platformId }: Actor,
  { id, route, at }: { readonly id: string; readonly route: LifeThreatRoute; readonly at: Date },
): Promise<void> {
  for (const { organisationId, reason } of route.recipients) {
    await tx.query(
      `insert into life_threat_recipient (report_id, organisation_id, platform_id, reason, told_at) values ($1, $2, $3, $4, $5)`,
      [id, organisationId, platformId, reason, at],
    );
  }
}

async function homeOf(tx: Tx, platformId: string): Promise<string | null> {
  const [row] = await tx.query<{ home: string | null }[]>(
    `select coalesce(p.home_country, o.country) as home from organisation o left join provider_entry p on p.platform_id = o.id where o.id = $1`,
    [platformId],
  );
  return row?.home ?? null;
}

/** Those who investigate, and the authorities of the register; the register's country stands before the directory's. */
async function bodiesOf(tx: Tx): Promise<LifeThreatBody[]> {
  return tx.query<LifeThreatBody[]>(
    `select o.id as "organisationId", o.kind = 'investigative_body' as "isInvestigative", coalesce(a.country, o.country) as country
     from organisation o left join authority_entry a on a.organisation_id = o.id and a.removed_at is null
     where o.status = 'active' and coalesce(a.country, o.country) is not null
       and (o.kind = 'investigative_body' or (o.kind = 'authority' and a.id is not null))
     order by o.id`,
  );
}

interface Copy {
  readonly channel: 'in_platform' | 'other' | 'outstanding';
  readonly note: string | null;
  readonly organisationId: string | null;
  readonly at: Date | null;
}

async function copyOf(tx: Tx, { europolNote }: ReportLifeThreatDto, at: Date): Promise<Copy> {
  const [europol] = await tx.query<{ id: string }[]>(
    `select id from organisation where slug = $1 and kind = 'investigative_body' and status = 'active'`,
    [EUROPOL_SLUG],
  );
  const note = europolNote ?? null;
  if (europol) return { channel: 'in_platform', note, organisationId: europol.id, at };
  if (note !== null) return { channel: 'other', note, organisationId: null, at };
  return { channel: 'outstanding', note: null, organisationId: null, at: null };
}

async function reportsSince(tx: Tx, { organisationId }: Actor, since: Date): Promise<number> {
  // Two at the same instant take turns, so that none is counted short.
  await tx.query(`select pg_advisory_xact_lock(hashtextextended($1, 145))`, [organisationId]);
  const [row] = await tx.query<{ n: number }[]>(
    `select count(*)::int as n from life_threat where organisation_id = $1 and reported_at > $2`,
    [organisationId, since],
  );
  return row?.n ?? 0;
}
