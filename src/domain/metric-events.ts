import type { LedgerKind } from './ledger-kinds';
import { wordOf, type EntryFact } from './metric-facts';
import { COMPLAINT_OUTCOMES, REVIEW_OUTCOMES } from './redress';
import { SCRUTINY_OUTCOMES } from './scrutiny';
import {
  ANNULMENT_GROUNDS,
  OBSTACLE_GROUNDS,
  REINSTATEMENT_OUTCOMES,
  type AnnulmentGround,
  type ObstacleGround,
  type ReinstatementOutcome,
} from './vocabulary';

/** What can happen to notices besides their answers, each counted when it happened. */
export interface EventCounts {
  /** Notices that no channel has brought to their platform. */
  unreached: number;
  /** Orders that a person of the competent authority recorded as not complied with. */
  nonCompliance: number;
  /** By the ground of Art. 3(7) and 3(8) of the Regulation. */
  obstacles: Record<ObstacleGround, number>;
  annulled: Record<AnnulmentGround, number>;
  /** Items. What is kept down under the platform's own terms is counted apart. */
  reinstatements: Record<'asked' | ReinstatementOutcome, number>;
  scrutinies: Record<'opened' | (typeof SCRUTINY_OUTCOMES)[number], number>;
  complaints: Record<'lodged' | (typeof COMPLAINT_OUTCOMES)[number], number>;
  reviews: Record<'lodged' | Exclude<(typeof REVIEW_OUTCOMES)[number], 'pending'>, number>;
}

const DECIDED_REVIEWS = REVIEW_OUTCOMES.filter((outcome) => outcome !== 'pending');

export const noEvents = (): EventCounts => ({
  unreached: 0,
  nonCompliance: 0,
  obstacles: { force_majeure: 0, manifest_errors: 0, insufficient_information: 0 },
  annulled: { scrutiny: 0, court: 0, issuer: 0 },
  reinstatements: { asked: 0, reinstated: 0, kept_under_terms: 0, not_possible: 0 },
  scrutinies: { opened: 0, infringement: 0, no_infringement: 0 },
  complaints: { lodged: 0, upheld: 0, rejected: 0 },
  reviews: { lodged: 0, confirmed: 0, annulled: 0, discontinued: 0 },
});

/** @throws UnreadableFact */
type Count = (counts: EventCounts, fact: EntryFact) => void;

const ofObstacle: Count = ({ obstacles }, fact) => void (obstacles[wordOf(fact, 'ground', OBSTACLE_GROUNDS)] += 1);

export const EVENTS = {
  'notice.unreached': (counts) => void (counts.unreached += 1),
  'notice.non-compliance': (counts) => void (counts.nonCompliance += 1),
  'notice.non-compliance-lifted': (counts) => void (counts.nonCompliance -= 1),
  'notice.impossible': ofObstacle,
  'notice.clarification-asked': ofObstacle,
  'notice.annulled': ({ annulled }, fact) => void (annulled[wordOf(fact, 'ground', ANNULMENT_GROUNDS)] += 1),
  'reinstatement.asked': ({ reinstatements }) => void (reinstatements.asked += 1),
  'reinstatement.answered': ({ reinstatements }, fact) =>
    void (reinstatements[wordOf(fact, 'outcome', REINSTATEMENT_OUTCOMES)] += 1),
  'scrutiny.opened': ({ scrutinies }) => void (scrutinies.opened += 1),
  'scrutiny.decided': ({ scrutinies }, fact) => void (scrutinies[wordOf(fact, 'outcome', SCRUTINY_OUTCOMES)] += 1),
  'complaint.lodged': ({ complaints }) => void (complaints.lodged += 1),
  'complaint.decided': ({ complaints }, fact) => void (complaints[wordOf(fact, 'outcome', COMPLAINT_OUTCOMES)] += 1),
  'order.review-lodged': ({ reviews }) => void (reviews.lodged += 1),
  'order.review-decided': ({ reviews }, fact) => void (reviews[wordOf(fact, 'outcome', DECIDED_REVIEWS)] += 1),
} as const satisfies Partial<Record<LedgerKind, Count>>;

export const isEvent = (kind: string): kind is keyof typeof EVENTS => Object.hasOwn(EVENTS, kind);
