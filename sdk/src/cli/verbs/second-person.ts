import { PLATFORM_SIZES } from '../../../../src/domain/vocabulary';
import { signedIn, type Context } from '../context';
import { EXIT, type ExitCode } from '../exit';
import { table } from '../output';
import type { Verb } from '../verb';

async function approvals(context: Context): Promise<ExitCode> {
  const page = await signedIn(context).approvals.list();
  context.output.result(page, () =>
    page.items.length === 0
      ? ['Nothing waits for a second person.']
      : table([
          ['APPROVAL', 'VERB', 'SUBJECT', 'ASKED', 'REASON'],
          ...page.items.map((item) => [item.id, item.verb, item.subjectId, item.askedAt, item.reason]),
        ]),
  );
  return EXIT.ok;
}

async function refuse(context: Context): Promise<ExitCode> {
  const [id = ''] = context.input.positionals;
  const refused = await signedIn(context).approvals.refuse(id, context.input.required('reason'));
  context.output.result(refused, () => [`Refused: ${refused.verb} of ${refused.subjectId}`]);
  return EXIT.ok;
}

/** `clepsydra confirm` of a host; of a signal see opinions. */
export async function confirmPlatform(context: Context): Promise<ExitCode> {
  const { input, output } = context;
  const client = signedIn(context);
  const [host = ''] = input.positionals;
  const [found] = (await client.organisations.platforms({ host })).items;
  if (!found) {
    output.remark(`No platform is known by the host ${host}: refer something there first.`);
    return EXIT.refused;
  }
  const size = PLATFORM_SIZES.find((each) => each === input.text('size'));
  const confirmed = await client.platforms.confirm(found.id, {
    name: input.required('name'),
    note: input.required('note'),
    ...(size === undefined ? {} : { platformSize: size }),
  });
  output.result(confirmed, () => table([['platform', confirmed.id, confirmed.name, confirmed.status]]));
  return EXIT.ok;
}

const REASON = { type: 'text', value: 'text', help: 'Why; kept in the ledger' } as const;

export const SECOND_PERSON_VERBS: readonly Verb[] = [
  {
    name: 'approvals',
    summary: 'List what waits for a second person of your organisation',
    args: '',
    positionals: [0, 0],
    options: {},
    examples: ['clepsydra approvals'],
    notes: ['To agree, give the command that the first person gave, such as clepsydra release.'],
    run: approvals,
  },
  {
    name: 'refuse',
    summary: 'Say no as the second person',
    args: '<approval>',
    positionals: [1, 1],
    options: { reason: REASON },
    examples: ['clepsydra refuse 0197a0c4-… --reason "one post of the site would do"'],
    run: refuse,
  },
];
