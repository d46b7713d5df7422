import { TLP } from '../../../../src/domain/vocabulary';
import type { Clepsydra } from '../../clepsydra';
import type { CsvReport, ExchangeSource, NewExchangeSource } from '../../exchange';
import { itemsOf } from '../../paging';
import { wholeNumber, type Options } from '../args';
import { signedIn, type Context } from '../context';
import { EXIT, UsageError, type ExitCode } from '../exit';
import { findList } from '../find-list';
import { cell, table } from '../output';
import { readAll } from '../prompt';
import type { Verb } from '../verb';

const PROTOCOLS = ['clepsydra', 'taxii', 'tat'] as const satisfies readonly NewExchangeSource['protocol'][];
const WEEK_SECONDS = 604_800;

/** What is done with one source that there is; what else there is to do begins one. */
type Act = (client: Clepsydra, source: ExchangeSource, context: Context) => Promise<ExchangeSource>;

const ACTS: Readonly<Record<string, Act>> = {
  show: (_, source) => Promise.resolve(source),
  pause: (client, { id }) => client.exchangeSources.pause(id),
  resume: (client, { id }) => client.exchangeSources.resume(id),
  run: (client, { id }) => client.exchangeSources.run(id),
  remove: (client, { id }, { input }) => {
    if (input.flag('keep') === input.flag('retract')) throw new UsageError('give one of --keep and --retract');
    return client.exchangeSources.remove(id, input.flag('keep') ? 'keep' : 'retract');
  },
};

async function allSources(client: Clepsydra): Promise<ExchangeSource[]> {
  const sources: ExchangeSource[] = [];
  for await (const source of itemsOf((query) => client.exchangeSources.list(query), { limit: 200 }))
    sources.push(source);
  return sources;
}

/** By id or name. One that has ended keeps its name, so one that goes on comes first. */
async function findSource(client: Clepsydra, name: string): Promise<ExchangeSource> {
  const wanted = name.toLowerCase();
  const found = (await allSources(client)).filter((each) => each.id === wanted || each.name.toLowerCase() === wanted);
  const running = found.filter(({ state }) => state !== 'ended');
  const [only, another] = running.length > 0 ? running : found;
  if (another) throw new UsageError(`more than one source is called "${name}": give its id`);
  if (!only) throw new UsageError(`there is no source "${name}"; clepsydra sources shows them`);
  return only;
}

function sourceRows(sources: readonly ExchangeSource[]): string[] {
  return table([
    ['SOURCE', 'PROTOCOL', 'STATE', 'LAST READ', 'TAKEN', 'REFUSED', 'ID'],
    ...sources.map(({ name, protocol, state, lastRunAt, taken, refused, id }) => [
      name,
      protocol,
      state,
      lastRunAt,
      taken,
      refused,
      id,
    ]),
  ]);
}

function sourceLines(source: ExchangeSource): string[] {
  const { taken, quarantined, refused, retracted, lastError, failures } = source;
  return [
    ...table([
      ['source', `${source.name}  ${source.id}`],
      ['from', `${source.protocol}  ${cell(source.address)}`],
      ['state', lastError === null ? source.state : `${source.state}: ${lastError}, ${failures} in a row`],
      ['to list', `${source.listId}, marked TLP:${source.tlp.toUpperCase()} there`],
      ['reviews', source.acceptReviews ? 'what a person there looked at counts here' : 'nothing counts as looked at'],
      ['read', `${cell(source.lastRunAt)}, next ${cell(source.nextRunAt)}`],
      ['so far', `${taken} taken, ${quarantined} of them quarantined, ${refused} refused, ${retracted} retracted`],
    ]),
    ...(source.takesBack ? ['What it brought is being taken back.'] : []),
  ];
}

function csvLines({
  source,
  lines,
  taken,
  quarantined,
  unchanged,
  waiting,
  refused,
  refusedLines,
}: CsvReport): string[] {
  return [
    ...table([['source', `${source.name}  ${source.id}`]]),
    `${lines} lines: ${taken} taken, ${quarantined} of them quarantined, ${unchanged} known already, ${waiting} waiting for another day's quota, ${refused} refused.`,
    ...table(refusedLines.map(({ line, code, detail }) => [`  line ${line}`, code, detail])),
  ];
}

async function aboutOf(
  { input }: Context,
  client: Clepsydra,
): Promise<{ name: string; listId: string } & Pick<NewExchangeSource, 'tlp' | 'acceptReviews'>> {
  const [name, list, marked] = [input.required('name'), input.required('list'), input.required('tlp')];
  const tlp = TLP.find((each) => each === marked) ?? 'red';
  return { name, listId: (await findList(client, list)).id, tlp, acceptReviews: input.flag('accept-reviews') };
}

/** A secret is never an argument: those of a process are seen by all who use the machine. */
async function credentialOf({ input, stdin }: Context): Promise<NewExchangeSource['credential']> {
  const username = input.text('username');
  if (!input.flag('secret-stdin')) {
    if (username === undefined) return {};
    throw new UsageError('--username needs --secret-stdin, for the password');
  }
  const secret = await readAll(stdin);
  if (secret === '') throw new UsageError('there is no secret on standard input');
  return username === undefined ? { token: secret } : { username, password: secret };
}

async function follow(context: Context, client: Clepsydra, address: string): Promise<ExitCode> {
  const { input, output } = context;
  const wanted = input.required('protocol');
  const every = input.text('every');
  const source = await client.exchangeSources.follow({
    protocol: PROTOCOLS.find((each) => each === wanted) ?? 'clepsydra',
    address,
    credential: await credentialOf(context),
    ...(every === undefined ? {} : { intervalSeconds: wholeNumber('every', every, 60, WEEK_SECONDS) }),
    ...(await aboutOf(context, client)),
  });
  output.result(source, () => sourceLines(source));
  return EXIT.ok;
}

async function take(context: Context, client: Clepsydra, file: string): Promise<ExitCode> {
  const report = await client.exchangeSources.takeFile(await aboutOf(context, client), { source: file });
  context.output.result(report, () => csvLines(report));
  return report.refused > 0 ? EXIT.partly : EXIT.ok;
}

async function sources(context: Context): Promise<ExitCode> {
  const { input, output } = context;
  const [verb, name] = input.positionals;
  const client = signedIn(context);
  if (verb === undefined) {
    const items = await allSources(client);
    output.result({ items }, () => (items.length === 0 ? ['No source.'] : sourceRows(items)));
    return EXIT.ok;
  }
  if (verb === 'add' && name !== undefined) return follow(context, client, name);
  if (verb === 'take' && name !== undefined) return take(context, client, name);
  const act = ACTS[verb];
  if (!act || name === undefined)
    throw new UsageError(`give add <address>, take <file.csv>, ${Object.keys(ACTS).join('|')} <source>, or nothing`);
  const source = await act(client, await findSource(client, name), context);
  output.result(source, () => sourceLines(source));
  return EXIT.ok;
}

const OPTIONS: Options = {
  protocol: { type: 'text', value: 'word', oneOf: PROTOCOLS, help: 'What a new source speaks' },
  name: { type: 'text', value: 'name', help: 'Under which it is shown, and named in disputes that it brings' },
  list: { type: 'text', value: 'list', help: 'The list that its hashes go to, by short name or id' },
  tlp: { type: 'text', value: 'label', oneOf: TLP, help: 'How the source marks what it gives, as its terms say' },
  'accept-reviews': { type: 'flag', help: 'What a person there looked at counts as looked at here' },
  every: { type: 'text', value: 'seconds', help: 'Between two readings, 60 to 604800; 900 unless told' },
  username: { type: 'text', value: 'name', help: 'For a source with a login; the password then is its secret' },
  'secret-stdin': { type: 'flag', help: 'Read the token or password of the source from standard input' },
  keep: { type: 'flag', help: 'What a removed source brought goes on standing' },
  retract: { type: 'flag', help: 'What a removed source brought, and nothing else, ends' },
};

export const SOURCE_VERBS: readonly Verb[] = [
  {
    name: 'sources',
    summary: 'Show whom hashes are taken from; follow another, take a file, pause or remove one',
    args: '[add <address>|take <file.csv>|show|pause|resume|run|remove <source>]',
    positionals: [0, 2],
    options: OPTIONS,
    notes: [
      'A source is named by its name or its id; docs/subscriptions.md says what is read of each. `take` ends with 10 when lines of the file were refused, and names them.',
    ],
    examples: [
      'clepsydra sources',
      'clepsydra sources add https://north.example --protocol clepsydra --name North --list common --tlp amber --secret-stdin < token',
      'clepsydra sources take hashes.csv --name "North, by mail" --list common --tlp amber --accept-reviews',
      'clepsydra sources remove North --retract',
    ],
    run: sources,
  },
];
