import type { ItemAnswer, Notice } from '../../notice-api';
import { NOTICE_STATES } from '../../../../src/domain/notice-lifecycle';
import {
  DECLINE_REASONS,
  ITEM_OUTCOMES,
  PRESERVATION_STATES,
  type DeclineReason,
  type ItemOutcome,
} from '../../../../src/domain/vocabulary';
import { OUTCOME_RULES } from '../../../../src/domain/item-answer';
import { instant, wholeNumber } from '../args';
import { signedIn, type Context } from '../context';
import { noticeLines, timeLeft, timeStyle } from '../describe';
import { EXIT, UsageError, type ExitCode } from '../exit';
import { chooseItems, findNotice } from '../find-notice';
import { cell, table } from '../output';
import type { Verb } from '../verb';

const THE_NOTICE = { args: '<notice>', positionals: [1, 1] } as const;
const ITEM = {
  type: 'text',
  many: true,
  value: 'item',
  help: 'Which item, by number or id; all open ones unless told',
} as const;
const NOTE = { type: 'text', value: 'text', help: 'A remark for the sender' } as const;
const AT = { type: 'text', value: 'instant', help: 'When the measure was taken; now unless told' } as const;

async function list(context: Context, box: 'inbox' | 'sent'): Promise<ExitCode> {
  const { input, output } = context;
  const client = signedIn(context);
  const most = wholeNumber('limit', input.text('limit') ?? '50', 1, 5000);
  const state = NOTICE_STATES.find((each) => each === input.text('state'));
  const notices: Notice[] = [];
  for await (const notice of client.notices.all({ box, limit: Math.min(most, 200), ...(state ? { state } : {}) })) {
    notices.push(notice);
    if (notices.length >= most) break;
  }
  const now = client.wire.now();
  output.result({ items: notices }, () =>
    notices.length === 0
      ? ['Nothing here.']
      : table([
          ['NOTICE', 'STATE', 'TIME', box === 'inbox' ? 'FROM' : 'TO', 'ITEMS', 'ID'].map((head) =>
            output.paint('dim', head),
          ),
          ...notices.map((notice) => [
            notice.reference,
            notice.state,
            output.paint(timeStyle(notice, now), timeLeft(notice, now)),
            box === 'inbox' ? notice.sender.name : notice.platform.name,
            `${notice.items.length}: ${cell(notice.items[0]?.address).slice(0, 60)}`,
            output.paint('dim', notice.id),
          ]),
        ]),
  );
  return EXIT.ok;
}

/** Finds the notice, does something to it, prints what it is now. */
async function act(
  context: Context,
  verb: (client: ReturnType<typeof signedIn>, notice: Notice) => Promise<Notice>,
): Promise<ExitCode> {
  const { input, output } = context;
  const client = signedIn(context);
  const after = await verb(client, await findNotice(client, input.positionals[0] ?? ''));
  const { receipt, ...notice } = after;
  output.result({ ...notice, ...(receipt ? { receipt } : {}) }, () => noticeLines(after, output, client.wire.now()));
  return EXIT.ok;
}

/** Now by the server's clock, which nobody may be ahead of; not before receipt, which may have been this very second. */
function measureAt(context: Context, notice: Notice, now: Date): string {
  const given = context.input.text('at');
  if (given !== undefined) return instant('at', given);
  const received = Date.parse(notice.receivedAt ?? notice.sentAt ?? '');
  // The server's time is known to half a second: that much earlier is never ahead of it.
  const safe = now.getTime() - 500;
  return new Date(Number.isNaN(received) ? safe : Math.max(received, safe)).toISOString();
}

function answersFor(
  context: Context,
  notice: Notice,
  outcome: ItemOutcome,
  reason: DeclineReason | undefined,
  now: Date,
): ItemAnswer[] {
  const note = context.input.text('note');
  const preservation = PRESERVATION_STATES.find((each) => each === context.input.text('preservation'));
  const hasMeasure = OUTCOME_RULES[outcome].measure === 'required';
  if (!hasMeasure && context.input.text('at') !== undefined)
    throw new UsageError(`--at: "${outcome}" is no measure and has no time of one`);
  return chooseItems(notice, context.input.texts('item')).map((itemId) => ({
    itemId,
    outcome,
    ...(hasMeasure ? { measureAt: measureAt(context, notice, now) } : {}),
    ...(reason === undefined ? {} : { reason }),
    ...(note === undefined ? {} : { note }),
    ...(preservation === undefined ? {} : { preservation }),
  }));
}

function answer(outcomeOf: (context: Context) => ItemOutcome): (context: Context) => Promise<ExitCode> {
  return (context) =>
    act(context, (client, notice) => {
      const outcome = outcomeOf(context);
      const reason = DECLINE_REASONS.find((each) => each === context.input.text('reason'));
      if (outcome === 'declined' && reason === undefined)
        throw new UsageError(`--reason is missing: one of ${DECLINE_REASONS.join(', ')}`);
      if (outcome !== 'declined' && reason !== undefined)
        throw new UsageError('--reason goes with --outcome declined only');
      return client.notices.answer(notice.id, answersFor(context, notice, outcome, reason, client.wire.now()));
    });
}

const chosenOutcome = ({ input }: Context): ItemOutcome => {
  const outcome = ITEM_OUTCOMES.find((each) => each === input.required('outcome'));
  if (!outcome) throw new UsageError('--outcome is unknown');
  return outcome;
};

const PRESERVATION = {
  type: 'text',
  value: 'state',
  oneOf: PRESERVATION_STATES,
  help: 'How far keeping a copy has come; it never delays the answer',
} as const;
const listOptions = {
  state: { type: 'text', value: 'state', oneOf: NOTICE_STATES, help: 'Only notices in this state' },
  limit: { type: 'text', value: 'n', help: 'At most so many, 50 unless told' },
} as const;
const CLARIFICATION_GROUNDS = ['manifest_errors', 'insufficient_information'] as const;
const reasonOption = { type: 'text', value: 'code', oneOf: DECLINE_REASONS, help: 'Why it stays' } as const;

export const NOTICE_VERBS: readonly Verb[] = [
  {
    name: 'inbox',
    summary: 'What has reached this platform, with the minutes that are left',
    args: '',
    positionals: [0, 0],
    options: listOptions,
    examples: ['clepsydra inbox', 'clepsydra inbox --state received --json'],
    run: (context) => list(context, 'inbox'),
  },
  {
    name: 'sent',
    summary: 'What this unit has sent',
    args: '',
    positionals: [0, 0],
    options: listOptions,
    examples: ['clepsydra sent --state answered'],
    run: (context) => list(context, 'sent'),
  },
  {
    name: 'show',
    summary: 'One notice: its items, answers and clock',
    ...THE_NOTICE,
    options: {},
    examples: ['clepsydra show R-2026-000017'],
    run: (context) => act(context, (_, notice) => Promise.resolve(notice)),
  },
  {
    name: 'send',
    summary: 'Send a drafted notice',
    ...THE_NOTICE,
    options: {},
    examples: ['clepsydra send R-2026-000017'],
    run: (context) => act(context, (client, notice) => client.notices.send(notice.id, notice.version)),
  },
  {
    name: 'undo',
    summary: 'Call back a notice that you let go, before it leaves',
    ...THE_NOTICE,
    options: {},
    examples: ['clepsydra undo R-2026-000017'],
    run: (context) => act(context, (client, { id }) => client.notices.undo(id)),
  },
  {
    name: 'sign',
    summary: 'Ask for the signature of an order, or give it as the second person',
    ...THE_NOTICE,
    options: { reason: { type: 'text', value: 'text', help: 'Why it is ready' } },
    examples: ['clepsydra sign R-2026-000017 --reason "read twice"'],
    run: (context) => {
      const reason = context.input.required('reason');
      return act(context, async (client, notice) => (await client.notices.sign(notice.id, reason)) ?? notice);
    },
  },
  {
    name: 'clarify',
    summary: 'Answer what the platform asked about a notice',
    ...THE_NOTICE,
    options: { text: { type: 'text', value: 'text', help: 'The clarification; the platform reads it' } },
    examples: ['clepsydra clarify R-2026-000017 --text "the third post from the top"'],
    run: (context) => {
      const text = context.input.required('text');
      return act(context, (client, { id }) => client.notices.clarify(id, text));
    },
  },
  {
    name: 'impossible',
    summary: 'Tell the sender that you cannot act, and why; the clock stops (Annex III)',
    ...THE_NOTICE,
    options: { because: { type: 'text', value: 'text', help: 'What keeps you from acting' } },
    examples: ['clepsydra impossible R-2026-000017 --because "our data centre has no power"'],
    run: (context) => {
      const because = context.input.required('because');
      return act(context, (client, { id }) => client.notices.impossible(id, because));
    },
  },
  {
    name: 'possible-again',
    summary: 'Tell the sender that you can act again; the full hour runs from now',
    ...THE_NOTICE,
    options: {},
    examples: ['clepsydra possible-again R-2026-000017'],
    run: (context) => act(context, (client, { id }) => client.notices.possibleAgain(id)),
  },
  {
    name: 'ask',
    summary: 'Ask the sender for clarification; the clock stops until you have it (Annex III)',
    ...THE_NOTICE,
    options: {
      ground: { type: 'text', value: 'word', oneOf: CLARIFICATION_GROUNDS, help: 'What is wrong with the notice' },
      because: { type: 'text', value: 'text', help: 'What you saw' },
      needed: { type: 'text', value: 'text', help: 'What you need to know' },
    },
    examples: [
      'clepsydra ask R-2026-000017 --ground insufficient_information --because "a list of posts" --needed "which"',
    ],
    run: (context) => {
      const ground = CLARIFICATION_GROUNDS.find((each) => each === context.input.required('ground'));
      if (!ground) throw new UsageError('--ground is unknown');
      const [explanation, needed] = [context.input.required('because'), context.input.required('needed')];
      return act(context, (client, { id }) => client.notices.askClarification(id, { ground, explanation, needed }));
    },
  },
  {
    name: 'acknowledge',
    summary: 'Tell the sender that the notice is being worked on',
    ...THE_NOTICE,
    options: {},
    examples: ['clepsydra acknowledge R-2026-000017'],
    run: (context) => act(context, (client, { id }) => client.notices.acknowledge(id)),
  },
  {
    name: 'remove',
    summary: 'Answer that the content was removed',
    ...THE_NOTICE,
    options: { item: ITEM, at: AT, note: NOTE, preservation: PRESERVATION },
    examples: ['clepsydra remove R-2026-000017', 'clepsydra remove R-2026-000017 --item 2 --at 2026-03-01T14:05:00Z'],
    run: answer(() => 'removed'),
  },
  {
    name: 'decline',
    summary: 'Answer that the content stays, and why',
    ...THE_NOTICE,
    options: { item: ITEM, reason: reasonOption, note: NOTE },
    examples: ['clepsydra decline R-2026-000017 --item 1 --reason journalistic --note "a news report"'],
    run: answer(() => 'declined'),
  },
  {
    name: 'answer',
    summary: 'Answer with any outcome',
    ...THE_NOTICE,
    options: {
      outcome: { type: 'text', value: 'word', oneOf: ITEM_OUTCOMES, help: 'What became of it' },
      item: ITEM,
      at: AT,
      reason: reasonOption,
      note: NOTE,
      preservation: PRESERVATION,
    },
    examples: ['clepsydra answer R-2026-000017 --outcome already_gone'],
    run: answer(chosenOutcome),
  },
  {
    name: 'withdraw',
    summary: 'Take a notice back',
    ...THE_NOTICE,
    options: { reason: { type: 'text', value: 'text', help: 'Why; the platform reads it' } },
    examples: ['clepsydra withdraw R-2026-000017 --reason "the wrong address"'],
    run: (context) => {
      const reason = context.input.required('reason');
      return act(context, (client, { id }) => client.notices.withdraw(id, reason));
    },
  },
  {
    name: 'close',
    summary: 'Close a notice whose every item is answered',
    ...THE_NOTICE,
    options: {},
    examples: ['clepsydra close R-2026-000017'],
    run: (context) => act(context, (client, { id }) => client.notices.close(id)),
  },
];
