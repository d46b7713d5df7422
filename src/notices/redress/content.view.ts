import { endOf } from '../../domain/deadlines';
import type { Form } from '../../domain/forms/forms';
import { isDown } from '../../domain/item-answer';
import { instant } from '../course.queries';
import type { Notice } from '../notice.entity';
import type { ContentMeasureView, ContentNoticeView } from './content.dto';
import type { Beside, Told } from './content.queries';

export const NOTHING: ContentNoticeView = { state: 'nothing', measure: null };

/** A complaint is about what the platform decides by itself: while an order stands it is bound by it (Art. 3(3), 10). */
export const isBoundByOrder = ({ kind, state }: Notice): boolean =>
  kind === 'removal_order' && state !== 'withdrawn' && state !== 'annulled';

export function contentView(told: Told, beside: Beside, now: Date): ContentNoticeView {
  const { notice, down, last } = told;
  const { scrutiny, complaint, reinstatement } = beside;
  const measure: ContentMeasureView = {
    platform: beside.platform,
    basis: notice.kind === 'removal_order' ? 'order' : 'terms',
    measure: down.outcome,
    measureAt: instant(down.measure_at),
    order: beside.form ? excerptOf(beside.form, told.address) : null,
    redress: beside.redress,
    annulledAt: instant(notice.annulledAt),
    annulmentGround: notice.annulmentGround,
    withdrawnAt: instant(notice.withdrawnAt),
    scrutinyUntil: scrutinyUntil(notice, beside, now),
    scrutiny: scrutiny && {
      requestedAt: scrutiny.at.toISOString(),
      dueAt: scrutiny.due_at.toISOString(),
      outcome: scrutiny.outcome,
      reasons: scrutiny.reasons,
      decidedAt: instant(scrutiny.decided_at),
    },
    mayComplain: isDown(last.outcome) && !isBoundByOrder(notice) && complaint === null,
    complaint: complaint && {
      lodgedAt: complaint.at.toISOString(),
      dueAt: complaint.due_at.toISOString(),
      outcome: complaint.outcome,
      reasons: complaint.reasons,
      decidedAt: instant(complaint.decided_at),
    },
    reinstatement: reinstatement && {
      askedAt: reinstatement.asked_at.toISOString(),
      outcome: reinstatement.outcome,
      doneAt: instant(reinstatement.done_at),
      reason: reinstatement.reason,
    },
  };
  return { state: 'available', measure };
}

function scrutinyUntil(notice: Notice, { informedAt, scrutiny }: Beside, now: Date): string | null {
  if (!notice.homeAuthorityId || scrutiny || !informedAt || !isBoundByOrder(notice)) return null;
  const until = endOf('TCO_SCRUTINY_REQUEST', informedAt);
  return now < until ? until.toISOString() : null;
}

/** What else the order names is the business of other content providers. */
function excerptOf(form: Form, address: string): Record<string, unknown> {
  if (form.form !== 'annex-i') return { ...form };
  const { content } = form;
  const targets = content.b.targets.filter(({ url }) => url === address);
  return { ...form, content: { ...content, b: { ...content.b, targets } } };
}
