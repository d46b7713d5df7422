import { hasMeasure } from '../../../../src/domain/item-answer';
import {
  DECLINE_REASONS,
  ITEM_OUTCOMES,
  PRESERVATION_STATES,
  type DeclineReason,
  type ItemOutcome,
} from '../../../../src/domain/vocabulary';
import type { ItemAnswer, Notice } from '../../notice-api';
import { act, THE_NOTICE } from '../act-on-notice';
import { instant } from '../args';
import type { Context } from '../context';
import { UsageError, type ExitCode } from '../exit';
import { chooseItems } from '../find-notice';
import type { Verb } from '../verb';

const ITEM = {
  type: 'text',
  many: true,
  value: 'item',
  help: 'Which item, by number or id; all open ones unless told',
} as const;
const NOTE = { type: 'text', value: 'text', help: 'A remark for the sender' } as const;
const AT = { type: 'text', value: 'instant', help: 'When the measure was taken; now unless told' } as const;

const PRESERVATION = {
  type: 'text',
  value: 'state',
  oneOf: PRESERVATION_STATES,
  help: 'How far keeping a copy has come; it never delays the answer',
} as const;
const CLARIFICATION_GROUNDS = ['manifest_errors', 'insufficient_information'] as const;
const reasonOption = { type: 'text', value: 'code', oneOf: DECLINE_REASONS, help: 'Why it stays' } as const;

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
  const isMeasure = hasMeasure(outcome);
  if (!isMeasure && context.input.text('at') !== undefined)
    throw new UsageError(`--at: "${outcome}" is no measure and has no time of one`);
  return chooseItems(notice, context.input.texts('item')).map((itemId) => ({
    itemId,
    outcome,
    ...(isMeasure ? { measureAt: measureAt(context, notice, now) } : {}),
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

/** What a platform says to a notice. */
export const ANSWER_VERBS: readonly Verb[] = [
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
];
