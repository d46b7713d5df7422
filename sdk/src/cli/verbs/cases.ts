import type { CaseFile, Exhibit } from '../../case-api';
import type { Clepsydra } from '../../clepsydra';
import { itemsOf } from '../../paging';
import { signedIn, type Context } from '../context';
import { mediaLines, reuploadText } from '../describe-signals';
import { EXIT, UsageError, type ExitCode } from '../exit';
import { isUuid } from '../find-notice';
import { table, type Output } from '../output';
import type { Verb } from '../verb';

/** How far back a reference is looked for. */
const LOOK_AT = 2000;

/** A case with all of its items. */
async function wholeCase(client: Clepsydra, id: string): Promise<CaseFile> {
  const file = await client.cases.get(id);
  if (!file.nextItems) return file;
  const items = [...file.items];
  const query = { limit: 200, cursor: file.nextItems };
  for await (const item of itemsOf((asked) => client.cases.items(id, asked), query)) items.push(item);
  return { ...file, items, nextItems: null };
}

/** By id or reference. @throws UsageError */
async function findCase(client: Clepsydra, name: string): Promise<CaseFile> {
  if (isUuid(name)) return wholeCase(client, name.toLowerCase());
  const wanted = name.toLowerCase();
  let seen = 0;
  for await (const { id, reference } of itemsOf((query) => client.cases.list(query), { limit: 200 })) {
    if (reference.toLowerCase() === wanted) return wholeCase(client, id);
    if (++seen >= LOOK_AT) break;
  }
  throw new UsageError(`there is no case "${name}": give its id or its reference`);
}

const exhibitLines = (exhibit: Exhibit): string[] => [
  ...table([
    [
      `  ${exhibit.exhibitNo}`,
      exhibit.type,
      `${exhibit.size} bytes`,
      `sha256 ${exhibit.sha256.slice(0, 16)}…`,
      exhibit.id,
    ],
  ]),
  ...mediaLines(exhibit).map((line) => `    ${line}`),
];

function caseLines(file: CaseFile, output: Output): string[] {
  const facts: [string, string | null][] = [
    ['case', `${file.reference}  ${file.id}`],
    ['state', output.paint('bold', file.state)],
    ['title', file.title],
    ['labels', `${file.category}, ${file.ideology}, ${file.language}`],
  ];
  return [
    ...table(facts.filter(([, value]) => value !== null)),
    'items',
    ...table(
      file.items.map((item) => [
        `  ${item.state}`,
        item.platform?.name,
        item.address,
        reuploadText(item),
        output.paint('dim', item.id),
      ]),
    ),
    ...(file.exhibits.length > 0 ? ['exhibits', ...file.exhibits.flatMap(exhibitLines)] : []),
  ];
}

async function showCase(context: Context): Promise<ExitCode> {
  const { input, output } = context;
  const file = await findCase(signedIn(context), input.positionals[0] ?? '');
  output.result(file, () => caseLines(file, output));
  return EXIT.ok;
}

export const CASE_VERBS: readonly Verb[] = [
  {
    name: 'case',
    summary: 'Show a case: its items, what they are copies of, and its exhibits with their hashes',
    args: '<case>',
    positionals: [1, 1],
    options: {},
    examples: ['clepsydra case 2026-5CP7-NVW8', 'clepsydra case 0197a0c4-…'],
    run: showCase,
  },
];
