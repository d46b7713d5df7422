import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { PAP } from '../../../../src/domain/vocabulary';
import type { BulkReport } from '../../bulk';
import type { Clepsydra } from '../../clepsydra';
import { NetworkError } from '../../errors';
import type { Input } from '../args';
import { signedIn, type Context } from '../context';
import { EXIT, UsageError, type ExitCode } from '../exit';
import { filingOf, FILING_OPTIONS } from '../filing';
import { cell, table, type Output } from '../output';
import type { Verb } from '../verb';

const ENDING = /\.(csv|tsv|jsonl|ndjson|txt)$/i;

function listFile(input: Input): string {
  const [source = ''] = input.positionals;
  if (!ENDING.test(source)) throw new UsageError('a list is a file that ends with .csv, .jsonl or .txt');
  if (!statSync(source, { throwIfNoEntry: false })?.isFile()) throw new UsageError(`${source}: there is no such file`);
  return source;
}

function send(client: Clepsydra, { input, output }: Context, source: string, key: string): Promise<BulkReport> {
  const caseId = input.text('case');
  if (caseId !== undefined) return client.bulk.add(caseId, { source }, key);
  const pap = PAP.find((each) => each === input.text('pap'));
  return client.bulk.open({ ...filingOf(input, output), ...(pap ? { pap } : {}) }, { source }, key);
}

function reportLines(report: BulkReport, output: Output): string[] {
  const { added, joined, held, rejected } = report;
  return [
    ...table([
      ['case', report.caseId, report.reference],
      [
        'list',
        report.id,
        `${report.lines} lines: ${added} added, ${joined} joined, ${held} held, ${rejected} rejected`,
      ],
    ]),
    ...report.rejectedLines.map(
      ({ line, code, detail }) =>
        `${output.paint('red', 'rejected')}  line ${line}: ${cell(code)}${detail ? `: ${cell(detail)}` : ''}`,
    ),
  ];
}

async function run(context: Context): Promise<ExitCode> {
  const { input, output } = context;
  const source = listFile(input);
  const key = input.text('key') ?? randomUUID();
  const client = signedIn(context);
  try {
    const report = await send(client, context, source, key);
    output.result(report, () => reportLines(report, output));
    if (report.cutBecause !== null)
      output.remark('The list was longer than is taken at once: send the rest as another list.');
    return report.rejected > 0 || report.cutBecause !== null ? EXIT.partly : EXIT.ok;
  } catch (error) {
    if (error instanceof NetworkError)
      output.remark(`To go on where it broke off, say the same again with --key ${key}`);
    throw error;
  }
}

export const REPORT_VERBS: readonly Verb[] = [
  {
    name: 'report',
    summary: 'Open a case with a long list of addresses, or add one to a case',
    args: '<file>',
    positionals: [1, 1],
    options: {
      case: { type: 'text', value: 'id', help: 'Add to this open case instead of opening one' },
      ...FILING_OPTIONS,
      pap: {
        type: 'text',
        value: 'word',
        oneOf: PAP,
        help: 'amber and red: no address is ever called from the server',
      },
      key: { type: 'text', value: 'key', help: 'Go on with a list that broke off, under the key that was shown then' },
    },
    notes: [
      'Up to 10,000 items: .csv with a header (url, account, channel, platform, uploadedAt, note), .jsonl, or .txt with one address a line. Each line is judged for itself.',
    ],
    examples: [
      'clepsydra report list.csv --category incitement --ideology jihadist --language fr',
      'clepsydra report more.txt --case 0197a0c4-…',
    ],
    run,
  },
];
