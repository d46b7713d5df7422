/** Every published figure: where it stands in a summary, what it means, in which unit. Written for whoever reads the page. */
export interface MetricDefinition {
  readonly key: string;
  readonly title: string;
  readonly definition: string;
  readonly unit: 'notices' | 'items' | 'duration' | 'share' | 'objects' | 'hashes' | 'entries' | 'table' | 'period';
}

/** Changes whenever a definition below changes its meaning; printed beside every figure. */
export const METRICS_VERSION = '2';

const metric = (key: string, unit: MetricDefinition['unit'], title: string, definition: string): MetricDefinition => ({
  key,
  title,
  definition,
  unit,
});

export const METRICS: readonly MetricDefinition[] = [
  metric(
    'period',
    'period',
    'Period',
    'Notices received from `from` up to but not including `to`, as known at `asOf`.',
  ),
  metric('notices.sent', 'notices', 'Sent', 'Notices that left for their platform within the period.'),
  metric(
    'notices.inTransit',
    'notices',
    'In transit',
    'Sent within the period and neither received nor withdrawn yet.',
  ),
  metric(
    'notices.withdrawnBeforeReceipt',
    'notices',
    'Withdrawn before receipt',
    'Sent within the period and withdrawn by the sender before any channel proved receipt.',
  ),
  metric(
    'notices.annulledBeforeReceipt',
    'notices',
    'Annulled before receipt',
    'Sent within the period and annulled by decision before any channel proved receipt.',
  ),
  metric(
    'notices.takenBackLate',
    'notices',
    'Taken back late',
    'Received within the period, closed, and withdrawn or annulled after that. In the results they count as withdrawn or annulled alone.',
  ),
  metric(
    'notices.received',
    'notices',
    'Received',
    'Notices whose earliest receipt at the contact point lies within the period. Everything below is about these.',
  ),
  metric('notices.acknowledged', 'notices', 'Acknowledged', 'Received notices that the platform acknowledged.'),
  metric(
    'notices.receiptImplied',
    'notices',
    'Receipt implied',
    'Received notices whose only sign of receipt is the platform’s own acknowledgement or answer. They are left out of all times from receipt.',
  ),
  metric(
    'notices.results',
    'notices',
    'Results',
    'Acted: a measure on at least one item and none declined. Partly acted: some declined. Declined: some declined and no measure. Nothing found: every item was gone or not found. Withdrawn by the sender. Annulled by a court, the home authority or the issuer. Open: at least one item has no answer yet.',
  ),
  metric(
    'notices.targetMissed',
    'notices',
    'Target missed',
    'Notices with an item unanswered when their clock ran out: the target of a referral, or the hour of an order. A fact about answers, not a verdict: a referral is voluntary, and that an order was not complied with is said by an authority.',
  ),
  metric(
    'notices.targetMissedCorrected',
    'notices',
    'Of these, corrected',
    'Every item was later shown to have been dealt with before it, or the clock turned out not to have been running.',
  ),
  metric('items.received', 'items', 'Items', 'Content items in received notices; the sum of all outcomes.'),
  metric(
    'items.outcomes',
    'items',
    'Outcomes',
    'The last answer to each item; `withdrawn`, `annulled` and `open` are items without an answer.',
  ),
  metric(
    'items.timings',
    'items',
    'Timing',
    'In time: answered before the target. Late feedback: answered after it, with a measure claimed before it. Late: neither.',
  ),
  metric('items.declineReasons', 'items', 'Reasons for declining', 'The coded reason of each declined item.'),
  metric(
    'items.corrections',
    'items',
    'Corrected answers',
    'Answers that replaced an earlier answer to the same item.',
  ),
  metric(
    'responseTime',
    'duration',
    'Response time',
    'From receipt of the notice to the measure, as the platform claims it, of each item on which a measure was taken. Percentiles by nearest rank. Share within the hour: measures less than 60 minutes after receipt among all measures; `shareWithinHourOfDue` counts items still open after 60 minutes as not within it.',
  ),
  metric(
    'answerTime',
    'duration',
    'Answer time',
    'From receipt of the notice to our receipt of the last answer to each item, by our own clock, whatever the answer.',
  ),
  metric(
    'acknowledgementTime',
    'duration',
    'Acknowledgement time',
    'From receipt of the notice to its acknowledgement by the platform.',
  ),
  metric(
    'exposureTime',
    'duration',
    'Exposure time',
    'From upload to the claimed measure, where the upload time is known; the others are counted as `uploadTimeUnknown`. Never mixed with response time.',
  ),
  metric(
    'activity.matches',
    'objects',
    'Matches',
    'Submitted objects found to lie within the threshold of a shared hash, within the period.',
  ),
  metric(
    'activity.hashesContributed',
    'hashes',
    'Hashes contributed',
    'Hashes contributed within the period, by type.',
  ),
  metric(
    'activity.hashesWithdrawn',
    'hashes',
    'Hashes withdrawn',
    'Hashes withdrawn by their contributor within the period.',
  ),
  metric(
    'activity.exhibitsPreserved',
    'objects',
    'Exhibits preserved',
    'Objects encrypted and stored within the period.',
  ),
  metric(
    'events',
    'notices',
    'What else happened',
    'Within the period, to notices whenever received: unreached; not complied with, as an authority recorded; obstacles by ground (TCO Art. 3(7), 3(8)); annulments by ground; items asked to be put back, put back, kept down under the platform’s own terms, or impossible to put back; scrutinies, complaints and reviews by outcome.',
  ),
  metric(
    'tables',
    'table',
    'Breakdown',
    'Items by outcome and platform size, language or category, as stamped when the notice was received.',
  ),
  metric(
    'unreadableEntries',
    'entries',
    'Unreadable entries',
    'Ledger entries left out because they lack what a figure needs. Must be 0.',
  ),
];
