import { createHash } from 'node:crypto';
import type { MultipartFile } from '@fastify/multipart';
import { DomainError } from '../domain/errors';
import { escapeToken } from '../domain/json';
import type { Consignment, ReceivedFile, RefusedFile } from '../evidence/consignment';
import { requestContext } from '../infra/context';
import { fingerprintOf } from '../infra/http/context.hook';
import type { Submission } from '../infra/http/submission';

/** A received file, and which line of the submission it was sent for. */
export interface FiledFile {
  readonly file: ReceivedFile;
  /** Of the line, or null for the case's only line or the case itself. */
  readonly index: number | null;
}

export interface Files {
  readonly received: readonly FiledFile[];
  readonly refused: readonly RefusedFile[];
}

/** `file` belongs to the case or its only line, `file[0]` to the first line. */
const FIELD = /^file(?:\[(\d{1,3})\])?$/;

/** PostgreSQL and JSON keep neither NUL nor half a surrogate pair; everything else stays as the sender named it. */
const keptName = (part: MultipartFile): string =>
  (part.filename || 'unnamed').toWellFormed().replaceAll('\0', '\uFFFD').slice(0, 1000);

/**
 * Streams every file into the vault, one after another, and then sets the request's fingerprint: only now is it known
 * whether a repeat with the same idempotency key is the same request.
 */
export async function receiveFiles(
  submission: Submission,
  consignment: Consignment,
  lines: number,
  request: { readonly method: string; readonly url: string },
): Promise<Files> {
  const received: FiledFile[] = [];
  const refused: RefusedFile[] = [];
  const digest = createHash('sha256').update(JSON.stringify(submission.document ?? null));
  for await (const part of submission.files) {
    const field = FIELD.exec(part.fieldname);
    const fileName = keptName(part);
    const index = field?.[1] === undefined ? null : Number(field[1]);
    const isForNobody = field === null || (index !== null && index >= lines);
    const outcome = isForNobody ? drop(part, fileName, lines) : await consignment.receive(incoming(part, fileName));
    if ('error' in outcome) refused.push(outcome);
    else received.push({ file: outcome, index });
    const content = 'error' in outcome ? (outcome.sha256 ?? outcome.error.code) : outcome.stored.sha256;
    digest.update(JSON.stringify([part.fieldname, fileName, part.mimetype, content]));
  }
  const claim = requestContext()?.idempotency;
  if (claim) claim.fingerprint = fingerprintOf(request.method, request.url, digest.digest('hex'));
  return { received, refused };
}

const incoming = (part: MultipartFile, fileName: string): Parameters<Consignment['receive']>[0] => ({
  stream: part.file,
  fileName,
  declaredType: part.mimetype,
});

function drop(part: MultipartFile, fileName: string, lines: number): RefusedFile {
  part.file.resume();
  const detail =
    FIELD.test(part.fieldname) && lines > 0
      ? `there is no such item: file[0] to file[${lines - 1}] belong to the items of this submission, in their order`
      : 'a part with a file is named file, or file[0], file[1] and so on after the item it belongs to';
  const faults = [{ pointer: `/${escapeToken(part.fieldname).toWellFormed().slice(0, 100)}`, detail }];
  return { fileName, error: new DomainError('file.item-unknown', {}, faults), sha256: null };
}
