import { DomainError } from '../../domain/errors';
import { annexII, annexIII, type AnnexI, type Form, type Provider } from '../../domain/forms/forms';
import { isMemberState } from '../../domain/union';
import type { ItemOutcome, ObstacleGround } from '../../domain/vocabulary';
import type { NoticeItemView, NoticeView } from '../notice.view';

/** Who answers, beside what the notice says. */
export interface Answerer {
  readonly name: string;
  readonly homeCountry: string | null;
  readonly contactEmail: string | null;
  readonly authorisedPerson: string | null;
}

const GROUND_OF = {
  force_majeure: 'FORCE_MAJEURE',
  manifest_errors: 'MANIFEST_ERRORS',
  insufficient_information: 'INSUFFICIENT_INFO',
} as const satisfies Record<ObstacleGround, string>;

/** An order asks for all Member States (Art. 3(1)): hidden for now, and gone somewhere, are neither. */
const REMOVES: readonly ItemOutcome[] = ['removed', 'account_actioned'];

/**
 * The answer that goes back by hand: Annex III while something keeps the platform from acting, Annex II when all of the content
 * was removed or access to it disabled in all Member States.
 * @throws DomainError `received-order.no-answer-form`, `received-order.contact-needed`
 */
export function answerFormOf(order: AnnexI, notice: NoticeView, by: Answerer, now: Date): Form {
  const common = commonOf(order, notice, by);
  const obstacle = notice.obstacles.find(({ endedAt }) => endedAt === null);
  if (obstacle) {
    return annexIII({
      ...common,
      ground: GROUND_OF[obstacle.ground],
      explanation: obstacle.explanation,
      ...(obstacle.needed === null ? {} : { clarificationNeeded: obstacle.needed }),
      signature: '',
      date: now.toISOString(),
    });
  }
  const measures = notice.items.map(measureOf);
  const at = measures.flatMap((measure) => measure?.at ?? []).sort();
  const measureAt = at.at(-1);
  if (measures.some((measure) => measure === null) || measureAt === undefined) {
    throw new DomainError('received-order.no-answer-form');
  }
  const isRemoved = measures.every((measure) => measure?.kind === 'REMOVED');
  return annexII({
    ...common,
    measure: isRemoved ? 'REMOVED' : 'DISABLED_ALL_MS',
    measureAt,
    date: now.toISOString().slice(0, 10),
  });
}

function measureOf({
  answer,
}: NoticeItemView): { readonly kind: 'REMOVED' | 'DISABLED_ALL_MS'; readonly at: string } | null {
  if (!answer?.measureAt) return null;
  if (REMOVES.includes(answer.outcome)) return { kind: 'REMOVED', at: answer.measureAt };
  const isDisabled = answer.outcome === 'disabled' && answer.territory !== 'partial';
  return isDisabled ? { kind: 'DISABLED_ALL_MS', at: answer.measureAt } : null;
}

function commonOf(order: AnnexI, notice: NoticeView, by: Answerer) {
  const given = notice.items.map(({ answer }) => answer);
  const contactEmail = by.contactEmail;
  if (contactEmail === null) throw new DomainError('received-order.contact-needed');
  const memberState = isMemberState(by.homeCountry) ? by.homeCountry : order.a.homeMemberState;
  const hsp: Provider = { name: by.name, memberState };
  return {
    addressee: order.a.addressee,
    issuer: order.e.name,
    issuerRef: order.a.reference,
    addresseeRef: given.find((answer) => answer?.addresseeRef)?.addresseeRef ?? notice.reference,
    receivedAt: notice.receivedAt ?? '',
    hsp,
    authorisedPerson:
      by.authorisedPerson ?? given.find((answer) => answer?.authorisedPerson)?.authorisedPerson ?? 'Contact point',
    contactEmail,
  };
}
