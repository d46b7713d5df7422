import type { Clepsydra } from '../../clepsydra';
import type { ExchangeCredential, NewExchangeCredential } from '../../exchange';
import { itemsOf } from '../../paging';
import { instant } from '../args';
import { signedIn, type Context } from '../context';
import { EXIT, UsageError, type ExitCode } from '../exit';
import { findList, idOf } from '../find-list';
import { table } from '../output';
import type { Verb } from '../verb';

const PROTOCOLS = ['feed', 'stopncii', 'tat', 'taxii'] as const satisfies readonly ExchangeCredential['protocol'][];
const USES = ['fetch', 'submit', 'feedback'] as const satisfies readonly ExchangeCredential['verbs'][number][];

function standing({ revokedAt, expiresAt }: ExchangeCredential, now: Date): string {
  if (revokedAt !== null) return 'revoked';
  return Date.parse(expiresAt) <= now.getTime() ? 'expired' : `until ${expiresAt}`;
}

function credentialRows(credentials: readonly ExchangeCredential[], now: Date): string[] {
  return table([
    ['CREDENTIAL', 'PROTOCOL', 'MAY', 'LISTS', 'STATE', 'LAST USED', 'ID'],
    ...credentials.map((each) => [
      each.name,
      each.protocol,
      each.verbs.join(', '),
      each.lists.length,
      standing(each, now),
      each.lastUsedAt,
      each.id,
    ]),
  ]);
}

async function allCredentials(client: Clepsydra): Promise<ExchangeCredential[]> {
  const credentials: ExchangeCredential[] = [];
  const every = itemsOf((query) => client.exchangeCredentials.list(query), { limit: 200 });
  for await (const credential of every) credentials.push(credential);
  return credentials;
}

async function issue({ input }: Context, client: Clepsydra, name: string): Promise<NewExchangeCredential> {
  const wanted = input.required('protocol');
  const names = input.texts('list');
  if (names.length === 0) throw new UsageError('--list is missing');
  const expiresAt = instant('until', input.required('until'));
  const lists: string[] = [];
  for (const each of names) lists.push((await findList(client, each)).id);
  const submitTo = input.text('submit-to');
  const uses = USES.filter((use) => input.texts('may').includes(use));
  return client.exchangeCredentials.issue({
    name,
    protocol: PROTOCOLS.find((each) => each === wanted) ?? 'feed',
    lists,
    expiresAt,
    ...(uses.length === 0 ? {} : { verbs: uses }),
    ...(submitTo === undefined ? {} : { submitTo: (await findList(client, submitTo)).id }),
  });
}

function issuedLines(issued: NewExchangeCredential): string[] {
  return [
    ...table([
      ['credential', `${issued.name}  ${issued.id}`],
      ['protocol', issued.protocol],
      ...(issued.username === null ? [] : [['username', issued.username]]),
      ...Object.entries(issued.secrets ?? {}),
      ['until', issued.expiresAt],
    ]),
    issued.secrets === null
      ? 'Its secrets were shown before, and are not shown again.'
      : 'The secrets are shown this once.',
  ];
}

async function credentials(context: Context): Promise<ExitCode> {
  const { input, output } = context;
  const [verb, what] = input.positionals;
  const client = signedIn(context);
  if (verb === undefined) {
    const items = await allCredentials(client);
    const lines = (): string[] => (items.length === 0 ? ['No credential.'] : credentialRows(items, client.wire.now()));
    output.result({ items }, lines);
  } else if (verb === 'create' && what !== undefined) {
    const issued = await issue(context, client, what);
    output.result(issued, () => issuedLines(issued));
  } else if (verb === 'revoke' && what !== undefined) {
    const revoked = await client.exchangeCredentials.revoke(idOf('credential', what));
    output.result(revoked, () => credentialRows([revoked], client.wire.now()));
  } else {
    throw new UsageError('give create <name> or revoke <id>, or nothing');
  }
  return EXIT.ok;
}

export const CREDENTIAL_VERBS: readonly Verb[] = [
  {
    name: 'credentials',
    summary: 'Show with what programs of others fetch your lists; make one, or end it',
    args: '[create <name>|revoke <id>]',
    positionals: [0, 2],
    options: {
      protocol: { type: 'text', value: 'word', oneOf: PROTOCOLS, help: 'What the program speaks' },
      list: { type: 'text', many: true, value: 'list', help: 'A list that it gets, by short name or id' },
      may: { type: 'text', many: true, value: 'word', oneOf: USES, help: 'What it may do; fetch alone unless told' },
      'submit-to': { type: 'text', value: 'list', help: 'The list that hashes which it submits go to' },
      until: { type: 'text', value: 'instant', help: 'When it ends, two years ahead at most' },
    },
    notes: ['Its secrets are printed once, when it is made. A revoked credential ends at once.'],
    examples: [
      'clepsydra credentials create "scanner at Kiln" --protocol feed --list common --until 2027-03-01',
      'clepsydra credentials revoke 0197a0c4-…',
    ],
    run: credentials,
  },
];
