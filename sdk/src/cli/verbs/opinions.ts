import {
  DISPUTE_REASONS,
  DISPUTE_STATES,
  MATCH_VERDICTS,
  PLATFORM_SIZES,
  type DisputeReason,
  type DisputeState,
} from '../../../../src/domain/vocabulary';
import type { Page } from '../../api';
import type { Clepsydra } from '../../clepsydra';
import type { Dispute } from '../../signal-api';
import { wholeNumber } from '../args';
import { signedIn, type Context } from '../context';
import { disputeTime, signalLines } from '../describe-signals';
import { EXIT, UsageError, type ExitCode } from '../exit';
import { idOf } from '../find-list';
import { isUuid } from '../find-notice';
import { table, type Output } from '../output';
import type { Verb } from '../verb';
import { confirmPlatform } from './second-person';

/** The one that is left out is written when the legal basis of a contribution falls. */
type Reason = Exclude<DisputeReason, 'order_annulled'>;
const REASONS = DISPUTE_REASONS.filter((reason): reason is Reason => reason !== 'order_annulled');

/** As they are typed: with a hyphen. */
const VERDICTS = MATCH_VERDICTS.map((verdict) => ({ verdict, word: verdict.replace('_', '-') }));

async function confirm(context: Context): Promise<ExitCode> {
  const { input, output } = context;
  const [what = ''] = input.positionals;
  if (!isUuid(what)) return confirmPlatform(context);
  const signal = await signedIn(context).signals.confirm(what.toLowerCase(), input.text('note'));
  output.result(signal, () => signalLines(signal));
  return EXIT.ok;
}

async function dispute(context: Context): Promise<ExitCode> {
  const { input, output } = context;
  const id = idOf('signal', input.positionals[0] ?? '');
  const reason = REASONS.find((each) => each === input.required('reason')) ?? 'other';
  const signal = await signedIn(context).signals.dispute(id, reason, input.text('note'));
  output.result(signal, () => signalLines(signal));
  return EXIT.ok;
}

function disputeRows(disputes: readonly Dispute[], client: Clepsydra, output: Output): string[] {
  const now = client.wire.now();
  return table([
    ['DISPUTE', 'TIME', 'REASON', 'BY', 'SIGNAL', 'YOU MAY', 'NOTE'],
    ...disputes.map((each) => [
      each.id,
      output.paint(each.state === 'open' ? 'yellow' : 'dim', disputeTime(each, now)),
      each.reason,
      each.organisationName ?? 'the service',
      each.signalId,
      [each.mayUphold ? 'uphold' : '', each.mayReject ? 'reject' : ''].filter(Boolean).join(', ') || '–',
      each.state === 'open' ? each.note : (each.outcomeNote ?? each.note),
    ]),
  ]);
}

async function disputes(context: Context): Promise<ExitCode> {
  const { input, output } = context;
  const state = DISPUTE_STATES.find((each): each is DisputeState => each === (input.text('state') ?? 'open'));
  const signal = input.text('signal');
  const client = signedIn(context);
  const page: Page<Dispute> = await client.signalDisputes.list({
    limit: wholeNumber('limit', input.text('limit') ?? '20', 1, 200),
    ...(input.flag('all') || state === undefined ? {} : { state }),
    ...(signal === undefined ? {} : { signal: idOf('signal', signal) }),
  });
  output.result(page, () => (page.items.length === 0 ? ['No dispute.'] : disputeRows(page.items, client, output)));
  return EXIT.ok;
}

async function resolve(context: Context): Promise<ExitCode> {
  const { input, output } = context;
  const id = idOf('dispute', input.positionals[0] ?? '');
  if (input.flag('uphold') === input.flag('reject')) throw new UsageError('give one of --uphold and --reject');
  const outcome = input.flag('uphold') ? 'upheld' : 'rejected';
  const decided = await signedIn(context).signalDisputes.resolve(id, outcome, input.required('note'));
  output.result(decided, () => [
    ...table([['dispute', decided.id, decided.state, decided.reason]]),
    ...signalLines(decided.signal),
    ...(decided.state === 'open' ? ['It stays open for those who answer for the other lists it stands on.'] : []),
  ]);
  return EXIT.ok;
}

async function feedback(context: Context): Promise<ExitCode> {
  const { input, output } = context;
  const [name = '', word = ''] = input.positionals;
  const id = idOf('signal', name);
  const found = VERDICTS.find((each) => each.word === word || each.verdict === word);
  if (!found) throw new UsageError(`"${word}" must be one of ${VERDICTS.map((each) => each.word).join(', ')}`);
  const [note, match] = [input.text('note'), input.text('match')];
  const given = await signedIn(context).signals.feedback(id, found.verdict, {
    ...(note === undefined ? {} : { note }),
    ...(match === undefined ? {} : { matchId: idOf('match', match) }),
  });
  const { confirmed, false: wrong, alreadyKnown } = given.feedback;
  output.result(given, () => [
    ...table([
      ['signal', given.signalId, given.state, `confirmed ${confirmed}, false ${wrong}, already known ${alreadyKnown}`],
    ]),
    ...(given.disputed ? ['The service disputes it now: it blocks nowhere until a person has decided.'] : []),
  ]);
  return EXIT.ok;
}

const NOTE = { type: 'text', value: 'text', help: 'In words; those concerned read it' } as const;

export const OPINION_VERBS: readonly Verb[] = [
  {
    name: 'confirm',
    summary: 'Stand behind a hash of others; or say who is behind a provisional platform',
    args: '<signal|host>',
    positionals: [1, 1],
    options: {
      note: {
        type: 'text',
        value: 'text',
        help: 'A remark; of a platform, how and with whom the contact was confirmed',
      },
      name: { type: 'text', value: 'name', help: 'The name of the platform' },
      size: { type: 'text', value: 'word', oneOf: PLATFORM_SIZES, help: 'How large the platform is' },
    },
    notes: [
      'A platform has to be confirmed before notices can be sent there. Of a hash, your organisation has one opinion: a confirmation takes the place of a dispute, and ends it.',
    ],
    examples: [
      'clepsydra confirm 0197a0c4-…',
      'clepsydra confirm forum.example --name "The Forum" --note "telephone, site owner" --size micro',
    ],
    run: confirm,
  },
  {
    name: 'dispute',
    summary: 'Say that a hash should not stand; it blocks nothing until a person has decided',
    args: '<signal>',
    positionals: [1, 1],
    options: { reason: { type: 'text', value: 'word', oneOf: REASONS, help: 'Why' }, note: NOTE },
    examples: ['clepsydra dispute 0197a0c4-… --reason journalistic --note "front page of a newspaper"'],
    run: dispute,
  },
  {
    name: 'disputes',
    summary: 'List disputes about hashes, and how long there is to decide',
    args: '',
    positionals: [0, 0],
    options: {
      state: { type: 'text', value: 'state', oneOf: DISPUTE_STATES, help: 'Which ones; open unless told' },
      all: { type: 'flag', help: 'Those that were decided too' },
      signal: { type: 'text', value: 'id', help: 'About this signal alone' },
      limit: { type: 'text', value: 'n', help: 'How many, 1 to 200' },
    },
    examples: ['clepsydra disputes', 'clepsydra disputes --state upheld --limit 50'],
    run: disputes,
  },
  {
    name: 'resolve',
    summary: 'Decide a dispute about a hash on a list that you answer for',
    args: '<dispute>',
    positionals: [1, 1],
    options: {
      uphold: { type: 'flag', help: 'The hash should not stand: what is on your lists is retracted' },
      reject: { type: 'flag', help: 'The hash stands' },
      note: { type: 'text', value: 'text', help: 'Why, for everybody concerned' },
    },
    examples: ['clepsydra resolve 0197a0c4-… --uphold --note "a newspaper, as they say"'],
    run: resolve,
  },
  {
    name: 'feedback',
    summary: 'Say what a match turned out to be',
    args: `<signal> <${VERDICTS.map((each) => each.word).join('|')}>`,
    positionals: [2, 2],
    options: { note: NOTE, match: { type: 'text', value: 'id', help: 'Which of your recorded matches it was' } },
    examples: ['clepsydra feedback 0197a0c4-… confirmed', 'clepsydra feedback 0197a0c4-… false --note "a sports club"'],
    run: feedback,
  },
];
