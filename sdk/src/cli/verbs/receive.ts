import fs from 'node:fs';
import { STATED_CHANNELS } from '../../../../src/domain/received-orders';
import type { ReceivedOrder } from '../../received-orders';
import { instant } from '../args';
import { signedIn, type Context } from '../context';
import { EXIT, UsageError, type ExitCode } from '../exit';
import { foreign, table, type Output } from '../output';
import type { Verb } from '../verb';

function orderLines(order: ReceivedOrder, output: Output): string[] {
  const { claims, authority, ifGenuine } = order;
  const isWaiting = order.state === 'quarantined';
  const facts: [string, string | null][] = [
    ['order', order.id],
    ['state', output.paint(isWaiting ? 'yellow' : 'bold', order.state)],
    ['because', isWaiting ? [...order.reasons, ...order.errors].join(', ') : null],
    ['received', order.receivedAt],
    ['says it is of', claims && foreign(`${claims.authority} (${claims.memberState}), ${claims.reference}`)],
    ['register', authority && `${authority.name} (${authority.country}), telephone ${authority.telephone}`],
    ['if genuine', ifGenuine && `due at ${ifGenuine.dueAt}`],
    ['notice', order.noticeId],
  ];
  const stated = table(facts.filter(([, value]) => value !== null));
  return isWaiting
    ? [...stated, 'Ask the authority by the number of the register, never by one of the order; then two people decide.']
    : stated;
}

function fileOf({ input }: Context): string {
  const [file = ''] = input.positionals;
  if (!fs.statSync(file, { throwIfNoEntry: false })?.isFile()) throw new UsageError(`${file}: there is no such file`);
  return file;
}

function jwsOf({ input }: Context): string | undefined {
  const file = input.text('jws');
  if (file === undefined) return undefined;
  try {
    return fs.readFileSync(file, 'latin1').trim();
  } catch {
    throw new UsageError(`${file} cannot be read`);
  }
}

async function receive(context: Context): Promise<ExitCode> {
  const { input, output } = context;
  const source = fileOf(context);
  const channel = STATED_CHANNELS.find((each) => each === (input.text('channel') ?? 'mail')) ?? 'other';
  const at = input.text('at');
  const jws = jwsOf(context);
  const order = await signedIn(context).receivedOrders.handIn(
    { source },
    {
      channel,
      ...(at === undefined ? {} : { receivedAt: new Date(instant('at', at)) }),
      ...(jws === undefined ? {} : { jws }),
    },
  );
  output.result(order, () => orderLines(order, output));
  return order.state === 'quarantined' ? EXIT.partly : EXIT.ok;
}

export const RECEIVE_VERBS: readonly Verb[] = [
  {
    name: 'receive',
    summary: 'Hand in a removal order that reached you by mail, from another installation or on paper',
    args: '<order.pdf|order.json>',
    positionals: [1, 1],
    options: {
      channel: { type: 'text', value: 'word', oneOf: STATED_CHANNELS, help: 'How it reached you; mail unless told' },
      at: { type: 'text', value: 'instant', help: 'When it reached you; now unless told. The hour runs from then' },
      jws: { type: 'text', value: 'file', help: 'The detached signature, where it does not lie in the file' },
    },
    notes: [
      'An order by a known key of an authority that may order is recognised, and its hour runs. Any other waits until two people have found out whether it is genuine; its receipt is recorded either way.',
    ],
    examples: [
      'clepsydra receive order.pdf --at 2026-03-01T14:05:00Z',
      'clepsydra receive form.json --jws form.jws --channel registered_delivery',
    ],
    run: receive,
  },
];
