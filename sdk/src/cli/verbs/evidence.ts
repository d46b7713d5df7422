import { createHash } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import { finished } from 'node:stream/promises';
import { checkCustody, requireKnownHistory, type CheckedCustody, type CheckedEntry } from '../../check-custody';
import { VerificationError } from '../../errors';
import { signedIn, type Context } from '../context';
import { mediaLines } from '../describe-signals';
import { EXIT, UsageError, type ExitCode } from '../exit';
import { cell, table, type Output } from '../output';
import type { Verb } from '../verb';

const SIGNS = { verified: ['green', '✓'], pending: ['yellow', '…'], failed: ['red', '✗'] } as const;

function entryLine({ entry, verdict, fault }: CheckedEntry, output: Output): string[] {
  const [style, sign] = SIGNS[verdict];
  const actor = cell(entry.actorOrganisation);
  return [
    output.paint(style, sign),
    cell(entry.seq),
    entry.at,
    entry.kind,
    actor,
    output.paint('dim', entry.digest.slice(0, 16)),
    fault ?? (verdict === 'pending' ? 'not in the ledger yet' : ''),
  ];
}

function custodyLines(checked: CheckedCustody, output: Output): string[] {
  const failed = checked.entries.filter(({ verdict }) => verdict === 'failed').length;
  const pending = checked.entries.filter(({ verdict }) => verdict === 'pending').length;
  const problem =
    checked.fault ??
    (failed > 0
      ? `${failed} of ${checked.entries.length} entries do not verify`
      : `${pending} entries have no proof yet`);
  return [
    ...table(checked.entries.map((entry) => entryLine(entry, output))),
    checked.verified
      ? output.paint('green', `All ${checked.entries.length} entries verify: each is in the signed ledger, as shown.`)
      : output.paint('red', `NOT VERIFIED: ${problem}.`),
  ];
}

async function custody(context: Context): Promise<ExitCode> {
  const { input, output } = context;
  const [id = ''] = input.positionals;
  const client = signedIn(context);
  if (!client.witness) throw new VerificationError('no folder of receipts');
  const key = await client.witness.pin();
  const shown = await client.exhibits.custody(id);
  const checked = checkCustody(shown, id.toLowerCase(), key);
  if (checked.verified) await requireKnownHistory(shown, key, client.witness.store, client.ledger);
  const { exhibit } = shown;
  output.result(
    {
      exhibit,
      verified: checked.verified,
      fault: checked.fault,
      entries: checked.entries.map(({ entry, verdict, fault }) => ({ ...entry, verdict, fault })),
    },
    () => [
      ...table([['exhibit', exhibit.id, exhibit.exhibitNo, exhibit.type, `${exhibit.size} bytes`]]),
      ...table([['sha256', exhibit.sha256]]),
      ...mediaLines(exhibit),
      ...custodyLines(checked, output),
    ],
  );
  return checked.verified ? EXIT.ok : EXIT.notVerified;
}

/** Writes the stream to a new file that only its owner reads, and returns its SHA-256 in hex. */
async function save(bytes: ReadableStream<Uint8Array>, file: string): Promise<string> {
  const hash = createHash('sha256');
  const out = fs.createWriteStream(file, { flags: 'wx', mode: 0o600 });
  try {
    for await (const chunk of bytes) {
      hash.update(chunk);
      if (!out.write(chunk)) await once(out, 'drain');
    }
    out.end();
    await finished(out);
  } catch (error) {
    out.destroy();
    fs.rmSync(file, { force: true });
    throw error;
  }
  return hash.digest('hex');
}

async function view(context: Context): Promise<ExitCode> {
  const { input, output } = context;
  const [id = ''] = input.positionals;
  const file = input.required('output');
  const justification = input.required('justification');
  // Asked before anything is recorded: a look that could not be saved is a look for nothing.
  if (fs.existsSync(file)) throw new UsageError(`${file} is there already`);
  const client = signedIn(context);
  const exhibit = await client.exhibits.get(id);
  const beside = `${file}.part`;
  const sha256 = await save(await client.exhibits.view(id, justification), beside);
  if (sha256 !== exhibit.sha256) {
    fs.rmSync(beside, { force: true });
    throw new VerificationError(
      `the bytes have SHA-256 ${sha256}, the exhibit has ${exhibit.sha256}; nothing was kept`,
    );
  }
  fs.renameSync(beside, file);
  output.result({ exhibitId: id, file, sha256, size: exhibit.size, type: exhibit.type }, () => [
    `${file}: ${exhibit.size} bytes of ${exhibit.type}, SHA-256 as when it was collected.`,
  ]);
  return EXIT.ok;
}

export const EVIDENCE_VERBS: readonly Verb[] = [
  {
    name: 'custody',
    summary: 'Everything that happened to an exhibit, each entry verified here',
    args: '<exhibit>',
    positionals: [1, 1],
    options: {},
    notes: ['Ends with 5 when one entry does not verify against the key kept at first use.'],
    examples: ['clepsydra custody 0197a0c4-…'],
    run: custody,
  },
  {
    name: 'view',
    summary: 'Save the bytes of an exhibit; looking is recorded, with the reason',
    args: '<exhibit>',
    positionals: [1, 1],
    options: {
      justification: { type: 'text', value: 'text', help: 'Why you have to look at it' },
      output: { type: 'text', short: 'o', value: 'file', help: 'Where to save it; must not exist' },
    },
    examples: ['clepsydra view 0197a0c4-… --justification "second assessment before sending" -o exhibit.bin'],
    run: view,
  },
];
