import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '../../domain/errors';
import { lineBody, lineTypeOf, LINE_TYPES, type LineType } from '../../infra/http/line-body';
import { readSubmission } from '../../infra/http/submission';
import type { BulkFormat } from './records';

/** A list on its way in. */
export interface IncomingList {
  readonly format: BulkFormat;
  readonly bytes: AsyncIterable<Uint8Array>;
  /** The case to open, unvalidated: from the first part of a form, or from the query. */
  readonly document: unknown;
}

const FORMAT_OF: Readonly<Record<LineType, BulkFormat>> = {
  'text/csv': 'csv',
  'text/plain': 'text',
  'application/x-ndjson': 'json_lines',
  'application/jsonl': 'json_lines',
  'application/x-jsonlines': 'json_lines',
};

/** Browsers know few of these types, and call a CSV file whatever the machine's spreadsheet calls it. */
const FORMAT_OF_ENDING: Readonly<Record<string, BulkFormat>> = {
  csv: 'csv',
  tsv: 'csv',
  txt: 'text',
  jsonl: 'json_lines',
  ndjson: 'json_lines',
};

function formatOf(mediaType: string, fileName: string): BulkFormat {
  const ending = /\.([a-z]+)$/i.exec(fileName)?.[1]?.toLowerCase() ?? '';
  const type = LINE_TYPES.find((known) => known === mediaType.split(';')[0]?.trim().toLowerCase());
  const format = FORMAT_OF_ENDING[ending] ?? (type ? FORMAT_OF[type] : undefined);
  if (!format) throw new DomainError('request.unsupported-media-type');
  return format;
}

/**
 * The list of a request: its body as it is, or the file of a form whose first part is `case`.
 * @throws DomainError `request.unsupported-media-type`, and as `readSubmission`
 */
export async function listOf(request: FastifyRequest): Promise<IncomingList> {
  const type = lineTypeOf(request);
  if (type) return { format: FORMAT_OF[type], bytes: lineBody(request), document: { ...(request.query as object) } };
  if (!request.isMultipart()) throw new DomainError('request.unsupported-media-type');
  const { document, files } = await readSubmission(request, 'case');
  const { value: part, done } = await files[Symbol.asyncIterator]().next();
  if (done) throw new DomainError('request.invalid', {}, [{ pointer: '/file', detail: 'a file with the list' }]);
  const format = formatOf(part.mimetype, part.filename);
  return { format, bytes: wholeOf(part), document };
}

/** A part that ends before its end is no list: its last line may be half of one. */
async function* wholeOf({ file }: MultipartFile): AsyncGenerator<Uint8Array, void, undefined> {
  const pieces: AsyncIterable<Buffer> = file.iterator({ destroyOnReturn: false });
  try {
    yield* pieces;
  } catch (error) {
    throw error instanceof DomainError ? error : new DomainError('file.interrupted');
  }
  if (file.truncated) throw new DomainError('file.too-large');
}
