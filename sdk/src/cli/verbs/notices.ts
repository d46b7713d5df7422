import { NOTICE_STATES } from '../../../../src/domain/notice-lifecycle';
import type { Notice } from '../../notice-api';
import { act, THE_NOTICE } from '../act-on-notice';
import { wholeNumber } from '../args';
import { signedIn, type Context } from '../context';
import { kindOf, timeLeft, timeStyle } from '../describe';
import { EXIT, type ExitCode } from '../exit';
import { findNotice } from '../find-notice';
import { cell, table } from '../output';
import type { Verb } from '../verb';

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
          ['NOTICE', 'KIND', 'STATE', 'TIME', box === 'inbox' ? 'FROM' : 'TO', 'ITEMS', 'ID'].map((head) =>
            output.paint('dim', head),
          ),
          ...notices.map((notice) => [
            notice.reference,
            kindOf(notice),
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

const listOptions = {
  state: { type: 'text', value: 'state', oneOf: NOTICE_STATES, help: 'Only notices in this state' },
  limit: { type: 'text', value: 'n', help: 'At most so many, 50 unless told' },
} as const;
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
    options: {
      reason: { type: 'text', value: 'text', help: 'Why it is ready, for the second person; whoever asks gives it' },
    },
    examples: ['clepsydra sign R-2026-000017 --reason "read twice"', 'clepsydra sign R-2026-000017'],
    run: async (context) => {
      const { input, output } = context;
      const client = signedIn(context);
      const notice = await findNotice(client, input.positionals[0] ?? '');
      const signed = await client.notices.sign(notice.id, input.text('reason'));
      output.result({ signed: signed !== null, notice: signed ?? notice }, () => [
        signed
          ? `Signed: ${notice.reference}. Send it with: clepsydra send ${notice.reference}`
          : 'Asked. A second person of your organisation signs it with the same command.',
      ]);
      return EXIT.ok;
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
