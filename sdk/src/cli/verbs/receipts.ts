import path from 'node:path';
import { verifyReceipt } from '../../../../src/domain/receipt';
import { verifyEd25519 } from '../../ed25519';
import { ReceiptStore, homeFolder } from '../../receipt-store';
import { verifyReceipts, type ReceiptReport } from '../../verify-receipts';
import { signedIn, type Context } from '../context';
import { delegate } from '../delegate';
import { EXIT, type ExitCode } from '../exit';
import { cell, table, type Output } from '../output';
import { DEFAULT_URL, checkUrl, readProfile } from '../profile';
import type { Verb } from '../verb';

function ownStore({ env, profile }: Context): ReceiptStore {
  const url = checkUrl(env['CLEPSYDRA_URL'] || readProfile(profile, env)?.url || DEFAULT_URL);
  return ReceiptStore.of(url, homeFolder(env));
}

function reportLines(report: ReceiptReport, output: Output): string[] {
  const { fault } = report;
  if (fault) {
    const place = fault.seq === null ? '' : `entry ${fault.seq} (${cell(fault.entryId)}): `;
    return [
      output.paint('red', `NOT VERIFIED: ${place}${fault.fault}.`),
      ...(fault.file ? [`  ${path.join(report.folder, fault.file)}`] : []),
    ];
  }
  const hidden =
    report.notShown > 0 ? ` Not compared: ${report.notShown} of another organisation of yours; their proofs hold.` : '';
  const against =
    report.against === 'server'
      ? `the server shows the same entries, and its ledger begins with each of ${report.checkpoints} checkpoints`
      : 'by themselves, without the server';
  return [output.paint('green', `${report.receipts} receipts verify: ${against}.`) + hidden];
}

async function verify(context: Context): Promise<number> {
  const { input, output } = context;
  const folder = input.text('receipts');
  if (folder === undefined) {
    return delegate(context.packageFolder, ['verify', ...(output.json ? ['--json'] : [])]);
  }
  const store = folder === '' ? ownStore(context) : new ReceiptStore(path.resolve(folder));
  const report = input.flag('offline')
    ? await verifyReceipts(store, null)
    : await signedIn(context).verifyReceipts(store);
  output.result(report, () => reportLines(report, output));
  return report.fault ? EXIT.notVerified : EXIT.ok;
}

function receipts(context: Context): Promise<ExitCode> {
  const { output } = context;
  const store = ownStore(context);
  const key = store.key();
  const rows = store.files().map((file) => {
    const { savedAt, route, receipt } = store.read(file);
    return {
      seq: receipt.entry.seq,
      entryId: receipt.entry.id,
      savedAt,
      route,
      verified: key !== null && verifyReceipt(receipt, key, verifyEd25519).ok,
    };
  });
  const awaited = store.awaited().length;
  output.result({ folder: store.folder, receipts: rows, awaited }, () => [
    `${store.folder}: ${rows.length} receipts${awaited > 0 ? `, ${awaited} still to come` : ''}`,
    ...table(
      rows.map(({ seq, entryId, savedAt, route, verified }) => [
        verified ? output.paint('green', '✓') : output.paint('red', '✗'),
        seq,
        savedAt,
        route,
        entryId,
      ]),
    ),
  ]);
  return Promise.resolve(rows.every(({ verified }) => verified) ? EXIT.ok : EXIT.notVerified);
}

export const RECEIPT_VERBS: readonly Verb[] = [
  {
    name: 'receipts',
    summary: 'List the receipts kept of this server',
    args: '',
    positionals: [0, 0],
    options: {},
    examples: ['clepsydra receipts'],
    run: receipts,
  },
  {
    name: 'verify',
    summary: 'Verify your receipts against the server, or, as operator, the whole ledger',
    args: '',
    positionals: [0, 0],
    options: {
      receipts: {
        type: 'text',
        value: 'folder',
        bare: '',
        help: 'Verify the receipts in this folder; those of this server unless told',
      },
      offline: { type: 'flag', help: 'Without asking the server: signatures and inclusion only' },
    },
    notes: [
      'With --receipts: each receipt by itself, then that the ledger of today begins with every checkpoint that was ever signed for you, and that every entry is still where it was. Ends with 5 at the first that does not fit.',
      'Without: beside an installation, re-derives the whole ledger from its tables.',
    ],
    examples: [
      'clepsydra verify --receipts',
      'clepsydra verify --receipts ./kept-elsewhere --offline',
      'npx clepsydra verify',
    ],
    run: verify,
  },
];
