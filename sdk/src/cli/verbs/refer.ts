import { statSync } from 'node:fs';
import type { CaseItem, NewItem, OpenedCase } from '../../case-api';
import type { NewNotice, Notice } from '../../notice-api';
import type { Attachment } from '../../attachment';
import type { Clepsydra } from '../../clepsydra';
import { ProblemError } from '../../errors';
import { instant, type Input } from '../args';
import { signedIn, type Context } from '../context';
import { matchLines, mediaLines, reuploadText } from '../describe-signals';
import { EXIT, UsageError, type ExitCode } from '../exit';
import { categoryOf, filingOf, FILING_OPTIONS } from '../filing';
import { cell, table, type Output } from '../output';
import type { Verb } from '../verb';

/** A notice never waits for a long upload: files larger than this together follow the notice. */
const UPLOAD_FIRST_BYTES = 32 * 2 ** 20;

interface Referral extends Sent {
  readonly opened: OpenedCase;
  readonly later: OpenedCase | null;
}

function itemsOf(input: Input): NewItem[] {
  const platform = input.text('platform');
  const uploadedAt = input.text('uploaded-at');
  const common = {
    ...(platform === undefined ? {} : { platform }),
    ...(uploadedAt === undefined ? {} : { uploadedAt: instant('uploaded-at', uploadedAt) }),
  };
  const items = [
    ...input.positionals.map((url) => ({ url, ...common })),
    ...input.texts('account').map((account) => ({ account, ...common })),
    ...input.texts('channel').map((channel) => ({ channel, ...common })),
  ];
  const needsPlatform = input.texts('account').length + input.texts('channel').length > 0;
  if (needsPlatform && platform === undefined) throw new UsageError('an account or channel needs its --platform');
  return items;
}

/** `photo.jpg`, or `2=photo.jpg` for a file of the second address. */
function filesOf(input: Input, items: number): (Attachment & { source: string; size: number })[] {
  return input.texts('file').map((text) => {
    const [, number, rest] = /^(\d{1,3})=(.+)$/s.exec(text) ?? [];
    const source = rest ?? text;
    const stat = statSync(source, { throwIfNoEntry: false });
    if (!stat?.isFile()) throw new UsageError(`--file ${source}: there is no such file`);
    if (number === undefined) return { source, size: stat.size };
    const item = Number(number) - 1;
    if (item < 0 || item >= items) throw new UsageError(`--file ${text}: there are ${items} addresses`);
    return { source, size: stat.size, item };
  });
}

/** A platform to which nothing could be sent, and why. What was filed stays filed. */
interface Unsent {
  readonly platform: string;
  readonly problem: ProblemError;
}

interface Sent {
  readonly notices: readonly Notice[];
  readonly unsent: readonly Unsent[];
}

/** One notice for each platform that has an item to refer; one platform that cannot be sent to does not hold up another. */
async function draftAndSend(client: Clepsydra, opened: OpenedCase, input: Input): Promise<Sent> {
  const open = opened.items.filter(
    ({ state, platform, caseId }) => state === 'open' && platform && (caseId ?? opened.id) === opened.id,
  );
  const notices: Notice[] = [];
  const unsent: Unsent[] = [];
  for (const [platform, items] of groupByPlatform(open)) {
    try {
      const draft = await client.notices.draft(draftOf(opened, platform, items, input));
      notices.push(input.flag('no-send') ? draft : await client.notices.send(draft.id, draft.version));
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      unsent.push({ platform: items[0]?.platform?.name ?? platform, problem: error });
    }
  }
  return { notices, unsent };
}

function draftOf(opened: OpenedCase, platform: string, items: readonly CaseItem[], input: Input): NewNotice {
  const grounds = input.text('grounds');
  return {
    caseId: opened.id,
    itemIds: items.map(({ id }) => id),
    platformId: platform,
    kind: 'referral',
    category: categoryOf(input),
    ...(input.text('language') === undefined ? {} : { language: input.required('language') }),
    ...(grounds === undefined ? {} : { grounds }),
    ...(input.flag('preserve') ? { requestedAction: 'review_and_preserve' as const } : {}),
  };
}

const platformId = (item: CaseItem): string => item.platform?.id ?? '';

/** Map.groupBy is not in Node 20. */
function groupByPlatform(items: readonly CaseItem[]): Map<string, CaseItem[]> {
  const groups = new Map<string, CaseItem[]>();
  for (const item of items) groups.set(platformId(item), [...(groups.get(platformId(item)) ?? []), item]);
  return groups;
}

async function submit(context: Context): Promise<Referral> {
  const { input, output } = context;
  const items = itemsOf(input);
  const files = filesOf(input, items.length);
  if (items.length + files.length === 0) throw new UsageError('give an address, an --account, a --channel or a --file');
  const filing = filingOf(input, output);
  const client = signedIn(context);
  const isLong = files.reduce((sum, { size }) => sum + size, 0) > UPLOAD_FIRST_BYTES && items.length > 0;
  const opened = await client.cases.open({ ...filing, items }, isLong ? [] : files);
  const sent = await draftAndSend(client, opened, input);
  // The same lines again join what is open, so that each file finds the item it belongs to.
  const later = isLong ? await client.cases.add(opened.id, { items }, files) : null;
  return { opened, ...sent, later };
}

function itemLine(item: CaseItem, output: Output): string[] {
  const held = item.state === 'held' ? output.paint('yellow', `held (${cell(item.heldBecause)})`) : item.state;
  const platform = item.platform
    ? `${item.platform.name}${item.platform.status === 'provisional' ? ' (provisional)' : ''}`
    : '–';
  const note = item.joined
    ? `already open in case ${cell(item.caseId)}`
    : item.previousItemId
      ? `seen before: ${item.previousItemId}`
      : reuploadText(item);
  return ['item', item.id, held, platform, item.address, note];
}

function exhibitLines({ exhibits }: OpenedCase, output: Output): string[] {
  return exhibits.flatMap((exhibit) => {
    const pdq = exhibit.image
      ? `pdq quality ${exhibit.image.pdq.quality}`
      : (exhibit.notHashed?.title ?? exhibit.matchable);
    const line = table([
      [
        'exhibit',
        exhibit.id,
        exhibit.exhibitNo,
        exhibit.type,
        `${exhibit.size} bytes`,
        `sha256 ${exhibit.sha256.slice(0, 16)}…`,
        pdq,
      ],
    ]);
    return [...line, ...mediaLines(exhibit), ...matchLines(exhibit.matches, output)];
  });
}

function report({ opened, notices, later }: Referral, output: Output): string[] {
  const batches = later ? [opened, later] : [opened];
  const refused = batches.flatMap((batch) => batch.refused);
  return [
    ...table([['case', opened.id, opened.reference]]),
    ...table(opened.items.map((item) => itemLine(item, output))),
    ...batches.flatMap((batch) => exhibitLines(batch, output)),
    ...refused.map(
      (line) =>
        `${output.paint('red', 'refused')}  ${cell(line.fileName ?? `address ${(line.index ?? 0) + 1}`)}: ${cell(line.title)} (${line.code})${line.detail ? `: ${cell(line.detail)}` : ''}`,
    ),
    ...table(
      notices.map((notice) => [
        'notice',
        notice.id,
        notice.reference,
        output.paint('bold', notice.state),
        `to ${notice.platform.name}`,
      ]),
    ),
  ];
}

async function refer(context: Context): Promise<ExitCode> {
  const { output } = context;
  const referral = await submit(context);
  const { opened, notices, unsent } = referral;
  const { receipt: _, ...shown } = opened;
  output.result(
    {
      case: shown,
      notices: notices.map(({ receipt: __, ...notice }) => notice),
      unsent: unsent.map(({ platform, problem }) => ({ platform, code: problem.code, title: problem.title })),
      uploads: referral.later,
    },
    () => report(referral, output),
  );
  const held = opened.items.filter(({ state }) => state === 'held');
  for (const item of held) {
    output.remark(
      `Held: ${cell(item.address)}. Ask for its release with: clepsydra release ${item.id} --reason "…"; a second person does the same.`,
    );
  }
  for (const { platform, problem } of unsent) {
    output.remark(`Not sent to ${cell(platform)}: ${cell(problem.title)} (${problem.code}).`);
  }
  if (unsent.length > 0) return EXIT.refused;
  if (notices.length > 0) return opened.refused.length > 0 ? EXIT.partly : EXIT.ok;
  output.remark('No notice was drafted: no item of this case can be referred now.');
  return opened.items.length === 0 && opened.refused.length === 0 ? EXIT.ok : EXIT.refused;
}

async function release(context: Context): Promise<ExitCode> {
  const { input, output } = context;
  const [item = ''] = input.positionals;
  const answer = await signedIn(context).cases.releaseItem(item, input.required('reason'));
  output.result(answer, () =>
    'approval' in answer
      ? [
          `Asked. A second person of your organisation releases it with the same command (approval ${answer.approval.id}).`,
        ]
      : [`Released: ${cell(answer.address)}`],
  );
  return EXIT.ok;
}

export const REFER_VERBS: readonly Verb[] = [
  {
    name: 'refer',
    summary: 'Open a case and send a referral to the platform',
    args: '<url…>',
    positionals: [0, 500],
    options: {
      file: {
        type: 'text',
        many: true,
        value: '[n=]path',
        help: 'Preserve this file, as found at the only or the n-th address',
      },
      platform: { type: 'text', value: 'name', help: 'Short name of the platform; addresses are known by host' },
      account: { type: 'text', many: true, value: 'name', help: 'Refer an account of the platform' },
      channel: { type: 'text', many: true, value: 'name', help: 'Refer a channel of the platform' },
      ...FILING_OPTIONS,
      grounds: { type: 'text', value: 'text', help: 'What the platform is told' },
      'uploaded-at': { type: 'text', value: 'instant', help: 'When it was put online, if that is known' },
      preserve: { type: 'flag', help: 'Ask the platform to preserve the content too' },
      'no-send': { type: 'flag', help: 'Draft the notice, but do not send it' },
    },
    notes: [
      'Defanged addresses (hxxp, [.]) are understood. A home, search or collection page is held until a second person releases it.',
    ],
    examples: [
      'clepsydra refer https://harbour.example/post/17 --file post.jpg --category incitement --ideology right_wing',
      'clepsydra refer hxxps://harbour[.]example/a hxxps://harbour[.]example/b --file 2=b.png',
      'clepsydra refer --account somebody --platform harbour --category threat --no-send',
    ],
    run: refer,
  },
  {
    name: 'release',
    summary: 'Ask to release a held item, or release it as the second person',
    args: '<item>',
    positionals: [1, 1],
    options: { reason: { type: 'text', value: 'text', help: 'Why something this broad is to be referred' } },
    examples: ['clepsydra release 0197a0c4-… --reason "the whole site is the publication of the group"'],
    run: release,
  },
];
