import { PDQ_MIN_QUALITY } from '../../../../src/perceptual/pdq';
import { unreadable, type FileFault } from '../../offline/file-fault';
import type { FileHashes } from '../../offline/file-hashes';
import { hashFile, hashStream } from '../../offline/hash-file';
import type { Context } from '../context';
import { EXIT, UsageError, type ExitCode } from '../exit';
import { cell, foreign, table, type Output } from '../output';
import type { Verb } from '../verb';

export type HashedFile = { readonly file: string } & (FileHashes | { readonly error: FileFault });

function videoLine({ video }: FileHashes): string[][] {
  if (!video) return [];
  return [
    ['vpdq', video.digest ?? 'no frame says enough to be compared'],
    [
      '',
      `${video.frames.length} different frames of quality ${PDQ_MIN_QUALITY} or more, of ${video.sampledFrames} looked at`,
    ],
    ...video.frames.map(({ atMs, quality, hash }) => [
      '',
      `${hash}  quality ${quality}  at ${(atMs / 1000).toFixed(3)} s`,
    ]),
  ];
}

/** One line a hash, as `match` prints them. */
export function hashLines(file: HashedFile, output: Output): string[] {
  const name = output.paint('bold', foreign(file.file));
  if ('error' in file) return [`${name}: ${output.paint('red', file.error.title)}`];
  const { image, notHashed, incomplete } = file;
  const rows = [
    ['sha256', file.sha256],
    ['sha512', file.sha512],
    ['md5', file.md5],
    ...(image
      ? [
          [
            'pdq',
            `${image.pdq.hash}  quality ${image.pdq.quality}${image.pdq.quality < PDQ_MIN_QUALITY ? ': too low to match on' : ''}`,
          ],
          ['blockhash', cell(image.blockhash)],
        ]
      : []),
    ...videoLine(file),
    ...(notHashed ? [['not hashed', `${notHashed.title} (${notHashed.code})`]] : []),
    ...(incomplete
      ? [['incomplete', `${incomplete.title} (${incomplete.code}): for comparing, not for contributing`]]
      : []),
  ];
  return [
    `${name}  ${file.size} bytes${file.type === null ? '' : `, ${file.type}`}`,
    ...table(rows).map((row) => `  ${row}`),
  ];
}

async function hashOne(file: string, { stdin, interrupted, input }: Context): Promise<HashedFile> {
  const options = { signal: interrupted, video: !input.flag('no-video') };
  try {
    return { file, ...(await (file === '-' ? hashStream(stdin, options) : hashFile(file, options))) };
  } catch (error) {
    if (interrupted.aborted) throw error;
    return { file, error: unreadable(error) };
  }
}

async function hash(context: Context): Promise<ExitCode> {
  const { input, output } = context;
  const files = input.positionals;
  if (files.filter((file) => file === '-').length > 1) throw new UsageError('standard input can be read once');
  const done: HashedFile[] = [];
  let failed = 0;
  for (const file of files) {
    const hashed = await hashOne(file, context);
    if ('error' in hashed) failed++;
    if (output.json) done.push(hashed);
    else if ('error' in hashed) output.remark(...hashLines(hashed, output));
    else output.lines(hashLines(hashed, output));
  }
  if (output.json) output.result({ files: done }, () => []);
  return failed > 0 ? EXIT.partly : EXIT.ok;
}

export const HASH_VERBS: readonly Verb[] = [
  {
    name: 'hash',
    summary: 'Print every hash of files, with its quality; nothing is sent anywhere',
    args: '<file…|->',
    positionals: [1, 10_000],
    options: {
      'no-video': { type: 'flag', help: 'Exact hashes of films only' },
    },
    notes: [
      'SHA-256, SHA-512 and MD5 of everything; PDQ and blockhash of pictures where the npm package sharp is installed; one PDQ a second of films (vPDQ) where ffmpeg is. The look and text of PDFs are hashed by the server (clepsydra match). A picture or film that ends early is hashed as far as it can be seen. What cannot be hashed says why, and does not stop the rest. `-` is standard input.',
    ],
    examples: [
      'clepsydra hash photo.jpg film.mp4',
      'clepsydra hash --json *.png',
      'curl -s https://site.example/a.jpg | clepsydra hash -',
    ],
    run: hash,
  },
];
