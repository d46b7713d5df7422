import { DomainError } from '../../domain/errors';
import type { Tx } from '../../infra/database/work';
import type {
  EuropolCopyView,
  LifeThreatContactView,
  LifeThreatRecipientView,
  LifeThreatView,
} from './life-threat.dto';

export interface LifeThreatRow extends Pick<
  LifeThreatView,
  | 'id'
  | 'platformId'
  | 'platformName'
  | 'contentRef'
  | 'whyImminent'
  | 'msConcerned'
  | 'basis'
  | 'unreached'
  | 'isCalling'
> {
  readonly reportedAt: Date;
  readonly copyChannel: EuropolCopyView['channel'];
  readonly copyNote: string | null;
  readonly copiedAt: Date | null;
  readonly sentTo: readonly LifeThreatRecipientView[];
  readonly reach: readonly LifeThreatContactView[];
}

/** What the transaction's organisation reported or was told. */
export const LIFE_THREATS = `select t.id, t.organisation_id as "platformId", o.name as "platformName", t.reported_at as "reportedAt",
    t.content_ref as "contentRef", t.why_imminent as "whyImminent", t.ms_concerned as "msConcerned", t.basis, t.unreached,
    t.is_calling as "isCalling", t.copy_channel as "copyChannel", t.copy_note as "copyNote", t.copied_at as "copiedAt",
    coalesce((select json_agg(json_build_object('organisationId', r.organisation_id, 'name', b.name, 'reason', r.reason, 'toldAt', r.told_at,
      'acknowledgedAt', r.acknowledged_at) order by r.reason, b.name, r.organisation_id)
      from life_threat_recipient r join organisation b on b.id = r.organisation_id where r.report_id = t.id), '[]') as "sentTo",
    coalesce((select json_agg(json_build_object('country', a.country, 'name', a.name, 'contactPoint', a.contact_point,
      'telephone', a.telephone) order by a.country, a.name)
      from authority_entry a where a.removed_at is null and (a.country = any (t.unreached)
        or (not t.is_calling and (a.country = any (t.ms_concerned) or a.country = t.home_country)))), '[]') as reach
  from life_threat t join organisation o on o.id = t.organisation_id`;

const iso = (text: string): string => new Date(text).toISOString();

export function toView({ copyChannel, copyNote, copiedAt, ...row }: LifeThreatRow): LifeThreatView {
  return {
    ...row,
    reportedAt: row.reportedAt.toISOString(),
    sentTo: row.sentTo.map(({ toldAt, acknowledgedAt, ...one }) => ({
      ...one,
      toldAt: iso(toldAt),
      acknowledgedAt: acknowledgedAt === null ? null : iso(acknowledgedAt),
    })),
    europolCopy: { channel: copyChannel, note: copyNote, at: copiedAt?.toISOString() ?? null },
    reach: [...row.reach],
  };
}

/** @throws DomainError `request.not-found` */
export async function lifeThreatOf(tx: Tx, id: string): Promise<LifeThreatView> {
  const [row] = await tx.query<LifeThreatRow[]>(`${LIFE_THREATS} where t.id = $1`, [id]);
  if (!row) throw new DomainError('request.not-found');
  return toView(row);
}
