import { LIST_SHARINGS, TLP } from '../../../../src/domain/vocabulary';
import type { Organisation } from '../../account-api';
import type { Clepsydra } from '../../clepsydra';
import type { SignalList } from '../../signal-api';
import { signedIn, type Context } from '../context';
import { EXIT, UsageError, type ExitCode } from '../exit';
import { findList } from '../find-list';
import { isUuid } from '../find-notice';
import { table } from '../output';
import type { Verb } from '../verb';

const tlpOf = ({ tlp }: SignalList): string => `TLP:${tlp.toUpperCase()}`;
const ownerOf = ({ owner }: SignalList): string => owner?.name ?? 'the service';

function listRows(lists: readonly SignalList[]): string[] {
  return table([
    ['LIST', 'NAME', 'OWNER', 'SHARED WITH', 'TLP', 'YOU MAY', 'ID'],
    ...lists.map((list) => [
      list.slug,
      list.name,
      ownerOf(list),
      list.sharing,
      tlpOf(list),
      list.closedAt ? 'closed' : list.mayContribute ? 'read, add' : 'read',
      list.id,
    ]),
  ]);
}

function listLines(list: SignalList): string[] {
  const facts: [string, string | null][] = [
    ['list', `${list.slug}  ${list.id}`],
    ['name', list.name],
    ['purpose', list.purpose],
    ['owner', ownerOf(list)],
    ['shared with', `${list.sharing}, ${tlpOf(list)}`],
    ['action', list.autoAction ? 'without a person, where two organisations stand behind a hash' : null],
    ['closed', list.closedAt],
  ];
  return [
    ...table(facts.filter(([, value]) => value !== null)),
    ...(list.members.length > 0 ? ['members'] : []),
    ...table(
      list.members.map((each) => [
        `  ${each.organisationName}`,
        each.mayContribute ? 'reads and adds' : 'reads',
        each.joinedAt,
      ]),
    ),
  ];
}

/** By id, short name or name. */
async function findOrganisation(client: Clepsydra, name: string): Promise<string> {
  if (isUuid(name)) return name.toLowerCase();
  const { items } = await client.organisations.list({ q: name, limit: 200 });
  const wanted = name.toLowerCase();
  const found = items.find((each: Organisation) => each.slug === wanted || each.name.toLowerCase() === wanted);
  if (!found) throw new UsageError(`there is no organisation "${name}"`);
  return found.id;
}

async function createList({ input }: Context, client: Clepsydra, slug: string): Promise<SignalList> {
  return client.signalLists.create({
    slug,
    name: input.required('name'),
    purpose: input.required('purpose'),
    sharing: LIST_SHARINGS.find((each) => each === input.text('sharing')) ?? 'group',
    tlp: TLP.find((each) => each === input.text('tlp')) ?? 'amber',
    ...(input.flag('auto-action') ? { autoAction: true } : {}),
  });
}

async function lists(context: Context): Promise<ExitCode> {
  const { input, output } = context;
  const [verb, name, member] = input.positionals;
  const client = signedIn(context);
  if (verb === undefined) {
    const items: SignalList[] = [];
    for await (const list of client.signalLists.all()) items.push(list);
    output.result({ items }, () => listRows(items));
    return EXIT.ok;
  }
  const list = await oneList(context, client, [verb, name, member]);
  output.result(list, () => listLines(list));
  return EXIT.ok;
}

async function oneList(
  context: Context,
  client: Clepsydra,
  [verb, name, member]: readonly [string, string | undefined, string | undefined],
): Promise<SignalList> {
  if (verb === 'show' && name !== undefined && member === undefined) return findList(client, name);
  if (verb === 'create' && name !== undefined && member === undefined) return createList(context, client, name);
  if (verb === 'add' && name !== undefined && member !== undefined) {
    const { id } = await findList(client, name);
    const organisation = await findOrganisation(client, member);
    return client.signalLists.addMember(id, organisation, !context.input.flag('read-only'));
  }
  throw new UsageError('give show <list>, create <short-name> or add <list> <organisation>, or nothing');
}

export const LIST_VERBS: readonly Verb[] = [
  {
    name: 'lists',
    summary: 'Show the lists of hashes that you read, make one, or let an organisation in',
    args: '[show <list>|create <short-name>|add <list> <organisation>]',
    positionals: [0, 3],
    options: {
      name: { type: 'text', value: 'name', help: 'What a new list is called' },
      purpose: {
        type: 'text',
        value: 'text',
        help: 'What it is for: whoever adds to it or matches against it has to know',
      },
      sharing: {
        type: 'text',
        value: 'word',
        oneOf: LIST_SHARINGS,
        help: 'For good: with everyone, or with a group (what it is unless told)',
      },
      tlp: { type: 'text', value: 'label', oneOf: TLP, help: 'FIRST TLP 2.0; amber unless told' },
      'auto-action': {
        type: 'flag',
        help: 'Platforms are asked to act without a person where two organisations stand behind a hash',
      },
      'read-only': { type: 'flag', help: 'The organisation that is let in reads and does not add' },
    },
    notes: ['A list is named by its short name, its name or its id; an organisation likewise.'],
    examples: [
      'clepsydra lists',
      'clepsydra lists create north-harbour --name "North harbour" --purpose "Campaign of the north harbour"',
      'clepsydra lists add north-harbour kiln --read-only',
    ],
    run: lists,
  },
];
