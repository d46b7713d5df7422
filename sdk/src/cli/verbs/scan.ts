import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { MatchAction } from '../../../../src/domain/vocabulary';
import type { FileFault } from '../../offline/file-fault';
import type { Fault } from '../../offline/file-hashes';
import { unreadable } from '../../offline/file-fault';
import { HashPool } from '../../offline/hash-pool';
import type { HashAnswer, HashJob } from '../../offline/hash-worker';
import type { OfflineMatch } from '../../offline/offline-match';
import { OfflineMatcher } from '../../offline/offline-matcher';
import { walk } from '../../offline/walk';
import { homeFolder, hostFolder } from '../../receipt-store';
import { signedIn, type Context } from '../context';
import { EXIT, UsageError, type ExitCode } from '../exit';
import { isUuid } from '../find-notice';
import { foreign, table, type Output } from '../output';
import { DEFAULT_URL, checkUrl, readProfile } from '../profile';
import type { Verb } from '../verb';

const MOST_THREADS = 8;
const HOUR_MS = 3_600_000;

interface Totals {
  files: number;
  known: number;
  /** Could not be read. */
  unreadable: number;
  /** Pictures, films, PDFs and markup that were compared by their exact hashes alone, though there may be more to compare. */
  exactOnly: number;
  /** Damaged pictures and films that were compared as far as they can be seen. */
  incomplete: number;
  /** Why films were compared by their exact hashes alone; said once each. */
  readonly filmFaults: Set<string>;
}

/** One line of `--json`. */
type ScanEvent =
  | { readonly file: string; readonly action: MatchAction; readonly matches: readonly OfflineMatch[] }
  | { readonly file: string; readonly error: FileFault }
  | { readonly file: string; readonly notHashed: Fault }
  | { readonly file: string; readonly incomplete: Fault };

function copyFolder({ env, profile }: Context, lists: readonly string[]): string {
  const url = checkUrl(env['CLEPSYDRA_URL'] || readProfile(profile, env)?.url || DEFAULT_URL);
  const choice =
    lists.length === 0
      ? 'all'
      : createHash('sha256')
          .update([...lists].sort().join())
          .digest('hex')
          .slice(0, 16);
  return path.join(homeFolder(env), 'lists', hostFolder(url), profile, choice);
}

function listsOf({ input }: Context): string[] {
  const lists = input
    .texts('lists')
    .flatMap((text) => text.split(','))
    .map((id) => id.trim().toLowerCase());
  const wrong = lists.find((id) => !isUuid(id));
  if (wrong !== undefined) throw new UsageError(`--lists ${wrong}: give the ids of lists, with commas between`);
  return lists;
}

/** The lists, synced unless `--offline`. */
async function openMatcher(context: Context): Promise<OfflineMatcher> {
  const { input, output, interrupted } = context;
  if (input.flag('sync') && input.flag('offline')) throw new UsageError('--sync and --offline cannot stand together');
  const lists = listsOf(context);
  const matcher = OfflineMatcher.open({ folder: input.text('copy') ?? copyFolder(context, lists), lists });
  if (!input.flag('offline')) {
    const report = await matcher.sync(signedIn(context), { signal: interrupted });
    if (report.refetched !== null) output.remark(`Everything was fetched anew: ${report.refetched}.`);
    output.remark(
      `Lists up to date: ${report.size} hashes, ${report.changed} new or changed, ${report.withdrawn} withdrawn.`,
    );
    if (report.malformed > 0) output.remark(`${report.malformed} records of the feed could not be read.`);
  } else if (matcher.syncedAt) {
    const hours = Math.floor((Date.now() - matcher.syncedAt.getTime()) / HOUR_MS);
    output.remark(
      `Lists as of ${matcher.syncedAt.toISOString()}${hours >= 24 ? `, ${Math.floor(hours / 24)} days old: what was withdrawn since still matches` : ''}.`,
    );
  }
  // Fails before a single file is read when there is nothing to match against.
  matcher.match([]);
  return matcher;
}

/** A part of a film may be identical frame by frame. */
function nearnessOf({ distance, vpdq }: OfflineMatch): string {
  if (vpdq) return `${Math.floor(vpdq.queryPercent)} % of its frames, ${distance} bits`;
  return distance === 0 ? 'identical' : `${distance} bits`;
}

function eventLines(event: ScanEvent, output: Output): string[] {
  const name = output.paint('bold', foreign(event.file));
  if (!('matches' in event)) return [];
  const style = event.action === 'block' ? 'red' : event.action === 'review' ? 'yellow' : 'dim';
  const rows = event.matches.map((match) => [
    `  ${output.paint(style, match.action)}`,
    match.type,
    nearnessOf(match),
    match.state,
    match.labels.category ?? '–',
    match.signalId,
    match.because,
  ]);
  return [`${name}  ${output.paint(style, event.action)}`, ...table(rows)];
}

function eventOf(answer: HashAnswer, matcher: OfflineMatcher): ScanEvent | null {
  if ('error' in answer) return answer;
  const { file, hashes } = answer;
  const matches = matcher.match(hashes);
  if (matches.length > 0) return { file, action: OfflineMatcher.actionOf(matches), matches };
  if (hashes.notHashed) return { file, notHashed: hashes.notHashed };
  return hashes.incomplete ? { file, incomplete: hashes.incomplete } : null;
}

function tell(event: ScanEvent | null, totals: Totals, output: Output): void {
  if (!event) return;
  if ('error' in event) totals.unreadable++;
  else if ('matches' in event) totals.known++;
  else if ('incomplete' in event) totals.incomplete++;
  else totals.exactOnly++;
  if (output.json || 'matches' in event) output.event(event, () => eventLines(event, output));
  if ('error' in event) output.remark(`${foreign(event.file)}: ${event.error.title}`);
  if ('notHashed' in event && event.notHashed.title.startsWith('video: exact only ('))
    tellOnce(event.notHashed, totals, output);
}

function tellOnce({ title }: Fault, { filmFaults }: Totals, output: Output): void {
  if (filmFaults.has(title)) return;
  filmFaults.add(title);
  output.remark(foreign(title));
}

function totalLine({ files, known, exactOnly, incomplete, unreadable }: Totals, hashes: number): string {
  const more = [
    `${known} known`,
    ...(exactOnly > 0 ? [`${exactOnly} by exact hashes alone`] : []),
    ...(incomplete > 0 ? [`${incomplete} damaged`] : []),
    ...(unreadable > 0 ? [`${unreadable} unreadable`] : []),
  ];
  return `${files} files compared with ${hashes} hashes: ${more.join(', ')}.`;
}

async function scanFolder(folder: string, matcher: OfflineMatcher, pool: HashPool, context: Context): Promise<Totals> {
  const { input, output, interrupted } = context;
  const totals: Totals = {
    files: 0,
    known: 0,
    unreadable: 0,
    exactOnly: 0,
    incomplete: 0,
    filmFaults: new Set(),
  };
  const running = new Set<Promise<void>>();
  let failure: unknown;
  const hashAndTell = async (job: HashJob): Promise<void> => {
    tell(eventOf(await pool.hash(job), matcher), totals, output);
  };
  for await (const found of walk(folder)) {
    interrupted.throwIfAborted();
    if (failure !== undefined) throw failure;
    if ('unreadable' in found) {
      tell({ file: found.unreadable, error: unreadable(found.error) }, totals, output);
      continue;
    }
    totals.files++;
    const job = { ...found, fast: input.flag('fast'), video: !input.flag('no-video') };
    const task: Promise<void> = hashAndTell(job).finally(() => running.delete(task));
    task.catch((error: unknown) => (failure ??= error));
    running.add(task);
    output.live(`${totals.files} files, ${totals.known} known`);
    // No more names are read than the threads can take soon: a folder of millions costs no more memory than one of a hundred.
    if (running.size >= 2 * pool.size) await Promise.race(running);
  }
  await Promise.all(running);
  output.live('');
  return totals;
}

async function scan(context: Context): Promise<ExitCode> {
  const { input, output, packageFolder } = context;
  const [folder = ''] = input.positionals;
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (!stat) throw new UsageError(`there is no folder "${folder}"`);
  if (!stat.isDirectory())
    throw new UsageError(`"${folder}" is no folder: for single files use clepsydra hash, or match`);
  const matcher = await openMatcher(context);
  const pool = new HashPool(
    path.join(packageFolder, 'dist', 'hash-worker.js'),
    Math.min(MOST_THREADS, availableParallelism()),
  );
  try {
    const totals = await scanFolder(folder, matcher, pool, context);
    const { filmFaults: _, ...counts } = totals;
    output.event({ ...counts, hashes: matcher.size, syncedAt: matcher.syncedAt }, () => [
      totalLine(totals, matcher.size),
    ]);
    if (totals.known > 0) return EXIT.found;
    return totals.unreadable + totals.exactOnly + totals.incomplete > 0 ? EXIT.partly : EXIT.ok;
  } finally {
    await pool.close();
  }
}

export const SCAN_VERBS: readonly Verb[] = [
  {
    name: 'scan',
    summary:
      'Match every file of a folder against a local copy of the lists; no file, hash or name leaves this machine',
    args: '<folder>',
    positionals: [1, 1],
    options: {
      lists: {
        type: 'text',
        many: true,
        value: 'ids',
        help: 'Which lists, by id, with commas between; all that you may read unless told',
      },
      sync: { type: 'flag', help: 'Bring the local copy up to date first (what it does unless told)' },
      offline: { type: 'flag', help: 'Ask the server nothing; match against the copy as it is' },
      fast: {
        type: 'flag',
        help: 'JPEGs are not decoded: some three times as fast; PDQ is a few bits off and blockhash left out, so matches near the limit may be missed',
      },
      'no-video': { type: 'flag', help: 'Exact hashes of films only' },
      copy: { type: 'text', value: 'folder', help: 'Where the local copy lies; under CLEPSYDRA_HOME unless told' },
    },
    notes: [
      'Films are compared by their frames where ffmpeg is installed; where it is not, this says "video: exact only".',
      'Ends with 0 when nothing is known, 9 when at least one file is, 10 when nothing is known but not everything could be read and compared by its look (PDFs, SVG and HTML never are here; of PDFs clepsydra match asks the server). With --json: one line a known, unreadable, damaged or not fully hashed file, and one with the totals.',
      'Symbolic links are not followed; hidden files are read. A match proposes: look before you act on it.',
    ],
    examples: [
      'clepsydra scan uploads',
      'clepsydra scan uploads --offline --json',
      'clepsydra scan archive --fast --no-video',
    ],
    run: scan,
  },
];
