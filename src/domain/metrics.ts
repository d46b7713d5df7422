import { distributionOf, shareOf, type Distribution } from './distribution';
import type { EntryFact } from './metric-facts';
import { emptySummary, fold, type Period, type SummaryState } from './metric-fold';
import type { EventCounts } from './metric-events';
import { addNotice, copyTally, type Tally } from './metric-tally';
import type { NoticeKind, SignalType } from './vocabulary';

export interface Summary {
  readonly period: {
    readonly from: string;
    readonly to: string;
    readonly asOf: string;
    readonly noticeKind: NoticeKind;
  };
  readonly notices: {
    readonly sent: number;
    readonly inTransit: number;
    readonly withdrawnBeforeReceipt: number;
    readonly annulledBeforeReceipt: number;
    /** Withdrawn or annulled after they had been closed; in the results they count as that alone. */
    readonly takenBackLate: number;
    readonly received: number;
    readonly acknowledged: number;
    readonly receiptImplied: number;
    readonly results: Tally['results'];
    readonly targetMissed: number;
    readonly targetMissedCorrected: number;
  };
  readonly items: {
    readonly received: number;
    readonly outcomes: Tally['outcomes'];
    readonly timings: Tally['timings'];
    readonly declineReasons: Tally['reasons'];
    readonly corrections: number;
  };
  readonly responseTime: Distribution & {
    readonly withinHour: number;
    readonly shareWithinHour: number | null;
    readonly openPastHour: number;
    readonly shareWithinHourOfDue: number | null;
  };
  readonly answerTime: Distribution;
  readonly acknowledgementTime: Distribution;
  readonly exposureTime: Distribution & { readonly uploadTimeUnknown: number };
  readonly activity: {
    readonly matches: number;
    readonly hashesContributed: Readonly<Record<SignalType, number>>;
    readonly hashesWithdrawn: number;
    readonly exhibitsPreserved: number;
  };
  /** What happened within the period to notices whenever they were received. */
  readonly events: EventCounts;
  /** Items by outcome and each dimension; `unknown` where it was not known when the notice was received. */
  readonly tables: Tally['tables'];
  /** Entries left out because they do not have the stated form; anything but 0 is a fault of ours. */
  readonly unreadableEntries: number;
}

const sectionsOf = (
  tally: Tally,
): Pick<Summary, 'responseTime' | 'answerTime' | 'acknowledgementTime' | 'exposureTime'> => {
  const { withinHour, openPastHour, samples } = tally;
  const response = distributionOf(samples.response);
  return {
    responseTime: {
      ...response,
      withinHour,
      shareWithinHour: shareOf(withinHour, response.n),
      openPastHour,
      shareWithinHourOfDue: shareOf(withinHour, response.n + openPastHour),
    },
    answerTime: distributionOf(samples.answer),
    acknowledgementTime: distributionOf(samples.acknowledgement),
    exposureTime: { ...distributionOf(samples.exposure), uploadTimeUnknown: tally.uploadUnknown },
  };
};

/** The figures as they stand at `now`; leaves `state` as it is. */
export function view(state: SummaryState, now: Date): Summary {
  const tally = copyTally(state.settled);
  for (const notice of state.open.values()) addNotice(tally, notice, null, now.getTime());
  const { matches, exhibitsPreserved, hashesWithdrawn, corrections } = state.counts;
  const { from, to } = state.period;
  return {
    period: {
      from: from.toISOString(),
      to: to.toISOString(),
      asOf: now.toISOString(),
      noticeKind: state.noticeKind,
    },
    notices: {
      sent: state.sent,
      inTransit: state.inTransit.size,
      withdrawnBeforeReceipt: state.withdrawnBeforeReceipt,
      annulledBeforeReceipt: state.annulledBeforeReceipt,
      takenBackLate: state.takenBackLate,
      received: tally.received,
      acknowledged: tally.acknowledged,
      receiptImplied: tally.receiptImplied,
      results: tally.results,
      targetMissed: tally.missed,
      targetMissedCorrected: tally.missedCorrected,
    },
    items: {
      received: tally.items,
      outcomes: tally.outcomes,
      timings: tally.timings,
      declineReasons: tally.reasons,
      corrections,
    },
    ...sectionsOf(tally),
    activity: { matches, hashesContributed: { ...state.hashes }, hashesWithdrawn, exhibitsPreserved },
    events: structuredClone(state.events),
    tables: tally.tables,
    unreadableEntries: state.unreadable,
  };
}

/** The figures of a period from entries in ledger order, as they stood at `now`: later entries are not looked at. */
export function summarise(
  facts: Iterable<EntryFact>,
  { from, to, now, noticeKind }: Period & { readonly now: Date; readonly noticeKind?: NoticeKind },
): Summary {
  const state = emptySummary({ from, to }, noticeKind);
  for (const fact of facts) if (Date.parse(fact.at) <= now.getTime()) fold(state, fact);
  return view(state, now);
}
