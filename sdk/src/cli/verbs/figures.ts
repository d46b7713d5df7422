import type { FeedEntry, Figures, Summary } from '../../ledger-api';
import { instant, wholeNumber } from '../args';
import { clientAt, signedIn, type Context } from '../context';
import { EXIT, type ExitCode } from '../exit';
import { cell, table } from '../output';
import { DEFAULT_URL, checkUrl, readProfile } from '../profile';
import type { Verb } from '../verb';

const minutes = (ms: number | null): string => (ms === null ? '–' : `${(ms / 60_000).toFixed(1)} min`);
const share = (value: number | null): string => (value === null ? '–' : `${(value * 100).toFixed(1)} %`);
const counts = (record: Readonly<Record<string, unknown>>): string =>
  Object.entries(record)
    .filter(([, count]) => count !== 0)
    .map(([name, count]) => `${name} ${String(count)}`)
    .join(', ') || 'none';

const eventsOf = ({ events: { unreached, nonCompliance, ...groups } }: Summary): string =>
  [
    counts({ unreached, 'not complied with': nonCompliance }),
    ...Object.entries(groups).map(([name, group]) => `${name}: ${counts(group)}`),
  ]
    .filter((text) => !text.endsWith('none'))
    .join('; ') || 'none';

function ownLines({ summary, orders }: Figures): string[] {
  return [
    ...(summary ? linesOf('referrals', summary) : []),
    ...(orders && orders.notices.sent + orders.notices.received > 0 ? ['', ...linesOf('removal orders', orders)] : []),
  ];
}

function linesOf(title: string, summary: Summary): string[] {
  const { period, notices, items, responseTime: response, exposureTime: exposure, activity } = summary;
  return table([
    [title, `${period.from} to ${period.to}`],
    [
      'notices',
      `sent ${notices.sent}, in transit ${notices.inTransit}, received ${notices.received}, acknowledged ${notices.acknowledged}`,
    ],
    ['results', counts(notices.results)],
    [
      'taken back',
      `before receipt ${notices.withdrawnBeforeReceipt + notices.annulledBeforeReceipt}, late ${notices.takenBackLate}`,
    ],
    ['events', eventsOf(summary)],
    [
      period.noticeKind === 'referral' ? 'targets missed' : 'hours missed',
      `${notices.targetMissed}, of which corrected ${notices.targetMissedCorrected}`,
    ],
    ['items', `received ${items.received}; ${counts(items.outcomes)}`],
    [
      'response time',
      `p50 ${minutes(response.p50Ms)}, p90 ${minutes(response.p90Ms)}, p95 ${minutes(response.p95Ms)} (n ${response.n})`,
    ],
    [
      'within the hour',
      `${response.withinHour} of ${response.n} (${share(response.shareWithinHour)}), open past the hour ${response.openPastHour}`,
    ],
    [
      'exposure time',
      `p50 ${minutes(exposure.p50Ms)}, p90 ${minutes(exposure.p90Ms)} (n ${exposure.n}, upload unknown ${exposure.uploadTimeUnknown})`,
    ],
    ['matches', activity.matches],
    ['hashes', counts(activity.hashesContributed)],
    ['exhibits', activity.exhibitsPreserved],
  ]);
}

function publicLines({ months }: Figures): string[] {
  if (months.length === 0) return ['No month has been published yet.'];
  return table([
    ['MONTH', 'SENT', 'RECEIVED', 'P50', 'P90', 'WITHIN THE HOUR'],
    ...months.map(({ month, figures: { notices, responseTime: response } }) => [
      month,
      notices.sent,
      notices.received,
      minutes(response.p50Ms),
      minutes(response.p90Ms),
      share(response.shareWithinHour),
    ]),
  ]);
}

async function summary(context: Context): Promise<ExitCode> {
  const { input, output, env } = context;
  const isPublic = input.flag('public');
  const url = checkUrl(env['CLEPSYDRA_URL'] || readProfile(context.profile, env)?.url || DEFAULT_URL);
  const client = isPublic ? clientAt(context, url) : signedIn(context);
  const period = (['from', 'to'] as const).flatMap((name) => {
    const value = input.text(name);
    return value === undefined ? [] : [[name, instant(name, value)] as const];
  });
  const figures = await client.summary(Object.fromEntries(period));
  output.result(figures, () => (figures.scope === 'own' ? ownLines(figures) : publicLines(figures)));
  return EXIT.ok;
}

const subjectsOf = ({ subjects }: FeedEntry): string =>
  Object.entries(subjects)
    .map(([name, id]) => `${name} ${id}`)
    .join('  ');

async function feed(context: Context): Promise<ExitCode> {
  const { input, output, interrupted } = context;
  const client = signedIn(context);
  const given = input.text('after');
  const after = given === undefined ? undefined : wholeNumber('after', given, -1, Number.MAX_SAFE_INTEGER);
  const options = { signal: interrupted, ...(after === undefined ? {} : { after }) };
  const entries = input.flag('follow') ? client.feed.follow(options) : client.feed.entries(options);
  for await (const entry of entries) {
    output.event(entry, () => table([[String(entry.seq).padStart(8), entry.at, entry.kind, cell(subjectsOf(entry))]]));
  }
  return interrupted.aborted ? EXIT.interrupted : EXIT.ok;
}

export const FIGURE_VERBS: readonly Verb[] = [
  {
    name: 'summary',
    summary: 'The figures: notices by outcome, times, shares within the hour',
    args: '',
    positionals: [0, 0],
    options: {
      from: { type: 'text', value: 'instant', help: 'First instant; thirty days ago unless told' },
      to: { type: 'text', value: 'instant', help: 'End, not included; now unless told' },
      public: { type: 'flag', help: 'What everybody may read: closed months, small numbers withheld' },
    },
    examples: [
      'clepsydra summary',
      'clepsydra summary --from 2026-03-01 --to 2026-04-01 --json',
      'clepsydra summary --public',
    ],
    run: summary,
  },
  {
    name: 'feed',
    summary: 'The entries of the ledger that you may see, in order',
    args: '',
    positionals: [0, 0],
    options: {
      after: { type: 'text', value: 'n', help: 'Entries after this number; with --follow, from now on unless told' },
      follow: { type: 'flag', short: 'f', help: 'Go on as entries come, until Ctrl-C' },
    },
    notes: ['With --json each entry is one line.'],
    examples: ['clepsydra feed --after 1200', 'clepsydra feed --follow --json'],
    run: feed,
  },
];
